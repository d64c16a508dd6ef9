"""Waiting for the stack to come to something, and no longer than promised."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from drills.auditor import settled
from models.database import Sessions

T = TypeVar("T")
LOOK_EVERY = 0.25


async def until(question: Callable[[], Awaitable[T]], enough: Callable[[T], bool], seconds: float) -> tuple[T, float]:
    """The answer once it is `enough`, or the last one after `seconds`; with the seconds it took."""
    began = time.monotonic()
    while True:
        asked = time.monotonic()
        answer = await question()
        answered = time.monotonic()
        if enough(answer) or answered - began > seconds:
            return answer, answered - began
        await asyncio.sleep(max(LOOK_EVERY, 4 * (answered - asked)))  # a question about very many is work itself


async def caught_up(sessions: Sessions, seconds: float, quiet: timedelta = timedelta(0)) -> tuple[list[str], float]:
    """What is left undone after at most `seconds`, in words, and the seconds until nothing was or falls due for `quiet`."""
    left, took, _ = await waited(sessions, seconds, quiet)
    return left, took


async def waited(
    sessions: Sessions, seconds: float, quiet: timedelta = timedelta(0)
) -> tuple[list[str], float, dict[str, float]]:
    """As `caught_up`, with the seconds after which each sort of work was last seen undone."""
    began, seen = time.monotonic(), dict[str, float]()

    async def left() -> dict[str, int]:
        with suppress(SQLAlchemyError, OSError):
            async with sessions() as session:
                found = await settled(session, quiet)
                seen.update(dict.fromkeys(found, time.monotonic() - began))
                return found
        return {"databases that do not answer": 1}

    undone, took = await until(left, lambda found: not found, seconds)
    return [f"{count} {what}" for what, count in undone.items()], took, seen
