"""The first page of the counter: one field for a phone, an account, a name or a number, and all the caller asked before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.calls import ending_label
from languages.catalog import gettext as _
from languages.catalog import named
from languages.labels import state_label
from languages.views import Reader
from models.callers import Asked, Caller, Found, Known, call_backs_waiting, find
from models.telephones import MOBILE_OR_LANDLINE, telephone
from models.tracking import exists
from rules.calls import Ending
from rules.reference import look, normalise
from rules.terms import Kind, State
from web.book import Book
from web.counter.agent import post_of
from web.deps import Db, Now, Parts
from web.desk.session import Person, TakesCalls
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
PAGE = "counter/search.html"
LONGEST = 120
LONGEST_ACCOUNT = 20
KEYS = {Ending.ANSWERED: "q", Ending.NOT_OURS: "o", Ending.WRONG_NUMBER: "w"}
"""One key for each way a call ends without a number; for a meeting there is a page first."""


@dataclass(frozen=True)
class Row:
    """One request in a list, named."""

    reference: str
    number: int
    category: str
    locality: str
    state: str
    state_words: str
    registered: datetime
    name: str
    phone: str
    address: str
    repeats: int
    application: bool


def shown(asked: Asked, book: Book) -> Row:
    """A request in the language in use."""
    row, who = asked.request, asked.consumer
    place = book.locality(row.locality)
    return Row(
        reference=row.reference,
        number=row.number,
        category=book.sort(row),
        locality=named(place.names) if place else book.name("office", row.office),
        state=row.state,
        state_words=state_label(State(row.state), Reader.OFFICER),
        registered=row.registered_at,
        name=who.name or "",
        phone=who.phone or "",
        address=who.address or who.place or "",
        repeats=row.repeats,
        application=row.kind != Kind.COMPLAINT,
    )


def place_name(code: str, book: Book) -> str:
    """The name of a locality in the language in use."""
    place = book.locality(code)
    return named(place.names) if place else ""


def caller_of(typed: str, country: str) -> Caller:
    """What a text may be: a phone, an account, or a name; digits of any script."""
    typed = typed[:LONGEST]
    plain = normalise(typed)
    letters = any(letter.isalpha() for letter in typed)
    digits = any(letter.isdigit() for letter in plain)
    number = look(typed).kind in ("reference", "check digit")
    phone = telephone(plain, country, MOBILE_OR_LANDLINE) if digits and not letters and not number else None
    account = plain if digits and plain.isascii() and plain.isalnum() and len(plain) <= LONGEST_ACCOUNT else None
    name = " ".join(typed.split()) if letters and not digits else ""
    return Caller(phone, account, name)


def known_of(caller: Caller, found: Found) -> Known:
    """What goes into a new form: what is known, else what was typed."""
    known = found.known or Known()
    if caller.name:
        known = replace(known, name=known.name or caller.name)
    return known


def missing(typed: str, caller: Caller, found: Found) -> str:
    """What to say where nothing was found; "" where something was."""
    if found.open or found.ended or found.held or (found.known and found.known.account):
        return ""
    kind = look(typed).kind
    if kind == "check digit":
        return _("This number cannot be right. Two digits may be swapped.")
    if kind == "reference":
        return _("There is no complaint with this number.")
    if caller == Caller():
        return _("Type a phone number, an account number, a name or a complaint number.")
    return _("Nothing is open here, and nothing ended in the last 90 days.")


async def search_page(request: Request, person: Person, parts: Onewindow, **more: Any) -> Response:
    """The page, empty or with what was found."""
    context: dict[str, Any] = {
        "person": person,
        "typed": "",
        "found": None,
        "nothing": "",
        "errors": {},
        "ended": "",
        **more,
    }
    context["waiting"] = await parts.database.read(call_backs_waiting)
    context["ends"] = [(ending, ending_label(ending), key) for ending, key in KEYS.items()]
    return page(request, PAGE, token=secrets.token_urlsafe(16), speaks=post_of(person) is not None, **context)


@router.get("/counter")
async def counter(request: Request, person: TakesCalls, parts: Parts, ended: str = "") -> Response:
    """One field, and the ways on; after a call without a number, how it ended."""
    return await search_page(request, person, parts, ended=ending_label(Ending(ended)) if ended in set(Ending) else "")


@router.post("/counter")
async def searched(request: Request, person: TakesCalls, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """All a caller asked before; a complaint number goes to its page. Sent in the body: it is personal."""
    typed = form.get("q", "")[:LONGEST]
    read = look(typed)
    if read.kind == "reference" and await db.read(exists, read.value):
        return see_other(f"/counter/requests/{read.value}")
    caller = caller_of(typed, parts.book.value("country", "IN"))
    found = await db.read(find, caller, now)
    rows = {
        "open": [shown(asked, parts.book) for asked in found.open],
        "ended": [shown(asked, parts.book) for asked in found.ended],
        "held": [(held, place_name(held.locality, parts.book)) for held in found.held] if len(found.held) > 1 else [],
    }
    nothing = missing(typed, caller, found)
    return await search_page(
        request, person, parts, typed=typed, found=rows, nothing=nothing, known=known_of(caller, found), now=now
    )
