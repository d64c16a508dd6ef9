"""Guessing slowed down. A browser somebody has signed in with before is counted alone, so guessing elsewhere closes nothing to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import SignInTry

FREE_TRIES = 5
"""Under one name from one address, or from one known browser."""
FREE_OF_ALL = 30
"""Under one name from all unknown browsers: somebody guesses from many addresses."""
FREE_OF_ADDRESS = 100
"""Under all names from the unknown browsers of one address: half an office may sit behind it."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(days=1)


class TooManyTries(Exception):
    """Sign-in is closed to this caller until `until` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"closed until {until.isoformat()}")
        self.until = until


@dataclass(frozen=True)
class Caller:
    """Where a try comes from: its network address, and the hash of the browser where that is a known one of the account's."""

    address: str = ""
    browser: str = ""

    @property
    def place(self) -> str:
        """What is counted of the address: a hash."""
        return hashed(self.address) if self.address else ""


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def try_key(username: str) -> str:
    """The name a try is counted under: a hash, since people type passwords into the wrong field."""
    return hashed(username)[:60]


def wait_after(failures: int, free: int = FREE_TRIES) -> timedelta:
    """How long sign-in stays closed after so many failures; zero for the first few."""
    if failures < free:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - free, 10)), LONGEST_WAIT)


def _counted(key: str, caller: Caller) -> list[tuple[int, list[Any]]]:
    """What this caller is judged by: how many tries are free, and which rows count."""
    if caller.browser:
        return [(FREE_TRIES, [SignInTry.username == key, SignInTry.browser == caller.browser])]
    unknown, here = SignInTry.browser == "", SignInTry.address == caller.place
    judged = [
        (FREE_TRIES, [SignInTry.username == key, unknown, here]),
        (FREE_OF_ALL, [SignInTry.username == key, unknown]),
    ]
    return [*judged, (FREE_OF_ADDRESS, [unknown, here])] if caller.place else judged


async def count_try(session: AsyncSession, username: str, caller: Caller, at: datetime) -> None:
    """Write the try down before it is judged, one at a time a name, so that many at once count as many. TooManyTries."""
    key = try_key(username)
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    until = at
    for free, rows in _counted(key, caller):
        asked = select(func.count(), func.max(SignInTry.at)).where(*rows, col(SignInTry.at) > at - REMEMBERED)
        failures, last = (await session.exec(asked)).one()
        until = max(until, last + wait_after(failures, free)) if failures else until
    if until > at:
        raise TooManyTries(until)
    session.add(SignInTry(username=key, at=at, address=caller.place, browser=caller.browser))


async def forget_tries(session: AsyncSession, username: str, caller: Caller, at: datetime) -> None:
    """It was he: what he mistyped counts no more. What others tried elsewhere does."""
    rows = _counted(try_key(username), caller)[0][1]
    await session.exec(delete(SignInTry).where(*rows))
    await session.exec(delete(SignInTry).where(col(SignInTry.at) < at - REMEMBERED))
