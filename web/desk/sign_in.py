"""Signing in and out: the password, then the second factor where there is one."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages import spoken
from languages.catalog import gettext as _
from models import kept_forms, second_factor, staff
from models.tries import Caller, TooManyTries, count_try, forget_tries
from rules.passwords import LONGEST
from web.deps import Db, Now, Parts
from web.desk.session import BROWSER, COOKIE, MaybeSignedIn, first_thing, forget, keep, person_of
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
LONGEST_ADDRESS = 200
WHY = ("unknown", "refused", "away")
"""Why signing in by the utility's own directory led back here."""


def own_address(address: str) -> str | None:
    """`address` if it leads to a page of ours, else None: a sign-in must not send people elsewhere."""
    ours = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and "\n" not in address
        and "\r" not in address
    )
    return address if ours and len(address) <= LONGEST_ADDRESS and not address.startswith("/sign-") else None


def host_of(request: Request) -> str:
    """The caller's network address."""
    return request.client.host if request.client else ""


@router.get("/sign-in")
async def ask(request: Request, person: MaybeSignedIn, next: str = "", kept: int = 0, why: str = "") -> Response:
    """The form; who is signed in already goes to his work."""
    return see_other(own_address(next) or person.home) if person else _form(request, next, kept=bool(kept), why=why)


@router.post("/sign-in")
async def enter(
    request: Request,
    parts: Parts,
    db: Db,
    now: Now,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Open a session and go where the reader wanted to, else to his work; or ask for the second factor."""
    if not 0 < len(username.strip()) <= 60 or not 0 < len(password) <= LONGEST:
        return _form(request, next, username[:60], _("Write your user name and your password."), 422)
    agent, old = request.headers.get("user-agent", ""), request.cookies.get(COOKIE)
    browser = known_as(request)
    try:
        token = await staff.sign_in(
            parts.sessions, username, password, now, agent=agent, old=old, address=host_of(request), browser=browser
        )
    except staff.WrongSignIn:
        return _form(request, next, username, _("The user name or the password is not right."), 422)
    except TooManyTries as closed:
        return _form(request, next, username, _closed(closed.until, now), 429)
    return await entered(parts, token, next, now, browser)


def known_as(request: Request) -> str:
    """The token by which this browser is known, or a new one."""
    kept = request.cookies.get(BROWSER, "")
    return kept if 20 <= len(kept) <= 100 else secrets.token_urlsafe(32)


async def entered(parts: Onewindow, token: str, next: str, now: datetime, browser: str = "") -> Response:
    """Onward with a new session: to the second factor, to what has to be done first, to what was kept, or to the work."""
    person = await parts.database.read(person_of, token, now, parts.zone.key)
    if person is None:
        address = own_address(next)
        waiting = "/sign-in/second" + (f"?{urlencode({'next': address})}" if address else "")
        return keep(see_other(waiting), token, parts, browser=browser)
    kept = await parts.database.read(kept_forms.kept, person.id, now)
    onward = first_thing(person, parts) or ("/account/kept" if kept else own_address(next) or person.home)
    return keep(see_other(onward), token, parts, person.language, browser)


@router.get("/sign-in/second")
async def ask_second(request: Request, db: Db, now: Now, next: str = "") -> Response:
    """The telephone's code; who waits for none goes to the password."""
    if await db.read(staff.pending, request.cookies.get(COOKIE), now) is None:
        return see_other("/sign-in")
    return _second(request, next)


@router.post("/sign-in/second")
async def enter_second(
    request: Request,
    parts: Parts,
    db: Db,
    now: Now,
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Complete the session, under a new token."""
    token = request.cookies.get(COOKIE) or ""
    person = await db.read(staff.pending, token, now)
    if person is None or person.id is None:
        return see_other("/sign-in")
    try:
        await db.write(count_try, _second_key(person.id), Caller(host_of(request)), now)
    except TooManyTries as closed:
        return _second(request, next, _closed(closed.until, now), 429)
    new = await db.write(_completed, token, person.id, code[:40], Caller(host_of(request)), now)
    if new is None:
        return _second(request, next, _("This code is not right, or it was used already."), 422)
    return await entered(parts, new, next, now)


async def _completed(
    session: AsyncSession, token: str, person: int, code: str, caller: Caller, at: datetime
) -> str | None:
    if not await second_factor.check(session, person, code, at):
        return None
    await forget_tries(session, _second_key(person), caller, at)
    return await staff.rotate(session, token)


def _second_key(person: int) -> str:
    return f"second/{person}"


@router.post("/sign-out")
async def leave(request: Request, db: Db) -> Response:
    """End the session."""
    await db.write(staff.sign_out, request.cookies.get(COOKIE))
    return forget(see_other("/sign-in"))


def _closed(until: datetime, now: datetime) -> str:
    return _("Too many tries. Try again in %(span)s.", span=spoken.span(until - now))


def _form(
    request: Request,
    next: str,
    username: str = "",
    error: str = "",
    status: int = 200,
    *,
    kept: bool = False,
    why: str = "",
) -> Response:
    return page(
        request,
        "desk/sign_in.html",
        status=status,
        next=own_address(next) or "",
        username=username,
        errors={"username": error} if error else {},
        kept=kept,
        why=why if why in WHY else "",
    )


def _second(request: Request, next: str, error: str = "", status: int = 200) -> Response:
    errors = {"code": error} if error else {}
    return page(request, "desk/second.html", status=status, next=own_address(next) or "", errors=errors)
