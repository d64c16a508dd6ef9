"""Staff at the door: passwords, slowed guessing, signed-in browsers, and which posts somebody fills at an instant."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from sqlalchemy import delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.people import SignInTry, Staff, StaffSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
USED_EVERY = timedelta(minutes=1)
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(days=1)

PASSWORDS = PasswordHash.recommended()
AT_ONCE = asyncio.Semaphore(2)
"""An argon2 check holds a core for 0.1 s; more than two at once would stop the pages of everybody else."""

NOBODY = PASSWORDS.hash(secrets.token_hex())
"""Checked for a name that does not exist, so that it takes as long as one that does."""


class WrongSignIn(Exception):
    """The name and the password do not belong together; which of them is wrong is not said."""


class TooManyTries(Exception):
    """Sign-in under this name is closed until `until` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"closed until {until.isoformat()}")
        self.until = until


@dataclass(frozen=True)
class Account:
    """One who is signed in."""

    id: int
    username: str
    name: str
    language: str


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def password_hash(password: str) -> str:
    """`password` as it is kept: argon2, worked out beside the loop."""
    async with AT_ONCE:
        return await asyncio.to_thread(PASSWORDS.hash, password)


async def set_password(session: AsyncSession, username: str, password: str) -> bool:
    """Give `username` a new password and end its sessions; False when there is no such name."""
    kept = await password_hash(password)
    changed = await session.exec(
        update(Staff).where(col(Staff.username) == username).values(password=kept).returning(col(Staff.id))
    )
    person = changed.scalar_one_or_none()
    if person is not None:
        await session.exec(delete(StaffSession).where(col(StaffSession.person) == person))
    return person is not None


def wait_after(failures: int) -> timedelta:
    """How long sign-in stays closed after so many failures in a row; zero for the first few."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - FREE_TRIES, 10)), LONGEST_WAIT)


def try_key(username: str) -> str:
    """The name a try is counted under: a hash, since people type passwords into the wrong field."""
    return hashed(username)[:60]


async def _count_try(session: AsyncSession, username: str, at: datetime) -> None:
    """Write the try down before it is judged, one at a time a name, so that many at once count as many."""
    key = try_key(username)
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    row = await session.exec(
        select(func.count(), func.max(SignInTry.at)).where(
            col(SignInTry.username) == key, col(SignInTry.at) > at - REMEMBERED
        )
    )
    failures, last = row.one()
    if failures and last + wait_after(failures) > at:
        raise TooManyTries(last + wait_after(failures))
    session.add(SignInTry(username=key, at=at))


async def _check(kept: str, password: str) -> bool:
    async with AT_ONCE:
        return await asyncio.to_thread(PASSWORDS.verify, password, kept)


async def sign_in(
    sessions: Sessions, username: str, password: str, at: datetime, *, agent: str = "", old: str | None = None
) -> str:
    """A new session's token; the browser's `old` one ends. Raises WrongSignIn, or TooManyTries while closed."""
    username = username.strip().lower()
    async with sessions.begin() as session:
        await _count_try(session, username, at)
        found = await session.exec(select(Staff).where(col(Staff.username) == username, col(Staff.active)))
        person = found.one_or_none()
    # No transaction is open here: the check takes long and must hold no connection.
    if not await _check(person.password if person and person.password else NOBODY, password) or person is None:
        raise WrongSignIn(username)
    async with sessions.begin() as session:
        return await _opened(session, person, at, agent, old)


async def _opened(session: AsyncSession, person: Staff, at: datetime, agent: str, old: str | None) -> str:
    assert person.id is not None
    await session.exec(delete(SignInTry).where(col(SignInTry.username) == try_key(person.username)))
    await session.exec(delete(SignInTry).where(col(SignInTry.at) < at - REMEMBERED))
    await session.exec(delete(StaffSession).where(col(StaffSession.started) < at - ABSOLUTE))
    await sign_out(session, old)
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=hashed(token), person=person.id, started=at, used=at, agent=agent[:200]))
    return token


async def sign_out(session: AsyncSession, token: str | None) -> None:
    """End the session of this token, if there is one."""
    if token:
        await session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == hashed(token)))


async def signed_in(session: AsyncSession, token: str | None, at: datetime, *, using: bool = True) -> Account | None:
    """Who holds this token; None when it ended, idled 30 minutes or is 12 hours old.

    `using` marks it used, at most once a minute; a live stream passes False, or an open page would never idle.
    """
    if not token or len(token) > 100:
        return None
    rows = await session.exec(
        select(StaffSession, Staff)
        .join(Staff, col(Staff.id) == col(StaffSession.person))
        .where(
            col(StaffSession.token_hash) == hashed(token),
            col(StaffSession.used) > at - IDLE,
            col(StaffSession.started) > at - ABSOLUTE,
            col(Staff.active),
        )
    )
    row = rows.one_or_none()
    if row is None:
        return None
    open_session, staff = row
    if using and open_session.used <= at - USED_EVERY:
        open_session.used = at
        session.add(open_session)
    return Account(id=staff.id or 0, username=staff.username, name=staff.name, language=staff.language)
