"""When an officer's open page is looked at anew: after a change, and as time passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from web.live import Hub

TICK = 20.0
"""Seconds after which an unchanged page is told again: what is due in 40 minutes is due in 39 soon."""
PAUSE = 0.3


async def ticks(hub: Hub, reference: str | None = None, every: float = TICK) -> AsyncIterator[bool]:
    """At the start, after each change (of one request, or any), and after `every` seconds without one; at most twice a second.

    True where something changed, False where only time passed.
    """
    changes = hub.changes(reference) if reference else hub.changes()
    waiting = asyncio.ensure_future(anext(changes))
    try:
        while True:
            await asyncio.wait({waiting}, timeout=every)
            if changed := waiting.done():
                waiting.result()
                waiting = asyncio.ensure_future(anext(changes))
            yield changed
            await asyncio.sleep(PAUSE)
    except StopAsyncIteration:
        return
    finally:
        waiting.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await waiting
        await changes.aclose()  # type: ignore[attr-defined]
