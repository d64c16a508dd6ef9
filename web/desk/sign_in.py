"""Signing in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from languages import spoken
from languages.catalog import gettext as _
from models import staff
from web.deps import Db, Now, Parts
from web.desk.session import COOKIE, MaybeSignedIn, forget, keep, person_of
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
LONGEST = 200


def own_address(address: str) -> str | None:
    """`address` if it leads to a page of ours, else None: a sign-in must not send people elsewhere."""
    ours = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and "\n" not in address
        and "\r" not in address
    )
    return address if ours and len(address) <= LONGEST and not address.startswith("/sign-") else None


@router.get("/sign-in")
async def ask(request: Request, person: MaybeSignedIn, next: str = "") -> Response:
    """The form; who is signed in already goes to his work."""
    return see_other(own_address(next) or person.home) if person else _form(request, next)


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
    """Open a session and go where the reader wanted to, else to his work."""
    if not 0 < len(username.strip()) <= 60 or not 0 < len(password) <= LONGEST:
        return _form(request, next, username[:60], _("Write your user name and your password."), 422)
    agent, old = request.headers.get("user-agent", ""), request.cookies.get(COOKIE)
    try:
        token = await staff.sign_in(parts.sessions, username, password, now, agent=agent, old=old)
    except staff.WrongSignIn:
        return _form(request, next, username, _("The user name or the password is not right."), 422)
    except staff.TooManyTries as closed:
        return _form(request, next, username, _closed(closed.until, now), 429)
    person = await db.read(person_of, token, now, parts.zone.key, using=False)
    assert person is not None
    return keep(see_other(own_address(next) or person.home), token, person.language, parts)


@router.post("/sign-out")
async def leave(request: Request, db: Db) -> Response:
    """End the session."""
    await db.write(staff.sign_out, request.cookies.get(COOKIE))
    return forget(see_other("/sign-in"))


def _closed(until: datetime, now: datetime) -> str:
    return _("Too many tries. Try again in %(span)s.", span=spoken.span(until - now))


def _form(request: Request, next: str, username: str = "", error: str = "", status: int = 200) -> Response:
    errors = {"username": error} if error else {}
    return page(
        request, "desk/sign_in.html", status=status, next=own_address(next) or "", username=username, errors=errors
    )
