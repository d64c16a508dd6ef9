"""The clock of the only worker and the only web jumps an hour on, then an hour back: running tiers end at their instants all the same.

The doctor and both logs say it. What is registered meanwhile bears the wrong instant, from which its time counts; it is neither lost nor done twice.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from drills.auditor import histories, lateness
from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.many import started
from drills.people import Caller
from drills.stack import Stack
from drills.turn import Turn
from drills.waiting import until
from models.database import Sessions
from rules.terms import EventKind

JUMPS = {"an hour on": 3600, "an hour back": -3600}
TIER = 10.0
LATE = 30.0
"""Seconds a tier may end late while the clock of its worker is wrong."""
FILED = 3
PARTS = frozenset({"worker", "web"})
ABOUT = 30.0
"""Seconds by which what is said of a clock may differ from its jump."""
TOLD = re.compile(r"LOOK +clock of (worker|web)@\S+ +([+-][0-9.]+) s from")
LOGGED = re.compile(r"^(worker|web): .*the clock is wrong.* seconds=(-?[0-9.]+)", re.MULTILINE)
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["10s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""


class Clock:
    """The clock of a machine on which worker and web run, wrong by what a file says."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.jump(0)

    def of(self, part: str) -> tuple[str, ...]:
        """The program of a part that goes by it, behind the name of its log."""
        return (f"shifted-{part}", "-m", "drills.shifted", part, str(self.file))

    def jump(self, by: int) -> None:
        """Be so many seconds off from now on."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{by}\n", encoding="ascii")
        new.replace(self.file)


async def drill(turn: Turn) -> list[Finding]:
    """Both jumps, one after the other, with worker and web of our own: running tiers, numbers given meanwhile, and all afterwards."""
    await turn.timings(TIMINGS)
    clock, found = Clock(turn.folder / "shift"), list[Finding]()
    for words, by in turn.chance.sample(list(JUMPS.items()), len(JUMPS)):
        async with turn.stack.without("worker"), turn.stack.beside(*clock.of("worker")):
            turn.stack.kill("web")
            async with turn.stack.beside(*clock.of("web")):
                found += await jumped(turn, clock, words, by)
        turn.did(words)
    await turn.stack.back()
    return [*found, *await counted(turn, 60)]


async def jumped(turn: Turn, clock: Clock, words: str, by: int) -> list[Finding]:
    """One jump, and back."""
    before = await filed(turn, f"before {words}")
    await started(turn.sessions, before)
    await asyncio.sleep(turn.chance.uniform(0, 2))
    already = {part: len(log(turn.stack, part)) for part in PARTS}
    clock.jump(by)
    meanwhile = await filed(turn, f"while {words}")
    said, _ = await until(partial(turn.stack.typed, "doctor"), lambda said: wrong(TOLD, said, by) == PARTS, LATE)
    logs, _ = await until(partial(logged, turn.stack, already), lambda logs: wrong(LOGGED, logs, by) == PARTS, LATE)
    late = await escalations(turn.sessions, before)
    await started(turn.sessions, meanwhile)
    clock.jump(0)
    return [
        none_of(f"{words}: running tiers not ended", ["..."] * (len(before) - len(late)), len(before)),
        within(f"{words}: the latest of them", max(late, default=None), LATE),
        Finding(f"{words}: the doctor names both", wrong(TOLD, said, by) == PARTS, told(said)),
        none_of(f"{words}: parts whose log does not say so", sorted(PARTS - wrong(LOGGED, logs, by)), len(PARTS)),
    ]


def wrong(line: re.Pattern[str], said: str, by: int) -> set[str]:
    """The parts of which such a line says that their clock is wrong by about so much."""
    return {part for part, seconds in line.findall(said) if abs(float(seconds) - by) < ABOUT}


async def logged(stack: Stack, already: Mapping[str, int]) -> str:
    """What both logs have said since they were so long, each line behind the name of the part."""
    new = {part: log(stack, part)[length:].decode(errors="replace") for part, length in already.items()}
    lines = [f"{part}: {line}" for part, said in new.items() for line in said.splitlines()]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))  # without its colours


def log(stack: Stack, part: str) -> bytes:
    """The log of a part whose clock jumps."""
    return (stack.folder / "log" / f"shifted-{part}.log").read_bytes()


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


def told(said: str) -> str:
    """What the doctor says of the clocks of workers and webs that are wrong."""
    return "; ".join(" ".join(line.split()) for line in said.splitlines() if TOLD.search(line))[:300]
