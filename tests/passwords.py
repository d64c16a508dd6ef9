"""A password the testers know, kept cheaply: what is kept names the cost of its own check, so the product is as it is."""

from __future__ import annotations

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Staff

PASSWORD = "gizri electric trial"
CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@cache
def kept_cheaply(password: str = PASSWORD) -> str:
    """What may be kept of a password when its check shall cost nothing."""
    return CHEAP.hash(password)


async def let_in(session: AsyncSession, username: str, *, temporary: bool = False) -> None:
    """Give somebody of the staff the password above; `temporary`: he must choose his own."""
    given = update(Staff).where(col(Staff.username) == username)
    kept = given.values(password=kept_cheaply(), temporary=temporary)
    changed = await session.exec(kept.returning(col(Staff.id)))
    assert changed.scalar_one_or_none() is not None, username
