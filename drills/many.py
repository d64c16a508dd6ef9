"""Very many open requests at once: registered as the web registers them, started by the relay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import col, func, select

from drills.auditor import histories
from drills.people import consumer_of
from drills.stack import Broken
from drills.turn import Turn
from drills.waiting import until
from models.database import Sessions
from models.intake import New, register
from models.requests import ServiceRequest
from rules.terms import Channel, EventKind, Kind

AT_A_TIME = 50
PER_SECOND = 3
"""Workflows that are started in a second at the least, by a machine that does other things too."""
WHEN_ALL_IS_WELL = 60
"""By so many it is measured how quickly requests are begun."""


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


async def begun_in_a_second(turn: Turn) -> float:
    """How many requests are given to an officer in a second when all is well."""
    numbers = await registered(turn.sessions, WHEN_ALL_IS_WELL, "no-supply", datetime.now(UTC), turn.key("well"))
    turn.promised.numbers |= {turn.key("well", one): number for one, number in enumerate(numbers)}
    await started(turn.sessions, numbers)
    async with turn.sessions() as session:
        lines = await histories(session, numbers)
    given = sorted(line.recorded for of in lines.values() for line in of if line.kind == EventKind.ASSIGNED)
    return (len(given) - 1) / (given[-1] - given[0]).total_seconds()
