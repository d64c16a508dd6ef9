"""The clock of the only worker jumps an hour on, then an hour back: tiers end at their instants all the same, the doctor says it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from drills.auditor import Promised, audit, histories, lateness
from drills.findings import Finding, none_of, within
from drills.flows import flows
from drills.many import started
from drills.messages import caught_in
from drills.people import Caller
from drills.stack import Chosen, Stack, running
from drills.waiting import caught_up, until
from models.database import Sessions
from rules.terms import EventKind

JUMPS = {"an hour on": 3600, "an hour back": -3600}
TIER = 10.0
LATE = 30.0
"""Seconds a tier may end late while the clock of its worker is wrong."""
FILED = 3
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["10s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""


async def drill(chosen: Chosen) -> list[Finding]:
    """Both jumps, one after the other, on one stack, whose own worker is away meanwhile."""
    async with running(chosen) as stack, stack.sessions() as sessions:
        return await jumped(stack, sessions, Clock(stack.folder.parent / "shift"))


class Clock:
    """The clock of a worker, wrong by what a file says."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.program = ("-m", "drills.shifted_worker", str(file))
        self.jump(0)

    def jump(self, by: int) -> None:
        """Be so many seconds off from now on."""
        self.file.write_text(f"{by}\n", encoding="ascii")


async def jumped(stack: Stack, sessions: Sessions, clock: Clock) -> list[Finding]:
    """What holds of tiers that were running, of numbers given meanwhile, and of all afterwards."""
    await stack.timings(TIMINGS)
    promised, found = Promised(datetime.now(UTC)), list[Finding]()
    for words, by in JUMPS.items():
        async with stack.without("worker"), stack.second_worker(*clock.program):
            before = await filed(stack, promised, f"before {words}")
            await started(sessions, before)
            clock.jump(by)
            late = await escalations(sessions, before)
            meanwhile = await filed(stack, promised, f"while {words}")
            await started(sessions, meanwhile)
            said, _ = await until(
                lambda: stack.typed("doctor"), lambda said: "LOOK clock of worker" in named(said), LATE
            )
            clock.jump(0)
        found += [
            none_of(f"{words}: running tiers not ended", ["..."] * (len(before) - len(late)), len(before)),
            within(f"{words}: the latest of them", max(late, default=None), LATE),
            Finding(f"{words}: the doctor says so", "LOOK clock of worker" in named(said), named(said)),
        ]
    promised.kills += stack.kills
    left, _ = await caught_up(sessions, 60)
    async with sessions() as session:
        found += await audit(session, promised, lambda: caught_in(stack.messages))
    return [*found, none_of("left undone", left, 4), *await flows(stack)]


async def filed(stack: Stack, promised: Promised, what: str) -> list[str]:
    """A few complaints; their numbers."""
    caller, given = Caller(stack), []
    for one in range(FILED):
        key = f"{what}-{one}-{promised.since.timestamp():.0f}".replace(" ", "-")
        promised.numbers[key] = await caller.filed(key, "no-supply")
        given.append(promised.numbers[key])
    return given


async def escalations(sessions: Sessions, numbers: Sequence[str]) -> list[float]:
    """How late each of these went up."""

    async def moved() -> list[float]:
        async with sessions() as session:
            lines = await histories(session, numbers)
        return lateness(line for of in lines.values() for line in of if line.kind == EventKind.ESCALATED)

    found, _ = await until(moved, lambda late: len(late) == len(numbers), TIER + 30)
    return found


def named(said: str) -> str:
    """What the doctor says of workers' clocks."""
    return "; ".join(" ".join(line.split()) for line in said.splitlines() if "clock of worker" in line)[:300]
