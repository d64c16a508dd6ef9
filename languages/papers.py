"""What is said of documents: what may be sent, what is wrong with a file, how a document stands."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.papers import LARGEST, MOST_DOCUMENTS, MOST_PIXELS, DocumentState, FileFault

FAULTS: Mapping[FileFault, str] = {
    FileFault.NOTHING: N_("There is nothing in this file. Choose another one, or photograph the paper again."),
    FileFault.TOO_LARGE: N_("This file is larger than %(megabytes)d MB. Send a smaller one, or photograph the paper."),
    FileFault.OTHER_KIND: N_("We cannot read this kind of file. Send a photograph (JPEG, PNG, WebP) or a PDF."),
    FileFault.HEIC: N_(
        "This photograph is in a format we cannot read (HEIC). Send it as JPEG, or take it anew from this page."
    ),
    FileFault.BROKEN: N_("This file is damaged or not complete. Send it again, or photograph the paper."),
    FileFault.TOO_MANY_PIXELS: N_(
        "This picture is too large to open: more than %(millions)d million points. Send a smaller one."
    ),
    FileFault.MOVING: N_("This picture moves. Send a still photograph of the paper."),
    FileFault.LOCKED: N_("This PDF is locked with a password. Send it without one, or photograph the paper."),
    FileFault.TOO_SLOW: N_("We could not open this file in time. Photograph the paper and send the photograph."),
    FileFault.INFECTED: N_(
        "There is a virus in this file, so we did not keep it. Photograph the paper and send the photograph."
    ),
    FileFault.NOT_SCANNED: N_("We cannot check files at the moment. Try again in a few minutes; nothing else is lost."),
    FileFault.TOO_MANY: N_("No more files can be sent for this request: at most %(files)d. Ring us if one is missing."),
}
UNREAD = N_("We could not read this photo. Take it again.")
OF_A_PHOTO: Mapping[FileFault, str] = {
    FileFault.NOTHING: UNREAD,
    FileFault.BROKEN: UNREAD,
    FileFault.TOO_SLOW: UNREAD,
    FileFault.TOO_LARGE: N_("This photo is larger than %(megabytes)d MB. Take a smaller one, or leave it out."),
    FileFault.OTHER_KIND: N_("This is no picture. Send a photograph (JPEG, PNG, WebP)."),
    FileFault.MOVING: N_("This picture moves. Send a still photograph."),
    FileFault.INFECTED: N_("There is a virus in this file, so we did not keep it. Take the photo again."),
}
"""What is said otherwise where it is no paper that was photographed."""
STATES: Mapping[DocumentState, str] = {
    DocumentState.SENT: N_("Sent, not looked at yet"),
    DocumentState.WAITING: N_("Sent, not looked at yet"),
    DocumentState.ACCEPTED: N_("Accepted"),
    DocumentState.FAULTED: N_("There is a problem"),
    DocumentState.REPLACED: N_("Sent anew"),
    DocumentState.INFECTED: N_("Had a virus, not kept"),
    DocumentState.LOST: N_("Cannot be opened any more"),
}
NUMBERS = {"megabytes": LARGEST // (1024 * 1024), "millions": MOST_PIXELS // 1_000_000, "files": MOST_DOCUMENTS}


def unfit(fault: FileFault, *, photo: bool = False) -> str:
    """What is wrong with a file, and what to do about it; `photo`: it is no paper."""
    words = OF_A_PHOTO.get(fault) if photo else None
    return gettext(words or FAULTS[fault], **NUMBERS)


def document_state(state: str) -> str:
    """How a document stands, in a word or two."""
    return gettext(STATES[DocumentState(state)])


def may_be_sent(pictures: bool = False) -> str:
    """What may be sent, said before anything is chosen; `pictures`: nothing else will do."""
    if pictures:
        return gettext("A photograph (JPEG, PNG, WebP), at most %(megabytes)d MB.", megabytes=NUMBERS["megabytes"])
    return gettext("A photograph (JPEG, PNG, WebP) or a PDF, at most %(megabytes)d MB.", megabytes=NUMBERS["megabytes"])
