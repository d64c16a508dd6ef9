"""Hints to look now: one payload-free NOTIFY after a commit, at most twenty a second a process, allowed to be lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from models.database import Sessions

CHANNEL = "onewindow"
APART = 0.05


class Hints:
    """Gives hints in the background: `give` never waits, and many in a row become one."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.wanted = asyncio.Event()

    def give(self) -> None:
        """Something was committed that others may want to look at."""
        self.wanted.set()

    async def run(self) -> None:
        """Send what was wanted, for ever; a database that is away loses the hint."""
        while True:
            await self.wanted.wait()
            self.wanted.clear()
            with suppress(SQLAlchemyError, OSError):
                async with self.sessions.begin() as session:
                    await session.exec(text(f"notify {CHANNEL}"))  # type: ignore[call-overload]
            await asyncio.sleep(APART)


async def listen(url: str, *heard: asyncio.Event) -> None:
    """Set every event of `heard` at each hint, and whenever the connection had to be made anew; for ever."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        with suppress(psycopg.Error, OSError):
            async with await psycopg.AsyncConnection.connect(
                plain, autocommit=True, connect_timeout=5, keepalives_idle=10, keepalives_interval=5, keepalives_count=2
            ) as connection:
                await connection.execute(f"listen {CHANNEL}")
                _set(heard)
                async for _ in connection.notifies():
                    _set(heard)
        await asyncio.sleep(1)


def _set(events: tuple[asyncio.Event, ...]) -> None:
    for event in events:
        event.set()
