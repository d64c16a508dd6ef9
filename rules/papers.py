"""What may be handed in as a document: kinds of content told by their first bytes, limits, faults and states."""

from __future__ import annotations

from enum import StrEnum

from rules.terms import Act

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
MOST_PIXELS = 40_000_000
"""Of one picture as it is sent; the best telephones' whole pictures have more, their usual ones a third of it."""
LONGEST_SIDE = 2_400
"""Pixels of a picture as it is kept: small print on a photographed sheet can be read."""
MOST_DOCUMENTS = 40
MOST_BYTES = 100 * 1024 * 1024
"""Of everything kept for one request or one form half filled in."""
LONGEST_NAME = 120
PHOTO = "photo"
"""What a consumer hands in for a complaint: a photo of what is broken."""
WORK_PHOTO = "work/photo"
"""What an officer photographed of what he put right; the consumer sees it after his code. No paper of a procedure is called so."""
DESK_PHOTO = "desk/photo"
"""What an officer photographed for his colleagues: with a note, at a visit, of a confidential report."""
TAKEN_BY_OFFICERS = frozenset({WORK_PHOTO, DESK_PHOTO})
PHOTOGRAPHED = frozenset({Act.NOTE, Act.RESOLVE, Act.FINISH})
"""With which acts of an officer a photo may come; it belongs to the line they write."""
JOINERS = "\u200c\u200d"
"""Letters of Hindi and Urdu words that are not seen."""


class Content(StrEnum):
    """What a file is, by its content."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


ACCEPTED = tuple(content.value for content in Content)
"""For a form's list of what may be chosen. Telephones that photograph in HEIC turn it into JPEG because of it."""


PICTURES = tuple(content.value for content in Content if content is not Content.PDF)


class FileFault(StrEnum):
    """Why a file cannot be taken; each has a sentence in every language."""

    NOTHING = "nothing"
    TOO_LARGE = "too_large"
    OTHER_KIND = "other_kind"
    HEIC = "heic"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    MOVING = "moving"
    LOCKED = "locked"
    TOO_SLOW = "too_slow"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"
    TOO_MANY = "too_many"


class DocumentState(StrEnum):
    """Where a document stands: sent for a request and not yet taken, handed in, looked at, superseded, or no longer there."""

    SENT = "sent"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    FAULTED = "faulted"
    REPLACED = "replaced"
    INFECTED = "infected"
    LOST = "lost"


KEPT = frozenset(set(DocumentState) - {DocumentState.INFECTED, DocumentState.LOST})
"""States in which the file itself must be there."""


def content_of(head: bytes) -> Content | FileFault:
    """What a file is by its first bytes (32 are enough), whatever its name says."""
    if not head:
        return FileFault.NOTHING
    if head.startswith(b"\xff\xd8\xff"):
        return Content.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Content.WEBP
    if head.startswith(b"%PDF-"):
        return Content.PDF
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"):
        return FileFault.HEIC
    return FileFault.OTHER_KIND


def plain_name(name: str) -> str:
    """The name a file came with, for reading alone: no folders, nothing invisible or that turns the writing, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(letter for letter in last if letter.isprintable() or letter in JOINERS)
    return " ".join(visible.split())[:LONGEST_NAME]


def room_left(count: int, size: int, more: int) -> bool:
    """Whether a file of `more` bytes still fits beside `count` documents of `size` bytes together."""
    return count < MOST_DOCUMENTS and size + more <= MOST_BYTES
