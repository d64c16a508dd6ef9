"""The clock of the only worker jumps an hour on, then an hour back: tiers end at their instants all the same, the doctor says it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from drills.auditor import histories, lateness
from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.many import started
from drills.people import Caller
from drills.turn import Turn
from drills.waiting import until
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


class Clock:
    """The clock of a worker, wrong by what a file says."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.program = ("-m", "drills.shifted_worker", str(file))
        self.jump(0)

    def jump(self, by: int) -> None:
        """Be so many seconds off from now on."""
        self.file.write_text(f"{by}\n", encoding="ascii")


async def drill(turn: Turn) -> list[Finding]:
    """Both jumps, one after the other, while the stack's own worker is away: running tiers, numbers given meanwhile, and all afterwards."""
    await turn.timings(TIMINGS)
    clock, found = Clock(turn.folder / "shift"), list[Finding]()
    for words, by in turn.chance.sample(list(JUMPS.items()), len(JUMPS)):
        async with turn.stack.without("worker"), turn.stack.second_worker(*clock.program):
            before = await filed(turn, f"before {words}")
            await started(turn.sessions, before)
            await asyncio.sleep(turn.chance.uniform(0, 2))
            clock.jump(by)
            meanwhile = await filed(turn, f"while {words}")
            said, _ = await until(partial(turn.stack.typed, "doctor"), tells, LATE)
            late = await escalations(turn.sessions, before)
            await started(turn.sessions, meanwhile)
            clock.jump(0)
        found += [
            none_of(f"{words}: running tiers not ended", ["..."] * (len(before) - len(late)), len(before)),
            within(f"{words}: the latest of them", max(late, default=None), LATE),
            Finding(f"{words}: the doctor says so", tells(said), named(said)),
        ]
        turn.did(words)
    return [*found, *await counted(turn, 60)]


def tells(said: str) -> bool:
    """Whether the doctor says that a worker's clock is wrong."""
    return "LOOK clock of worker" in named(said)


async def filed(turn: Turn, what: str) -> list[str]:
    """A few complaints; their numbers."""
    caller, keys = Caller(turn.stack), [turn.key(what, one) for one in range(FILED)]
    turn.promised.numbers |= {key: await caller.filed(key, "no-supply") for key in keys}
    return [turn.promised.numbers[key] for key in keys]


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
