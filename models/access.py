"""Who may tune: an administrator who would lock himself out is stopped, and so is the last one who would go away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Fill, Leave, Post, Staff

TUNES = "tune"


async def tunes(session: AsyncSession, person: int, at: datetime, *, without: int | None = None) -> bool:
    """Whether a person is in a post that tunes at `at`, other than by the filling `without`."""
    asked = _fills(at).where(Fill.person == person)
    if without is not None:
        asked = asked.where(Fill.id != without)
    return (await session.exec(asked.limit(1))).first() is not None


async def another_tunes(session: AsyncSession, person: int, at: datetime) -> bool:
    """Whether somebody else is in a post that tunes at `at`, and is not on leave then."""
    away = select(Leave.person).where(col(Leave.since) <= at, or_(col(Leave.until).is_(None), col(Leave.until) > at))
    asked = _fills(at).where(Fill.person != person, col(Fill.person).not_in(away))
    return (await session.exec(asked.limit(1))).first() is not None


def _fills(at: datetime) -> Any:
    asked = select(Fill.id).join(Post, col(Post.code) == col(Fill.post)).join(Staff, col(Staff.id) == col(Fill.person))
    return asked.where(
        Post.rights == TUNES,
        col(Staff.active),
        col(Fill.since) <= at,
        or_(col(Fill.until).is_(None), col(Fill.until) > at),
        or_(col(Post.until).is_(None), col(Post.until) > at),
    )
