"""A backup taken while clocks run, put back into a fresh folder: the same numbers, the same due instants, each fired once."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlmodel import col, func, select

from drills.auditor import Promised, audit, lateness, settled
from drills.everything_killed import due_instants, lines_of
from drills.findings import Finding, none_of, spread, within
from drills.flows import flows
from drills.messages import caught_in
from drills.people import Caller
from drills.stack import ROOT, Broken, Chosen, Stack, running
from drills.waiting import until
from embedded.message_store import Caught
from models.database import Sessions
from models.events import Event
from models.outbox import Notification
from rules.terms import EventKind

SECONDS = {"no-supply": 40, "voltage": 100}
"""The first tier by category: due while nothing runs, and after everything runs again."""
TIMING = """[complaint.{category}]
accept = "none"
tiers = ["{seconds}s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""
CATCHING_UP = 45.0


async def drill(chosen: Chosen) -> list[Finding]:
    """Save a running stack, kill it, and go on twice: with its Temporal as it was, and with none."""
    async with running(chosen) as stack:
        await stack.timings("\n".join(TIMING.format(category=name, seconds=time) for name, time in SECONDS.items()))
        promised, caller = Promised(datetime.now(UTC)), Caller(stack)
        for category in (*SECONDS, *SECONDS):
            key = f"saved-{len(promised.numbers)}-{promised.since.timestamp():.0f}"
            promised.numbers[key] = await caller.filed(key, category)
        given = list(promised.numbers.values())
        async with stack.sessions() as sessions:
            await until(lambda: undone(sessions), lambda words: not words, CATCHING_UP)
            before, _ = await until(lambda: due_instants(sessions), lambda due: set(given) <= set(due), 20)
        file = stack.folder.parent / "kept.tar"
        await typed(stack, "backup", str(file))
        stack.kill_all()
        found: list[Finding] = []
        for name in ("with its Temporal", "with none"):
            copy = Stack(stack.folder.parent / name.replace(" ", "-"), PROFILE=stack.environ["PROFILE"])
            await typed(copy, "restore", str(file))
            if name == "with none":
                shutil.rmtree(copy.folder / "temporal")
            found += await gone_on(copy, name, promised, before)
    return found


async def gone_on(stack: Stack, name: str, promised: Promised, before: Mapping[str, datetime | None]) -> list[Finding]:
    """Start it, let every tier fall due, and count."""
    given = list(promised.numbers.values())
    (stack.folder / "messages.jsonl").touch()
    await stack.start()
    try:
        async with stack.sessions() as sessions:
            back = await stack.back()
            lines, _ = await until(lambda: lines_of(sessions, given), each_moved, max(SECONDS.values()) + 60)
            left, took = await until(lambda: undone(sessions), lambda words: not words, CATCHING_UP)
            moves = [line for history in lines.values() for line in history if line.kind == EventKind.ESCALATED]
            async with sessions() as session:
                audited = await audit(session, Promised(promised.since, promised.numbers), lambda: delivered(stack))
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


async def undone(sessions: Sessions) -> list[str]:
    """What still has to be done at once; what officers are told together comes minutes later."""
    at_once = select(func.count()).where(Notification.state == "waiting", ~col(Notification.together))
    async with sessions() as session:
        waiting = (await session.exec(at_once)).one()
        left = [words for words in await settled(session) if "notices" not in words]
    return [*left, f"{waiting} notices waiting"] if waiting else left


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


def delivered(stack: Stack) -> list[Caught]:
    """What this copy's own mail catcher and gateway took, beside what the first one did."""
    return caught_in(stack.messages) + caught_in(stack.folder.parent / "data" / "messages.jsonl")


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
