"""A backup taken while clocks run, put back into a fresh folder: the same numbers, the same due instants, each fired once."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from drills.auditor import Promised, audit, lateness
from drills.everything_killed import due_instants, lines_of
from drills.findings import Finding, none_of, spread, within
from drills.flows import flows
from drills.messages import caught_in
from drills.people import Caller
from drills.stack import ROOT, Broken, Stack
from drills.turn import Turn
from drills.waiting import caught_up, until
from models.database import Sessions
from models.events import Event
from rules.terms import EventKind

COPIES = ("with its Temporal", "with none")
SECONDS = {"no-supply": 25, "voltage": 70}
"""The first tier by category: due while nothing runs, and after everything runs again."""
TIMING = """[complaint.{category}]
accept = "none"
tiers = ["{seconds}s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""
CATCHING_UP = 45.0
QUIET = timedelta(seconds=10)
"""Nothing of the turns before falls due for so long when it begins: what was told between the backup and the kill no backup knows of."""


async def drill(turn: Turn) -> list[Finding]:
    """Save a running stack, kill it, and go on twice side by side: with its Temporal as it was, and with none."""
    await caught_up(turn.sessions, CATCHING_UP, QUIET)
    turn.did("letting the others end")
    await turn.timings("\n".join(TIMING.format(category=name, seconds=time) for name, time in SECONDS.items()))
    stack, caller = turn.stack, Caller(turn.stack)
    for one, category in enumerate((*SECONDS, *SECONDS)):
        await asyncio.sleep(turn.chance.uniform(0, 0.5))
        turn.promised.numbers[turn.key("saved", one)] = await caller.filed(turn.key("saved", one), category)
    given = list(turn.promised.numbers.values())
    await caught_up(turn.sessions, CATCHING_UP)
    before, _ = await until(lambda: due_instants(turn.sessions), lambda due: set(given) <= set(due), 20)
    turn.did("filing")
    file = turn.folder / "kept.tar"
    await typed(stack, "backup", str(file))
    stack.kill_all()
    turn.did("saving")
    copies = {name: Stack(turn.folder / name.replace(" ", "-"), PROFILE=stack.environ["PROFILE"]) for name in COPIES}
    for copy in copies.values():
        await typed(copy, "restore", str(file))
    shutil.rmtree(copies["with none"].folder / "temporal")
    turn.did("restoring")
    found = await asyncio.gather(*(gone_on(turn, copy, name, before) for name, copy in copies.items()))
    turn.did("going on")
    return [finding for findings in found for finding in findings]


async def gone_on(turn: Turn, stack: Stack, name: str, before: Mapping[str, datetime | None]) -> list[Finding]:
    """Start it, let every tier fall due, and count."""
    given, first = list(turn.promised.numbers.values()), turn.stack.messages
    (stack.folder / "messages.jsonl").touch()
    try:
        await stack.start()
        async with stack.sessions() as sessions:
            back = await stack.back()
            lines, _ = await until(lambda: lines_of(sessions, given), each_moved, max(SECONDS.values()) + 60)
            left, took = await caught_up(sessions, CATCHING_UP)
            moves = [line for history in lines.values() for line in history if line.kind == EventKind.ESCALATED]
            promised = Promised(turn.promised.since, turn.promised.numbers)
            async with sessions() as session:
                audited = await audit(session, promised, lambda: caught_in(stack.messages) + caught_in(first))
            return [
                *judged(name, moves, given, before, back),
                none_of(f"{name}: left undone", left, 4),
                within(f"{name}: all done after", took, CATCHING_UP),
                *(Finding(f"{name}: {one.what}", one.good, one.figure) for one in audited),
                *(Finding(f"{name}: {one.what}", one.good, one.figure) for one in await flows(stack)),
                *await filing_goes_on(stack, sessions, name),
            ]
    finally:
        await stack.stop()


def judged(
    name: str, moves: Sequence[Event], given: Sequence[str], before: Mapping[str, datetime | None], back: datetime
) -> list[Finding]:
    """Every tier lapsed once, at the instant it had before the backup, and no later than the absence explains."""
    climbed = [move.reference for move in moves]
    other = [move.reference for move in moves if move.due != before[move.reference]]
    owed = [max((back - move.due).total_seconds(), 0.0) for move in moves if move.due]
    late = [one - other for one, other in zip(lateness(moves), owed, strict=True)]
    return [
        none_of(f"{name}: tiers that did not lapse", sorted(set(given) - set(climbed)), len(given)),
        none_of(f"{name}: tiers that lapsed twice", [one for one in climbed if climbed.count(one) > 1], len(climbed)),
        none_of(f"{name}: due instants other than before", other, len(moves)),
        spread(f"{name}: seconds late beyond the absence", late),
    ]


def each_moved(lines: Mapping[str, Sequence[Event]]) -> bool:
    """Whether every request has climbed."""
    return all(any(line.kind == EventKind.ESCALATED for line in history) for history in lines.values())


async def filing_goes_on(stack: Stack, sessions: Sessions, name: str) -> list[Finding]:
    """A new number is given and begun."""
    number = await Caller(stack).filed(f"after-{name}", "voltage")
    lines, took = await until(lambda: lines_of(sessions, [number]), lambda found: len(found[number]) > 1, 20)
    return [within(f"{name}: a new request begun after", took if len(lines[number]) > 1 else None, 20)]


async def typed(stack: Stack, *arguments: str) -> None:
    """A command as an operator types it; Broken when it does not end well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", *arguments, cwd=ROOT, env=stack.environ,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    if process.returncode:
        raise Broken(f"{' '.join(arguments)}: {said.decode()}")
