"""New calendars: for every request, whatever its times are. And a version that is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Office
from models.policy import PolicyVersion
from models.policy_versions import current, save, save_beside, version
from models.requests import ServiceRequest
from rules.holidays import with_calendars_of, without
from rules.policy import Policy
from rules.states import OPEN


async def save_calendars(
    session: AsyncSession, policy: Policy, note: str, author: int | None, at: datetime, *, base: int
) -> tuple[int, dict[int, int]]:
    """Save calendars as the next version, and for each older version that open requests have one with these calendars.

    So each of them keeps the times it has. The new number, and the others by the versions they are made from.
    """

    async def older(session: AsyncSession, newest: int) -> Mapping[int, Policy]:
        return await with_these(session, policy, newest)

    return await save_beside(session, policy, note, author, at, base=base, older=older)


async def with_these(session: AsyncSession, policy: Policy, newest: int) -> dict[int, Policy]:
    """The older versions that open requests have, with the calendars of `policy`, by their numbers."""
    asked = select(ServiceRequest.policy_version).where(
        col(ServiceRequest.over).is_(False),
        col(ServiceRequest.state).in_([state.value for state in OPEN]),
        ServiceRequest.policy_version < newest,
    )
    found: dict[int, Policy] = {}
    for number in sorted((await session.exec(asked.distinct())).all()):
        own = await version(session, number)
        if own is not None:
            found[number] = with_calendars_of(own, policy)
    return found


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
    return await save(session, without(newest, after, before), note, author, at, base=newest.version)
