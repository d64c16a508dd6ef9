"""Very many tiers run out in the same instant, with two workers of whom one is killed in the midst of it: each once, none lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import col, func, select

from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.many import registered, started
from drills.turn import Turn
from drills.waiting import until
from models.database import Sessions
from models.events import Event
from rules.terms import EventKind

BEFORE = 20.0
"""Seconds from the last workflow's start, as it is expected, to the instant at which all are due."""
STARTS_PER_SECOND = 10
ESCALATIONS_PER_SECOND = 5
"""What two workers on a busy machine do at the least, with all the messages about it."""
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["{seconds}s", "4h", "4h"]
standard = "8h"
calendar = "round-the-clock"
"""


async def drill(turn: Turn) -> list[Finding]:
    """Register them all, wait for the instant, kill one worker, count."""
    many = max(turn.chosen.many // 3, 30)
    seconds = round(BEFORE + many / STARTS_PER_SECOND)
    await turn.timings(TIMINGS.format(seconds=seconds))
    at = datetime.now(UTC)
    numbers = await registered(turn.sessions, many, "no-supply", at, turn.key("many"))
    turn.promised.numbers = {turn.key("many", one): number for one, number in enumerate(numbers)}
    async with turn.stack.second_worker() as second:
        begun = await started(turn.sessions, numbers)
        turn.did("beginning all")
        left = (at + timedelta(seconds=seconds) - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(left, 0) + turn.chance.uniform(0.5, 3))
        turn.did("until due")
        if turn.chance.random() < 0.5:
            turn.stack.kill("worker")
        else:
            turn.stack.kill_process(second)
        climbed, took = await until(
            lambda: escalated(turn.sessions, numbers), lambda count: count >= many, allowed(many)
        )
        turn.did("climbing")
    return [
        Finding("all had a handler after", True, f"{begun:.0f} s, {len(numbers) / begun:.1f} a second"),
        none_of("tiers not climbed", ["…"] * (many - climbed), many),
        within("all climbed after the kill", took if climbed >= many else None, allowed(many)),
        *await counted(turn, allowed(many)),
    ]


def allowed(many: int) -> float:
    """Seconds so many escalations may take."""
    return 60 + many / ESCALATIONS_PER_SECOND


async def escalated(sessions: Sessions, numbers: Sequence[str]) -> int:
    """How many of these went up."""
    asked = select(func.count(func.distinct(col(Event.reference))))
    ours = asked.where(col(Event.kind) == EventKind.ESCALATED, col(Event.reference).in_(numbers))
    async with sessions() as session:
        return (await session.exec(ours)).one()
