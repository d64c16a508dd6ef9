"""What calendars are saved by: whose zone an office is of; and a version that is taken back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Office
from models.policy import PolicyVersion
from models.policy_versions import current, save, version
from rules.holidays import without


async def offices_by_zone(session: AsyncSession) -> dict[str, str]:
    """The zone of each office."""
    return dict((await session.exec(select(Office.code, Office.zone))).all())


async def save_without(session: AsyncSession, number: int, note: str, author: int | None, at: datetime) -> int:
    """Save the policy in force without what a version changed; its number. ChangedSince where that was changed again since.

    Raises LookupError for a version that changed nothing: the first, or one that is not there.
    """
    row, newest = await session.get(PolicyVersion, number), await current(session)
    before = await version(session, row.made_from or number - 1) if row else None
    after = await version(session, number)
    if before is None or after is None:
        raise LookupError(f"version {number} changed nothing")
    return await save(session, without(newest, after, before), note, author, at, base=newest.version, alone=True)
