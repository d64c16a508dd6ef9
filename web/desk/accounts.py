"""What an administrator does about somebody's account: a temporary password, the second step, sessions, the end of it."""

from __future__ import annotations

import secrets
from datetime import datetime

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from models import absences, second_factor
from models.passwords import end_sessions, set_password
from rules.absence import NotTaken
from web.deps import Db, Now, Parts
from web.desk.people import managed, person_page
from web.desk.session import Tunes
from web.errors import NotFound, NotYours
from web.render import see_other

router = APIRouter(include_in_schema=False)
WORDS = "abcdefghjkmnpqrstuvwxyz23456789"


def made_up() -> str:
    """A password to be read out by telephone: four groups of four."""
    return "-".join("".join(secrets.choice(WORDS) for _ in range(4)) for _ in range(4))


@router.post("/desk/people/{number}/password")
async def temporary(request: Request, person: Tunes, number: int, db: Db, parts: Parts, now: Now) -> Response:
    """A temporary password, shown this once; his sessions end, and it opens only the page where he chooses his own."""
    found = await managed(db, person, number, now)
    made = made_up()
    await db.write(_given, number, found.person.username, made, now, person.id)
    return await person_page(request, person, found, parts, shown_once=made)


async def _given(session: AsyncSession, number: int, username: str, made: str, now: datetime, by: int) -> None:
    if not await set_password(session, username, made, temporary=True):
        raise NotFound
    await absences.note(session, number, now, by, after={"password": "yes"})


@router.post("/desk/people/{number}/second")
async def reset_second(person: Tunes, number: int, db: Db, now: Now) -> Response:
    """Take his second step away, so that he can set it up anew: his telephone is lost. His sessions end."""
    if number == person.id:
        raise NotYours
    await managed(db, person, number, now)
    await db.write(_reset, number, now, person.id)
    return see_other(f"/desk/people/{number}?done=second")


async def _reset(session: AsyncSession, number: int, now: datetime, by: int) -> None:
    if await second_factor.remove(session, number):
        await end_sessions(session, number)
        await absences.note(session, number, now, by, before={"second": "yes"}, after={"second": ""})


@router.post("/desk/people/{number}/sessions")
async def sign_out(person: Tunes, number: int, db: Db, now: Now) -> Response:
    """Sign him out everywhere."""
    await managed(db, person, number, now)
    await db.write(_signed_out, number, now, person.id)
    return see_other(f"/desk/people/{number}?done=sessions")


async def _signed_out(session: AsyncSession, number: int, now: datetime, by: int) -> None:
    await end_sessions(session, number)
    await absences.note(session, number, now, by, before={"sessions": "yes"}, after={"sessions": ""})


@router.post("/desk/people/{number}/removal")
async def remove(person: Tunes, number: int, db: Db, now: Now) -> Response:
    """He works here no more: signed out at once, his posts vacant. Nobody removes himself."""
    if number == person.id:
        raise NotYours
    await managed(db, person, number, now)
    try:
        await db.write(absences.remove_person, number, now, person.id)
    except NotTaken:
        raise NotFound from None
    return see_other("/desk/people?done=removed")
