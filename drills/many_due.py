"""Very many tiers run out in the same instant, with two workers of whom one is killed in the midst of it: each once, none lost."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

from sqlmodel import col, func, select

from drills.auditor import Promised, audit
from drills.findings import Finding, none_of, within
from drills.flows import flows
from drills.many import registered, started
from drills.messages import caught_in
from drills.stack import Chosen, running
from drills.waiting import caught_up, until
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


async def drill(chosen: Chosen) -> list[Finding]:
    """Register them all, wait for the instant, kill one worker, count."""
    chance, many = random.Random(chosen.seed), max(chosen.many // 3, 30)
    async with running(chosen) as stack, stack.sessions() as sessions:
        seconds = round(BEFORE + many / STARTS_PER_SECOND)
        await stack.timings(TIMINGS.format(seconds=seconds))
        promised = Promised(datetime.now(UTC))
        numbers = await registered(sessions, many, "no-supply", promised.since, "many")
        promised.numbers = {f"many-{one}": number for one, number in enumerate(numbers)}
        async with stack.second_worker() as second:
            begun = await started(sessions, numbers)
            due = promised.since + timedelta(seconds=seconds)
            await asyncio.sleep(max((due - datetime.now(UTC)).total_seconds(), 0) + chance.uniform(0.5, 3))
            if chance.random() < 0.5:
                stack.kill("worker")
            else:
                stack.kill_process(second)
            climbed, took = await until(lambda: escalated(sessions), lambda count: count >= many, allowed(many))
        left, _ = await caught_up(sessions, allowed(many))
        promised.kills += stack.kills
        async with sessions() as session:
            found = await audit(session, promised, lambda: caught_in(stack.messages))
        return [
            Finding("all had a handler after", True, f"{begun:.0f} s, {len(numbers) / begun:.1f} a second"),
            none_of("tiers not climbed", ["…"] * (many - climbed), many),
            within("all climbed after the kill", took if climbed >= many else None, allowed(many)),
            none_of("left undone", left, 4),
            *found,
            *await flows(stack),
        ]


def allowed(many: int) -> float:
    """Seconds so many escalations may take."""
    return 60 + many / ESCALATIONS_PER_SECOND


async def escalated(sessions: Sessions) -> int:
    """How many requests went up."""
    asked = select(func.count(func.distinct(col(Event.reference)))).where(col(Event.kind) == EventKind.ESCALATED)
    async with sessions() as session:
        return (await session.exec(asked)).one()
