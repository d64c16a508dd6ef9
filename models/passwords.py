"""Passwords as they are kept: argon2, worked out beside the loop."""

from __future__ import annotations

import asyncio

from pwdlib import PasswordHash
from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.doors import KnownBrowser
from models.people import Staff, StaffSession
from models.tries import hashed

PASSWORDS = PasswordHash.recommended()
AT_ONCE = asyncio.Semaphore(2)
"""An argon2 check holds a core for 0.1 s; more than two at once would stop the pages of everybody else."""

NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$7yB0jLB6exoZF1K6YNxEMA$kawirSoqXgo+XpEu8hga7J6oNi6EWxwDN+8w3gUGKCA"
"""Of a password nobody knows: checked for a name that does not exist, so that it takes as long as one that does."""


async def password_hash(password: str) -> str:
    """`password` as it is kept."""
    async with AT_ONCE:
        return await asyncio.to_thread(PASSWORDS.hash, password)


async def is_right(kept: str, password: str) -> bool:
    """Whether `password` belongs to what is kept of one; "" belongs to none, and takes as long."""
    async with AT_ONCE:
        return await asyncio.to_thread(PASSWORDS.verify, password, kept or NOBODY)


async def set_password(session: AsyncSession, username: str, password: str, *, temporary: bool = False) -> bool:
    """Give `username` a password somebody else chose, and end his sessions; False when there is no such name.

    `temporary`: it opens only the page where its owner chooses his own.
    """
    kept = await password_hash(password)
    changed = await session.exec(
        update(Staff)
        .where(col(Staff.username) == username)
        .values(password=kept, temporary=temporary)
        .returning(col(Staff.id))
    )
    person = changed.scalar_one_or_none()
    if person is not None:
        await end_sessions(session, person)
        await session.exec(delete(KnownBrowser).where(col(KnownBrowser.person) == person))
    return person is not None


async def end_sessions(session: AsyncSession, person: int, but: str | None = None) -> None:
    """End every session of a person, at once and everywhere, except the one of the token `but`."""
    kept = hashed(but) if but else ""
    await session.exec(
        update(StaffSession)
        .where(col(StaffSession.person) == person, col(StaffSession.token_hash) != kept)
        .values(ended=True)
    )


async def kept_of(session: AsyncSession, person: int) -> str:
    """What is kept of a person's password."""
    return (await session.exec(select(Staff.password).where(Staff.id == person))).one()


async def choose_password(session: AsyncSession, person: int, kept: str, token: str | None) -> None:
    """His own new password, already hashed: temporary no more, and every other session ends."""
    await session.exec(update(Staff).where(col(Staff.id) == person).values(password=kept, temporary=False))
    await end_sessions(session, person, token)
