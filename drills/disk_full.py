"""The disk is full for a while: what was promised is kept, forms say that they cannot, and all goes on once there is room."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from drills.auditor import Promised, audit
from drills.findings import Finding, none_of, within
from drills.flows import flows
from drills.messages import caught_in
from drills.people import Answer, Caller
from drills.stack import Chosen, running
from drills.waiting import caught_up

SIZE = "512m"
BLOCK = b"\0" * 65_536
SAID_BY = 3.5
MINUTE = 60.0
BEFORE = 4
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["8s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""


class NoDisk(RuntimeError):
    """No small disk can be had here."""


async def drill(chosen: Chosen) -> list[Finding]:
    """Fill a small disk of memory, file and let tiers run out, make room, count."""
    try:
        with small_disk() as disk:
            return await filled(chosen, disk)
    except NoDisk as why:
        return [Finding("carried out", True, f"no: {why}")]


@contextmanager
def small_disk() -> Iterator[Path]:
    """A folder that holds no more than SIZE: a mounted tmpfs, which takes the right to mount."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="onewindow-disk-"))
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)], capture_output=True, check=False
        )
        if mounted.returncode:
            raise NoDisk(mounted.stderr.decode(errors="replace").strip() or "mount was refused")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
    finally:
        folder.rmdir()


async def filled(chosen: Chosen, disk: Path) -> list[Finding]:
    """The drill itself, with everything the stack keeps on `disk`."""
    async with running(chosen, above=disk) as stack, stack.sessions() as sessions:
        await stack.timings(TIMINGS)
        promised, caller = Promised(datetime.now(UTC)), Caller(stack)
        when = f"{promised.since.timestamp():.0f}"
        for one in range(BEFORE):
            promised.numbers[f"before-{one}-{when}"] = await caller.filed(f"before-{one}-{when}", "no-supply")
        ballast = disk / "ballast"
        fill(ballast)
        answers = await while_full(caller, promised, chosen.away, ballast, when)
        ballast.unlink()
        promised.kills.append(datetime.now(UTC))
        back = await stack.back()
        for key in answers:
            promised.numbers[key] = await caller.filed(key, "no-supply")
        left, _ = await caught_up(sessions, MINUTE)
        took = (datetime.now(UTC) - back).total_seconds()
        promised.kills += [*stack.kills, datetime.now(UTC)]
        async with sessions() as session:
            found = await audit(session, promised, lambda: caught_in(stack.messages))
        said = [path.name for path in (stack.folder / "log").glob("*.log") if b"No space left" in path.read_bytes()]
        odd = [str(answer.status) for answer in answers.values() if answer.status not in (201, 503)]
        refused = sum(answer.status == 503 for answer in answers.values())
        slowest = max((answer.seconds for answer in answers.values()), default=0.0)
        return [
            Finding("filed on a full disk", True, f"{len(answers)}: {refused} told that it cannot be done now"),
            none_of("answers that are neither a number nor 'not now'", odd, len(answers)),
            within("slowest of them", slowest, SAID_BY),
            Finding("a log says that the disk is full", bool(said), ", ".join(said) or "none"),
            none_of("left undone", left, 4),
            within("everything caught up after", took, MINUTE),
            *found,
            *await flows(stack),
        ]


def fill(ballast: Path) -> None:
    """Write until there is no room left."""
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                os.write(file.fileno(), BLOCK)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise


async def while_full(caller: Caller, promised: Promised, away: float, ballast: Path, when: str) -> dict[str, Answer]:
    """File for so long, keeping the disk full; how each was answered, by its key."""
    answers: dict[str, Answer] = {}
    ends = asyncio.get_running_loop().time() + max(away, 10)
    while asyncio.get_running_loop().time() < ends:
        key = f"full-{len(answers)}-{when}"
        answers[key] = await caller.file(key, "no-supply")
        fill(ballast)
        await asyncio.sleep(0.3)
    return answers
