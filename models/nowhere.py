"""The office of a request that names no place: the desk that finds out, where the utility has one."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Office
from rules.policy import UNPLACED, Policy


def finds_places(policy: Policy, category: str) -> bool:
    """Whether a complaint of this category waits at the desk until its place is found: not danger, not what is confidential."""
    timing = policy.timings.get(category)
    return UNPLACED in policy.timings and timing is not None and not (timing.safety or timing.confidential)


async def nowhere(session: AsyncSession, desk: bool) -> Office:
    """The desk that finds places, where it is wanted and there is one; else the first office by code."""
    is_desk = col(Office.area_class) == UNPLACED
    order = (is_desk.desc() if desk else is_desk, Office.code)
    return (await session.exec(select(Office).where(col(Office.successor).is_(None)).order_by(*order).limit(1))).one()
