"""Very many open requests at once: registered as the web registers them, started by the relay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from drills.people import consumer_of
from drills.stack import Broken
from drills.waiting import until
from models.database import Sessions
from models.intake import New, register
from models.requests import ServiceRequest
from rules.terms import Channel, Kind

AT_A_TIME = 50
PER_SECOND = 3
"""Workflows that are started in a second at the least, by a machine that does other things too."""


async def registered(sessions: Sessions, many: int, category: str, at: datetime, key: str) -> list[str]:
    """So many complaints of one instant, each of a telephone of its own; their numbers."""
    numbers: list[str] = []
    for first in range(0, many, AT_A_TIME):
        async with sessions.begin() as session:
            for one in range(first, min(first + AT_A_TIME, many)):
                numbers.append((await register(session, _new(category, at, f"{key}-{one}"))).reference)
    return numbers


def _new(category: str, at: datetime, token: str) -> New:
    return New(
        Kind.COMPLAINT, category, Channel.API, "en", "One of very many", token, at,
        locality="gizri", name="Drill consumer", phone=consumer_of(token)["phone"],
    )  # fmt: skip


async def started(sessions: Sessions, numbers: Sequence[str]) -> float:
    """Wait until each of these has its workflow and a handler; seconds it took. Broken when it takes too long."""

    async def waiting() -> int:
        ours = col(ServiceRequest.reference).in_(numbers)
        asked = select(func.count()).where(ours, col(ServiceRequest.state) == "received")
        async with sessions() as session:
            return (await session.exec(asked)).one()

    left, took = await until(waiting, lambda count: not count, 60 + len(numbers) / PER_SECOND)
    if left:
        raise Broken(f"{left} of {len(numbers)} requests were not begun after {took:.0f} s")
    return took
