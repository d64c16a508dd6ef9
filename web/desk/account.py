"""One's own account: the password, the second factor, and where one is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import second_factor, staff
from models.passwords import choose_password, end_sessions, is_right, kept_of, password_hash
from models.tries import Caller, TooManyTries, count_try, forget_tries
from rules.passwords import LONGEST, SHORTEST, PasswordFault, fault
from web.deps import Db, Now, Parts
from web.desk.session import COOKIE, Person, SignedIn, keep, needs_second
from web.errors import TooMany
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
DONE = ("password", "session", "sessions", "off", "wrong", "keys")


@router.get("/account")
async def account(request: Request, person: SignedIn, db: Db, parts: Parts, now: Now, done: str = "") -> Response:
    """Everything of one's own account on one page."""
    rows = await db.read(staff.sessions_of, person.id, now)
    left = await db.read(second_factor.recovery_left, person.id) if person.second else 0
    return page(
        request,
        "desk/account.html",
        person=person,
        rows=[(row, row.token_hash[: staff.SHOWN], browser_of(row.agent)) for row in rows],
        left=left,
        required=needs_second(person, parts),
        done=done if done in DONE else "",
        moment=now,
    )


def browser_of(agent: str) -> str:
    """A browser's own description, short: its name and the machine; its first words where we know neither."""
    names = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    machines = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS": "Mac",
        "Linux": "Linux",
    }
    found = [next((word for sign, word in of.items() if sign in agent), "") for of in (names, machines)]
    return ", ".join(word for word in found if word) or agent[:40] or _("unknown browser")


@router.get("/account/password")
async def ask_password(request: Request, person: SignedIn) -> Response:
    """The form for a new password."""
    return _password_page(request, person)


@router.post("/account/password")
async def new_password(request: Request, person: SignedIn, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Take the new password; every other session ends, and this one goes on under a new token."""
    old, new, again = (form.get(name, "") for name in ("password", "new", "again"))
    errors = await _old_errors(person, old, request, db, now)
    wrong = fault(new, person.username, person.name) or (PasswordFault.SAME if new == old else None)
    if wrong is not None:
        errors["new"] = password_words(wrong)
    elif new != again:
        errors["again"] = _("This is not the same as above.")
    if errors:
        return _password_page(request, person, 422, errors)
    token = await _changed(parts, person.id, await password_hash(new), request.cookies.get(COOKIE) or "")
    return keep(see_other("/account?done=password"), token, parts)


async def _old_errors(person: Person, old: str, request: Request, db: Any, now: datetime) -> dict[str, str]:
    """The old password is asked again, and guessing it is slowed as at the door."""
    key, caller = f"account/{person.id}", Caller(request.client.host if request.client else "")
    try:
        await db.write(count_try, key, caller, now)
    except TooManyTries:
        raise TooMany from None
    if not await is_right(await db.read(kept_of, person.id), old[:LONGEST]):
        return {"password": _("This is not your password of now.")}
    await db.write(forget_tries, key, caller, now)
    return {}


async def _changed(parts: Onewindow, person: int, kept: str, token: str) -> str:
    async def change(session: AsyncSession) -> str:
        await choose_password(session, person, kept, token)
        return await staff.rotate(session, token)

    return await parts.database.write(change)


def password_words(wrong: PasswordFault) -> str:
    """What is said of a password that is not taken."""
    return {
        PasswordFault.SHORT: _("Write at least %(number)d characters. A few words in a row are easy to keep in mind.", number=SHORTEST),
        PasswordFault.LONG: _("Write at most %(number)d characters.", number=LONGEST),
        PasswordFault.COMMON: _("Everybody tries this one first. Choose another."),
        PasswordFault.OWN_NAME: _("This is your own name. Choose another."),
        PasswordFault.SAME: _("This is the one you had. Choose another."),
    }[wrong]  # fmt: skip


def _password_page(
    request: Request, person: Person, status: int = 200, errors: dict[str, str] | None = None
) -> Response:
    return page(
        request, "desk/password.html", status=status, person=person, errors=errors or {}, shortest=SHORTEST, longest=LONGEST
    )  # fmt: skip


@router.post("/account/keys")
async def switch_keys(person: SignedIn, form: Form, db: Db) -> Response:
    """Whether single keys do something on one's pages."""
    await db.write(staff.switch_keys, person.id, on=form.get("keys") == "on")
    return see_other("/account?done=keys")


@router.post("/account/sessions")
async def end_others(request: Request, person: SignedIn, db: Db) -> Response:
    """Sign out everywhere but here."""
    await db.write(end_sessions, person.id, request.cookies.get(COOKIE))
    return see_other("/account?done=sessions")


@router.post("/account/sessions/{shown}")
async def end_session(person: SignedIn, shown: str, db: Db) -> Response:
    """Sign out in one browser."""
    await db.write(staff.end_one, person.id, shown)
    return see_other("/account?done=session")
