"""A database that is away is waited for, by those commands that may take their time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import select
from temporalio import activity

from models.database import Sessions

PATIENCE = 8.0
"""Seconds one attempt waits: less than the ten it may take in all."""
LOOK_EVERY = 0.5


class Waiting:
    """All who wait for one database in this process: one of them looks, the others wait for him.

    So thousands of requests cost a look every half second while it is away, and go on the moment it is back.
    """

    def __init__(self) -> None:
        self.looking = asyncio.Lock()

    async def done(self, sessions: Sessions) -> None:
        """Return once the database answers, or after PATIENCE seconds; at once for a command that is in a hurry."""
        if not activity.in_activity() or activity.info().is_local:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self.looking:
                while True:
                    if await answers(sessions):
                        return
                    await asyncio.sleep(LOOK_EVERY)


async def answers(sessions: Sessions) -> bool:
    """Whether the database answers now."""
    try:
        async with sessions() as session:
            await session.exec(select(1))
    except (DBAPIError, PoolTimeout, OSError):
        return False
    return True
