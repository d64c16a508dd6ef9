"""A complaint written down for somebody: by keyboard, on one page, with what is known of the caller in it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import current, gettext, named
from languages.labels import channel_label
from models import localities
from models.callers import Asked, Known, find, same
from models.intake import New, UnknownCode, register
from models.requests import ServiceRequest
from rules.old_matters import old_year
from rules.policy import Policy
from web.about import said_of, whom
from web.counter.agent import filing_post
from web.counter.form import CHANNELS, Written, asks_of_danger, dangers, new_request, prefilled, read
from web.counter.search import caller_of, known_of, shown
from web.database import DatabaseAway
from web.deps import Db, Now, Parts
from web.desk.session import Person, TakesCalls
from web.forms import Form, Typed
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
PAGE = "counter/new.html"


def form_page(
    request: Request,
    person: Person,
    parts: Onewindow,
    form: Mapping[str, str],
    written: Written | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    """The form with what was typed, what is wrong with it, and what is asked once more."""
    written = written or Written()
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "errors": written.errors,
        "found": written.found,
        "token": form.get("token") or secrets.token_urlsafe(16),
        "channels": [(channel.value, channel_label(channel)) for channel in CHANNELS],
        "dangers": dangers(parts.book),
        "whom": whom(parts.book, None, parts.clock()),
        "ask": "",
        "same": [],
        "now": parts.clock(),
        "away": False,
        **more,
    }
    return page(request, PAGE, status=status, **context)


@router.get("/counter/new")
async def blank(request: Request, person: TakesCalls, parts: Parts, channel: str = "") -> Response:
    """An empty form."""
    form = prefilled(Known(), parts.book, current())
    if channel in CHANNELS:
        form["channel"] = channel
    return form_page(request, person, parts, form)


@router.post("/counter/new")
async def begun(request: Request, person: TakesCalls, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """A form with what is known of the caller who was looked up."""
    caller = caller_of(form.get("q", ""), parts.book.value("country", "IN"))
    known = known_of(caller, await db.read(find, caller, now))
    given = prefilled(known, parts.book, current())
    if form.get("channel") in CHANNELS:
        given["channel"] = form["channel"]
    return form_page(request, person, parts, given)


@router.get("/counter/localities")
async def places(
    request: Request, person: TakesCalls, db: Db, parts: Parts, locality: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The localities a few letters may mean, for the list below the field."""
    codes = await db.read(localities.find, locality)
    found = [place for code in codes if (place := parts.book.locality(code))]
    options = [(named(place.names), place.pin, parts.book.name("office", place.office)) for place in found]
    return page(request, PAGE, block="options", options=options)


@router.get("/counter/requests")
async def nothing_here(person: TakesCalls) -> Response:
    """Where a browser comes back to after signing in again."""
    return see_other("/counter")


@router.post("/counter/requests")
async def filed(request: Request, person: TakesCalls, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """File it, after what must be asked once more was asked. The same form sent twice gives the same number."""
    try:
        written = await read(form, parts)
        if written.errors:
            return form_page(request, person, parts, form, written, 422)
        if asks_of_danger(form, written, parts.book):
            return form_page(request, person, parts, form, ask="danger")
        if not form.get("anyway") and (asked := await before(db, form, written)):
            rows = [shown(one, parts.book) for one in asked]
            return form_page(request, person, parts, form, ask="same", same=rows)
        return await register_it(request, person, parts, form, written, now)
    except DatabaseAway:
        return form_page(request, person, parts, form, status=503, away=True)


async def before(db: Db, form: Typed, written: Written) -> tuple[Asked, ...]:
    """Open requests of the same caller and category; none when this very form was filed already."""
    if await db.read(reference_of, f"counter/{form['token']}"):
        return ()
    return await db.read(same, written.answers["category"], written.caller)


async def reference_of(session: AsyncSession, token: str) -> str | None:
    """The number filed with this token; None while it was not."""
    return (await session.exec(select(ServiceRequest.reference).where(ServiceRequest.token == token))).first()


async def number_of(session: AsyncSession, new: New, kept: dict[int, Policy]) -> str:
    """Register, and answer the number alone."""
    return (await register(session, new, kept)).reference


async def register_it(
    request: Request, person: Person, parts: Onewindow, form: Typed, written: Written, now: datetime
) -> Response:
    """Register it and go to its page."""
    new = said_of(new_request(form, written.answers, now, person.id, filing_post(person)), parts.book)
    try:
        reference = await parts.database.write(number_of, new, parts.book.policies)
    except UnknownCode as unknown:
        written.errors[unknown.field] = gettext("This can no longer be chosen. Please change it.")
        return form_page(request, person, parts, form, written, 422)
    await parts.door.wake()
    old = old_year(new.description, now.astimezone(parts.zone).year)
    return see_other(f"/counter/requests/{reference}?told=filed" + (f"&old={old}" if old else ""))
