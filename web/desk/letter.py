"""What an officer writes to the consumer: begun from a saved reply, its blanks filled in, weighed as it will travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from languages.catalog import gettext as _
from languages.catalog import named, use
from languages.letters import as_text, unsaid, written
from languages.spoken import when
from models.casefile import CaseFile
from rules.replies import Blank, Use, blanks, filled, unknown
from rules.sms import parts as parts_of
from rules.terms import Act, Kind
from web.book import Book
from web.desk.forms import Filled
from web.onewindow import Onewindow

MOST_PARTS = 6
"""Parts of one text message at most: a longer letter is two messages, or a call."""
STOP_TOKEN = "x" * 16
"""As long as the token of a link that stops messages."""
USES: Mapping[Act, Use] = {Act.MESSAGE: Use.MESSAGE, Act.NOTE: Use.NOTE}


@dataclass(frozen=True)
class Weight:
    """How a letter travels: the text as it will be sent, in how many parts; `error` says why it cannot be."""

    text: str
    parts: int
    error: str = ""


@dataclass(frozen=True)
class Letter:
    """What the form of a message shows: in which language, by which ways it goes, the saved replies by act; `weight` once typed."""

    language: str
    ways: tuple[str, ...]
    stopped: bool
    confidential: bool
    replies: Mapping[str, tuple[tuple[str, str], ...]]
    weight: Weight | None = None


def letter(file: CaseFile, parts: Onewindow, words: str = "") -> Letter:
    """The letter to this consumer, as far as it is written."""
    consumer, book = file.consumer, parts.book
    ways = [way for way in ("sms", "email") if consumer and (consumer.phone if way == "sms" else consumer.email)]
    return Letter(
        language=file.request.language,
        ways=tuple(ways),
        stopped=file.request.contact_refused,
        confidential=file.request.confidential,
        replies={act.value: tuple(offered(book, use)) for act, use in USES.items()},
        weight=weighed(words, file, parts) if words else None,
    )


def offered(book: Book, use: Use) -> Iterator[tuple[str, str]]:
    """The saved replies of a use, by code and title."""
    return ((row.code, named(row.labels)) for row in book.all("reply") if row.data.get("use") == use)


def begun(act: Act, code: str, words: str, file: CaseFile, parts: Onewindow) -> str:
    """What was typed, with a saved reply behind it: a message in the consumer's language, a note in the reader's own."""
    row = parts.book.row("reply", code)
    if row is None or row.data.get("use") != USES[act]:
        return words
    with use(file.request.language if act is Act.MESSAGE else None):
        text = filled(named(row.data.get("texts") or {}), values(file, parts))
    return f"{words}\n{text}".strip()


def values(file: CaseFile, parts: Onewindow) -> Mapping[str, str]:
    """What fills the blanks, in the language in use; "" where there is nothing to say."""
    request, book = file.request, parts.book
    office = book.office(request.office)

    def said(at: datetime | None) -> str:
        return when(at, parts.zone) if at else ""

    return {
        Blank.NUMBER: request.reference,
        Blank.WHAT: book.sort(request),
        Blank.OFFICE: book.label("office", request.office),
        Blank.OFFICE_PHONE: office.phone if office else "",
        Blank.PHONE: book.utility("phone"),
        Blank.EXPECTED: said(request.expected_at),
        Blank.LIMIT: said(request.standard_due),
    }


def check(form: Filled, file: CaseFile, parts: Onewindow) -> None:
    """Fill in what is known, and note in the form what nothing can fill in, or what is too long to be sent."""
    if form.act not in USES or not form.words:
        return
    with use(file.request.language if form.act is Act.MESSAGE else None):
        form.words = filled(form.words, values(file, parts))
    wrong = open_blanks(form.words)
    if form.act is Act.MESSAGE and not wrong:
        wrong = weighed(form.words, file, parts).error
    if wrong:
        form.wrong("words", wrong)


def open_blanks(words: str) -> str:
    """What to say of blanks that are still open; "" when there is none."""
    left = ", ".join(f"{{{name}}}" for name in blanks(words))
    if unknown(words):
        return _("Nothing can be filled in here: %(blanks)s. Write it yourself.", blanks=left)
    return _("Not known yet: %(blanks)s. Write it yourself, or take it out.", blanks=left) if left else ""


def weighed(words: str, file: CaseFile, parts: Onewindow) -> Weight:
    """How these words travel as a text message, with the links and in the language it is sent in."""
    request, book = file.request, parts.book
    plan = (book.value("channels") or {}).get("sms") or {}
    with use(plan.get("language") or request.language):
        line = " ".join(words.split())
        said = written(line, request.reference, application=request.kind != Kind.COMPLAINT)
        said = unsaid(request.reference) if request.confidential else said
        link, stop = f"{parts.public_url}/track/{request.reference}", f"{parts.public_url}/not-mine/{STOP_TOKEN}"
        text = as_text(said, link, stop, book.utility("phone"))
    count = parts_of(text)
    shown = text.replace(stop, f"{parts.public_url}/not-mine/…")
    by_phone = file.consumer is not None and file.consumer.phone
    if count <= MOST_PARTS or not by_phone:
        return Weight(shown, count)
    return Weight(
        shown,
        count,
        _("Too long: it takes %(parts)d text messages, at most %(most)d go.", parts=count, most=MOST_PARTS),
    )
