"""Finding a request at the desk: by its number, an account, a phone, a name, or words that were written about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages import labels
from languages.catalog import gettext as _
from languages.catalog import named
from languages.views import Reader
from models.callers import Caller
from models.finding import Ended, Found, find
from models.tracking import exists
from rules.reference import Reading, look
from rules.terms import State
from web.book import Book
from web.counter.search import LONGEST, caller_of
from web.deps import Db, Now, Parts
from web.desk.queue_rows import shown
from web.desk.session import Person, SignedIn
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
SHORTEST = 3
"""Letters: fewer are alike with everything."""


@dataclass(frozen=True)
class ShownEnded:
    """A request that is over, named."""

    reference: str
    category: str
    place: str
    state: str
    state_words: str
    registered: datetime
    confidential: bool


def shown_ended(row: Ended, book: Book) -> ShownEnded:
    """A request that is over, in the language in use."""
    place = book.locality(row.locality)
    return ShownEnded(
        row.reference,
        book.sort(row),
        named(place.names) if place else book.label("office", row.office),
        row.state,
        labels.state_label(State(row.state), Reader.OFFICER),
        row.registered_at,
        row.confidential,
    )


def words_of(typed: str) -> str:
    """What is looked for among what was written; "" for a number, and for too few letters."""
    letters = sum(letter.isalpha() for letter in typed)
    return " ".join(typed.split()) if letters >= SHORTEST else ""


def missing(typed: str, caller: Caller, words: str, found: Found) -> str:
    """What to say where nothing was found; "" where something was."""
    read: Reading = look(typed)
    if found.open or found.ended:
        return ""
    if read.kind == "reference":
        return _("There is no complaint with this number.")
    if read.kind == "check digit":
        return _("This number cannot be right. Two digits may be swapped.")
    if caller == Caller() and not words:
        return _("Type a number, an account, a phone, a name or some words. At least three letters.")
    return _("Nothing you may see was found.")


def found_page(request: Request, person: Person, parts: Onewindow, now: datetime, **more: Any) -> Response:
    """The page, empty or with what was found."""
    context = {"person": person, "typed": "", "found": None, "nothing": "", "errors": {}, "moment": now, "view": ""}
    return page(request, "desk/search.html", **{**context, **more})


@router.get("/desk/search")
async def search(request: Request, person: SignedIn, parts: Parts, now: Now) -> Response:
    """One field."""
    return found_page(request, person, parts, now)


@router.post("/desk/search")
async def searched(request: Request, person: SignedIn, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """What was found; a number goes to its page. Sent in the body: it is personal."""
    typed = form.get("q", "")[:LONGEST]
    read = look(typed)
    if read.kind == "reference" and await db.read(exists, read.value):
        return see_other(f"/desk/requests/{read.value}")
    words = words_of(typed)
    caller = replace(caller_of(typed, parts.book.value("country", "IN")), name=words)
    found = await db.read(find, caller, words, person.posts)
    nothing = missing(typed, caller, words, found)
    rows = {
        "open": [shown(row, person, parts.book, now, None) for row in found.open],
        "ended": [shown_ended(row, parts.book) for row in found.ended],
        "more": found.more,
    }
    return found_page(request, person, parts, now, typed=typed, found=rows, nothing=nothing)
