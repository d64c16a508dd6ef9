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
        answer = await question()
        took = time.monotonic() - began
        if enough(answer) or took > seconds:
            return answer, took
        await asyncio.sleep(LOOK_EVERY)


async def caught_up(sessions: Sessions, seconds: float, quiet: timedelta = timedelta(0)) -> tuple[list[str], float]:
    """What is left undone after at most `seconds`, in words, and the seconds until nothing was or falls due for `quiet`."""

    async def left() -> list[str]:
        with suppress(SQLAlchemyError, OSError):
            async with sessions() as session:
                return await settled(session, quiet)
        return ["the database does not answer"]

    return await until(left, lambda words: not words, seconds)
