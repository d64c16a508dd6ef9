"""Categories come and go: a new one has the timings of a sibling, a retired one takes no new requests; each a version of the policy."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.naming import AUDIT, noted, put_onto, written
from models.policy import Names
from models.policy_versions import current, save, version
from models.requests import ServiceRequest
from rules.offered import must_stay
from rules.policy import UNPLACED, Policy


class CannotRetire(Exception):
    """Something of the kind must stay: the last category of all, the last danger, or the desk that finds places."""


async def add(
    session: AsyncSession, sibling: str, fields: Mapping[str, str], note: str, by: int, at: datetime, base: int
) -> str:
    """A category with the ladder, times and flags of `sibling`, in every area class; its code. LookupError, and what `save` raises."""
    policy = await current(session)
    if sibling not in policy.timings or sibling == UNPLACED:
        raise LookupError(f"no category {sibling}")
    code = f"category-{secrets.token_hex(4)}"
    areas = {(code, area): timing for (owner, area), timing in policy.areas.items() if owner == sibling}
    more = replace(policy, timings={**policy.timings, code: policy.timings[sibling]}, areas={**policy.areas, **areas})
    await save(session, more, note, by, at, base=base)
    row = Names(kind="category", code=code)
    put_onto(row, fields)
    session.add(row)
    await noted(session, AUDIT, f"category/{code}", {}, written(row), by, at)
    return code


async def retire(session: AsyncSession, code: str, note: str, by: int, at: datetime, base: int) -> None:
    """Take it out of the timings of new requests; open ones go on to their end under the version they have. CannotRetire."""
    policy = await current(session)
    if not may_retire(policy, code):
        raise CannotRetire
    await save(session, without(policy, code), note, by, at, base=base)


def may_retire(policy: Policy, code: str) -> bool:
    """Whether the policy can do without this category."""
    return code in policy.timings and code not in must_stay(policy, without(policy, code))


def without(policy: Policy, code: str) -> Policy:
    """The policy without this category."""
    timings = {other: timing for other, timing in policy.timings.items() if other != code}
    areas = {key: timing for key, timing in policy.areas.items() if key[0] != code}
    return replace(policy, timings=timings, areas=areas)


async def bring_back(session: AsyncSession, code: str, note: str, by: int, at: datetime, base: int) -> None:
    """Offer a retired category again, with the timings it had last. LookupError when it never had any, or has them now."""
    policy = await current(session)
    before = None if code in policy.timings else await _last_with(session, policy.version, code)
    if before is None:
        raise LookupError(f"{code} is not retired")
    areas = {key: timing for key, timing in before.areas.items() if key[0] == code}
    more = replace(policy, timings={**policy.timings, code: before.timings[code]}, areas={**policy.areas, **areas})
    await save(session, more, note, by, at, base=base)


async def _last_with(session: AsyncSession, newest: int, code: str) -> Policy | None:
    for number in range(newest - 1, 0, -1):
        found = await version(session, number)
        if found is not None and code in found.timings:
            return found
    return None


async def open_of(session: AsyncSession) -> dict[str, int]:
    """How many requests of each category are not over; of what is confidential nobody is told."""
    told = ~col(ServiceRequest.over), col(ServiceRequest.confidential).is_(False)
    asked = select(ServiceRequest.category, func.count()).where(*told)
    return dict((await session.exec(asked.group_by(ServiceRequest.category))).all())
