"""Staff at the door: who signs in, and the sessions of their browsers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.doors import KnownBrowser
from models.passwords import end_sessions, is_right, password_hash, set_password
from models.people import Staff, StaffSession
from models.tries import Caller, TooManyTries, count_try, forget_tries, hashed, wait_after

__all__ = ["TooManyTries", "end_sessions", "hashed", "password_hash", "set_password", "wait_after"]

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
PENDING = timedelta(minutes=10)
"""How long the second factor may be looked for."""
USED_EVERY = timedelta(minutes=1)
SHOWN = 16
"""Characters of a session's hash by which its owner may name it."""


class WrongSignIn(Exception):
    """The name and the password do not belong together; which of them is wrong is not said."""


@dataclass(frozen=True)
class Account:
    """One who is signed in. `session` names the session on pages; it opens nothing. `used`: when that was last marked."""

    id: int
    username: str
    name: str
    language: str
    temporary: bool = False
    second: bool = False
    session: str = ""
    keys: bool = True
    used: datetime | None = None

    def to_be_marked(self, at: datetime) -> bool:
        """Whether that his session is used at `at` has not been marked for a minute."""
        return self.used is None or self.used <= at - USED_EVERY


async def sign_in(
    sessions: Sessions,
    username: str,
    password: str,
    at: datetime,
    *,
    agent: str = "",
    old: str | None = None,
    address: str = "",
    browser: str | None = None,
) -> str:
    """A new session's token; the browser's `old` one ends. Raises WrongSignIn, or TooManyTries while closed.

    `browser` is the token that browser keeps for good. Where the account has a second factor the session is pending.
    """
    username = username.strip().lower()
    async with sessions.begin() as session:
        found = await session.exec(select(Staff).where(col(Staff.username) == username, col(Staff.active)))
        person = found.one_or_none()
        caller = Caller(address, await _known(session, person, browser))
        await count_try(session, username, caller, at)
    # No transaction is open here: the check takes long and must hold no connection.
    if not await is_right(person.password if person else "", password) or person is None:
        raise WrongSignIn(username)
    async with sessions.begin() as session:
        await forget_tries(session, username, caller, at)
        return await open_session(session, person, at, agent=agent, old=old, address=address, browser=browser)


async def _known(session: AsyncSession, person: Staff | None, browser: str | None) -> str:
    if person is None or not browser:
        return ""
    row = await session.get(KnownBrowser, (hashed(browser), person.id))
    return row.browser if row else ""


async def open_session(
    session: AsyncSession,
    person: Staff,
    at: datetime,
    *,
    agent: str = "",
    old: str | None = None,
    address: str = "",
    browser: str | None = None,
) -> str:
    """A session for one whose first factor was right; its token."""
    assert person.id is not None
    # kept as long again, so that a form sent after the end finds its owner
    await session.exec(delete(StaffSession).where(col(StaffSession.started) < at - 2 * ABSOLUTE))
    await sign_out(session, old)
    if browser:
        seen = insert(KnownBrowser).values(browser=hashed(browser), person=person.id, at=at)
        await session.exec(seen.on_conflict_do_update(index_elements=["browser", "person"], set_={"at": at}))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=hashed(token),
            person=person.id,
            started=at,
            used=at,
            agent=agent[:200],
            address=address[:64],
            pending=bool(person.totp),
        )
    )
    return token


async def rotate(session: AsyncSession, token: str) -> str:
    """The same session under a new token, complete now; the old token opens nothing any more."""
    new = secrets.token_urlsafe(32)
    await session.exec(
        update(StaffSession)
        .where(col(StaffSession.token_hash) == hashed(token))
        .values(token_hash=hashed(new), pending=False)
    )
    return new


async def sign_out(session: AsyncSession, token: str | None) -> None:
    """End the session of this token, if there is one."""
    if token:
        await session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == hashed(token)))


def _running(used: Any, started: Any) -> tuple[Any, ...]:
    """The sessions used and begun after these instants, and not ended."""
    return col(StaffSession.used) > used, col(StaffSession.started) > started, ~col(StaffSession.ended)


SIGNED_IN = (
    select(StaffSession, Staff)
    .join(Staff, col(Staff.id) == col(StaffSession.person))
    .where(col(StaffSession.token_hash) == bindparam("token"), *_running(bindparam("used"), bindparam("started")))
    .where(~col(StaffSession.pending), col(Staff.active))
)
"""Asked for every page of the staff, so it is built once."""


async def signed_in(session: AsyncSession, token: str | None, at: datetime) -> Account | None:
    """Who holds this token; None when it ended, idled 30 minutes, is 12 hours old, or waits for the second factor."""
    if not token or len(token) > 100:
        return None
    given = {"token": hashed(token), "used": at - IDLE, "started": at - ABSOLUTE}
    row = (await session.exec(SIGNED_IN, params=given)).one_or_none()
    return _account(row[1], row[0]) if row else None


async def mark_used(session: AsyncSession, token: str, at: datetime) -> None:
    """This token was used: to be said once a minute, and never by a live stream, or an open page would never idle."""
    of = update(StaffSession).where(col(StaffSession.token_hash) == hashed(token), col(StaffSession.used) < at)
    await session.exec(of.values(used=at))


def _account(person: Staff, of: StaffSession) -> Account:
    return Account(
        id=person.id or 0,
        username=person.username,
        name=person.name,
        language=person.language,
        temporary=person.temporary,
        second=bool(person.totp),
        session=of.token_hash[:SHOWN],
        keys=person.keys,
        used=of.used,
    )


async def pending(session: AsyncSession, token: str | None, at: datetime) -> Staff | None:
    """Whose second factor this token waits for; None when it waits for none, or has waited ten minutes."""
    if not token or len(token) > 100:
        return None
    rows = await session.exec(
        select(Staff)
        .join(StaffSession, col(Staff.id) == col(StaffSession.person))
        .where(StaffSession.token_hash == hashed(token), col(StaffSession.pending), ~col(StaffSession.ended))
        .where(col(StaffSession.started) > at - PENDING, col(Staff.active))
    )
    return rows.one_or_none()


async def owner(session: AsyncSession, token: str | None) -> int | None:
    """Whose session this token was, also after its end; None for one we do not know, or that was never complete."""
    if not token or len(token) > 100:
        return None
    asked = select(StaffSession.person).where(StaffSession.token_hash == hashed(token), ~col(StaffSession.pending))
    return (await session.exec(asked)).first()


async def sessions_of(session: AsyncSession, person: int, at: datetime) -> Sequence[StaffSession]:
    """Where a person is signed in, the latest used first."""
    asked = select(StaffSession).where(
        StaffSession.person == person, *_running(at - IDLE, at - ABSOLUTE), ~col(StaffSession.pending)
    )
    return (await session.exec(asked.order_by(col(StaffSession.used).desc()))).all()


async def end_one(session: AsyncSession, person: int, shown: str) -> None:
    """End that session of a person; one already over stays over."""
    if len(shown) == SHOWN:
        named = (col(StaffSession.person) == person, col(StaffSession.token_hash).startswith(shown, autoescape=True))
        await session.exec(update(StaffSession).where(*named).values(ended=True))


async def switch_keys(session: AsyncSession, person: int, *, on: bool) -> None:
    """Let single keys do something on somebody's pages, or nothing."""
    row = await session.get_one(Staff, person)
    row.keys = on


async def staff_names(session: AsyncSession) -> dict[int | None, str]:
    """The names of all staff by id."""
    rows = await session.exec(select(Staff.id, Staff.name))
    return dict(rows.all())
