"""New calendars for older timings: a version that changes nothing but calendars has, beside it, one for each version in use."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.policy import PolicyVersion
from models.requests import ServiceRequest
from rules.holidays import with_calendars_of
from rules.policy import Policy
from rules.states import OPEN


async def older_with(session: AsyncSession, policy: Policy, newest: int) -> dict[int, Policy]:
    """The versions older than the newest that open requests have, with the calendars of `policy`, by their numbers."""
    in_use = select(ServiceRequest.policy_version).where(
        ~col(ServiceRequest.over),
        col(ServiceRequest.state).in_([state.value for state in OPEN]),
        col(ServiceRequest.policy_version) < newest,
    )
    rows = await session.exec(select(PolicyVersion).where(col(PolicyVersion.number).in_(in_use)))
    found = {row.number: with_calendars_of(row.policy, policy) for row in rows.all()}
    return dict(sorted(found.items()))


async def carried(session: AsyncSession, version: int) -> dict[int, int]:
    """The versions saved beside one, by the older ones they are made from."""
    asked = select(PolicyVersion.made_from, PolicyVersion.number).where(PolicyVersion.beside == version)
    return {made_from: number for made_from, number in (await session.exec(asked)).all() if made_from is not None}
