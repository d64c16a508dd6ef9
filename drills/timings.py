"""The timings a drill wants: seconds where the utility has hours, over the profile's own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.policy import PolicyVersion
from models.policy_versions import NothingChanged, current, read_toml, save
from rules.policy import Policy
from rules.policy_json import from_json

FIRST = 1
"""The version the profile came with."""
NOBODY_WAITS = 10_000
"""Escalations to one person in a minute: as many as may be set."""


async def in_force(sessions: Sessions, toml: str = "") -> int:
    """Bring timings into force for new requests, with nobody put off in a storm; without any, the profile's own. The version's number.

    Straight into the tables: an administrator alone may only propose a time that becomes longer.
    """
    async with sessions.begin() as session:
        await _saved(session, await version(session, FIRST))
        if toml:
            policy = await read_toml(session, toml)
            limits = replace(policy.limits, escalations_per_minute=NOBODY_WAITS)
            await _saved(session, replace(policy, limits=limits))
        return (await current(session)).version


async def policy_of(sessions: Sessions, number: int) -> Policy:
    """A version of the timings."""
    async with sessions() as session:
        return await version(session, number)


async def version(session: AsyncSession, number: int) -> Policy:
    """A version of the timings, as it was saved."""
    row = await session.get(PolicyVersion, number)
    assert row is not None
    return from_json(row.content)


async def _saved(session: AsyncSession, policy: Policy) -> None:
    with suppress(NothingChanged):
        await save(session, policy, "drill", None, datetime.now(UTC))
