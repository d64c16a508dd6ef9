"""A worker goes on while all its loops do, and not without one of them."""

from __future__ import annotations

import asyncio

import pytest

from worker import together


async def for_ever() -> None:
    """A loop with nothing to do."""
    await asyncio.Event().wait()


async def test_a_loop_that_breaks_ends_the_worker() -> None:
    async def broken() -> None:
        raise OSError("No space left on device")

    async with asyncio.timeout(5):
        with pytest.raises(OSError, match="No space"):
            await together([for_ever(), broken()], asyncio.Event())


async def test_told_to_stop_it_stops_every_loop() -> None:
    stop, ended = asyncio.Event(), list[str]()

    async def loop() -> None:
        try:
            await for_ever()
        finally:
            ended.append("loop")

    running = asyncio.create_task(together([loop(), loop()], stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(5):
        await running
    assert ended == ["loop", "loop"]
