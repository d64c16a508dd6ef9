"""Has a file read in a process of its own, and ends that process when it takes too long."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass

import structlog

from rules.papers import Content, FileFault
from web.uploads.faults import Unfit

PATIENCE = 20.0
READER = ("-I", "-X", "utf8", "-m", "web.uploads.reading")
log = structlog.get_logger()


@dataclass(frozen=True)
class Fit:
    """A file as it shall be kept, and what it is."""

    data: bytes
    content: Content
    pages: int | None
    wide: int | None
    high: int | None


async def read_apart(data: bytes, content: Content, patience: float = PATIENCE) -> Fit:
    """The file as it shall be kept. Raises Unfit."""
    reader = await asyncio.create_subprocess_exec(
        sys.executable, *READER, content.value, env={}, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(patience):
            said, _ = await reader.communicate(data)
    except TimeoutError:
        log.warning("a file took too long to read", content=content.value, size=len(data))
        raise Unfit(FileFault.TOO_SLOW) from None
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    line, newline, kept = said.partition(b"\n")
    if reader.returncode or not newline:
        log.warning("a file ended the process that read it", content=content.value, code=reader.returncode)
        raise Unfit(FileFault.BROKEN)
    answer = json.loads(line)
    if "fault" in answer:
        raise Unfit(FileFault(answer["fault"]))
    return Fit(kept, Content(answer["content"]), answer["pages"], answer["wide"], answer["high"])
