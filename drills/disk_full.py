"""The disk is full for a while: what was promised is kept, forms say that they cannot, and all goes on once there is room."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.people import Answer, Caller
from drills.stack import Chosen, Kill, Stack, running
from drills.turn import Turn
from drills.waiting import until

SIZE = "512m"
BLOCK = b"\0" * 65_536
SAID_BY = 3.5
SAID_LATER = 5.0
"""Seconds after there is room by which the logs have written what there was none for."""
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


@asynccontextmanager
async def on_a_small_disk(chosen: Chosen) -> AsyncIterator[Stack]:
    """A stack that keeps everything on a disk of SIZE: a mounted tmpfs, which takes the right to mount. NoDisk without that."""
    disk = Path(tempfile.mkdtemp(prefix="onewindow-disk-"))
    refused = await ran("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk))
    if refused is not None:
        await ran("rmdir", str(disk))
        raise NoDisk(refused)
    keep = chosen.keep
    try:
        async with running(chosen, above=disk) as stack:
            yield stack
            keep = stack.keep
    finally:
        if not keep:
            await ran("umount", "--lazy", str(disk))
            await ran("rmdir", str(disk))


async def ran(*command: str) -> str | None:
    """What a command said that was refused; None when it went well."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    return None if process.returncode == 0 else said.decode(errors="replace").strip() or f"{command[0]} was refused"


async def drill(turn: Turn) -> list[Finding]:
    """Fill the disk, file and let tiers run out, make room, count."""
    await turn.timings(TIMINGS)
    caller, ballast = Caller(turn.stack), turn.stack.folder.parent / "ballast"
    logs = {path: path.stat().st_size for path in (turn.stack.folder / "log").glob("*.log")}
    for one in range(BEFORE):
        turn.promised.numbers[turn.key("before", one)] = await caller.filed(turn.key("before", one), "no-supply")
    await asyncio.sleep(turn.chance.uniform(0, 2))
    fill(ballast)
    answers = await while_full(turn, caller, ballast)
    ballast.unlink()
    turn.did("full")
    turn.promised.kills.append(Kill(datetime.now(UTC), "disk"))
    await turn.stack.back()
    for key in answers:
        turn.promised.numbers[key] = await caller.filed(key, "no-supply")
    turn.promised.kills.append(Kill(datetime.now(UTC), "disk"))
    said, _ = await until(lambda: told_in(logs), bool, SAID_LATER)
    odd = [str(answer.status) for answer in answers.values() if answer.status not in (201, 503)]
    refused = sum(answer.status == 503 for answer in answers.values())
    slowest = max((answer.seconds for answer in answers.values()), default=0.0)
    return [
        Finding("filed on a full disk", True, f"{len(answers)}: {refused} told that it cannot be done now"),
        none_of("answers that are neither a number nor 'not now'", odd, len(answers)),
        within("slowest of them", slowest, SAID_BY),
        Finding("a log says that the disk is full", bool(said), ", ".join(said) or "none"),
        *await counted(turn, MINUTE),
    ]


async def told_in(logs: Mapping[Path, int]) -> list[str]:
    """Which of these logs say, behind so many bytes, that the disk is full."""
    return [path.name for path, size in logs.items() if b"No space left" in path.read_bytes()[size:]]


def fill(ballast: Path) -> None:
    """Write until there is no room left."""
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                os.write(file.fileno(), BLOCK)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise


async def while_full(turn: Turn, caller: Caller, ballast: Path) -> dict[str, Answer]:
    """File for so long, keeping the disk full; how each was answered, by its key."""
    answers: dict[str, Answer] = {}
    ends = asyncio.get_running_loop().time() + max(turn.chosen.away, 10)
    while asyncio.get_running_loop().time() < ends:
        key = turn.key("full", len(answers))
        answers[key] = await caller.file(key, "no-supply")
        fill(ballast)
        await asyncio.sleep(0.3)
    return answers
