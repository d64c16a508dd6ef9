"""Setting up one's second factor: a picture for the telephone, the first code, the recovery codes."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import second_factor, staff
from models.passwords import end_sessions
from models.tries import Caller, TooManyTries, count_try, forget_tries
from web.consumer.sending import qr
from web.deps import Db, Now, Parts
from web.desk.session import COOKIE, Person, SignedIn, keep, needs_second
from web.desk.sign_in import host_of
from web.errors import NotYours, TooMany
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)


@router.get("/account/second")
async def ask(request: Request, person: SignedIn, db: Db, parts: Parts) -> Response:
    """The picture; who has a second factor already sees that he has one."""
    return see_other("/account") if person.second else await _set_up(request, person, parts)


@router.post("/account/second")
async def confirm(request: Request, person: SignedIn, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Take it with the telephone's first code; the recovery codes are shown this once, every other session ends."""
    if person.second:
        return see_other("/account")
    await _counted(request, person, db, now)
    token = request.cookies.get(COOKIE) or ""
    found = await db.write(_confirmed, person.id, form.get("code", "")[:40], token, now)
    if found is None:
        errors = {"code": _("This code is not right. Wait for the next one and write that.")}
        return await _set_up(request, person, parts, 422, errors)
    codes, new = found
    return keep(page(request, "desk/recovery.html", person=person, codes=codes), new, parts)


async def _counted(request: Request, person: Person, db: Db, now: datetime) -> None:
    try:
        await db.write(count_try, f"second/{person.id}", Caller(host_of(request)), now)
    except TooManyTries:
        raise TooMany from None


async def _confirmed(
    session: AsyncSession, person: int, code: str, token: str, at: datetime
) -> tuple[list[str], str] | None:
    codes = await second_factor.confirm(session, person, code, at)
    if codes is None:
        return None
    await end_sessions(session, person, token)
    return codes, await staff.rotate(session, token)


@router.post("/account/second/codes")
async def new_codes(request: Request, person: SignedIn, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Ten new recovery codes for a code of the telephone; the old ones are void."""
    if not await _proved(request, person, form.get("code", ""), db, now):
        return see_other("/account?done=wrong#second")
    codes = await db.write(second_factor.new_recovery_codes, person.id)
    return page(request, "desk/recovery.html", person=person, codes=codes)


@router.post("/account/second/off")
async def turn_off(request: Request, person: SignedIn, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Do without it, for a code of the telephone; not where the role asks for one."""
    if needs_second(person, parts):
        raise NotYours
    if not await _proved(request, person, form.get("code", ""), db, now):
        return see_other("/account?done=wrong#second")
    await db.write(second_factor.remove, person.id)
    return see_other("/account?done=off")


async def _proved(request: Request, person: Person, code: str, db: Db, now: datetime) -> bool:
    await _counted(request, person, db, now)
    right = await db.write(second_factor.check, person.id, code[:40], now)
    if right:
        await db.write(forget_tries, f"second/{person.id}", Caller(host_of(request)), now)
    return right


async def _set_up(
    request: Request, person: Person, parts: Onewindow, status: int = 200, errors: dict[str, str] | None = None
) -> Response:
    secret = await parts.database.write(second_factor.begin, person.id)
    utility = parts.book.utility("name") or "Onewindow"
    return page(
        request,
        "desk/second_setup.html",
        status=status,
        person=person,
        picture=qr(second_factor.address(secret, person.username, utility)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        required=needs_second(person, parts),
        errors=errors or {},
    )
