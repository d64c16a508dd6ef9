"""The clocks of running processes: each says now and then what time it has, and the database writes beside it what time it is."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Text, delete, func, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Field, SQLModel, col

from models.database import Sessions, instant, text

APART = timedelta(seconds=10)
FORGOTTEN = timedelta(hours=1)


class Heartbeat(SQLModel, table=True):
    """A process that runs, or ran within the hour: `clock` is its own time, `recorded` the database's at the same moment."""

    process: str = Field(sa_type=Text, primary_key=True)
    part: str = text()
    clock: datetime = instant()
    recorded: datetime = instant()


def this_process(part: str) -> str:
    """The name under which this process says its time."""
    return f"{part}@{socket.gethostname()}/{os.getpid()}"


async def beat(sessions: Sessions, part: str, process: str) -> None:
    """Say once what time this process has, and forget those that ended long ago."""
    async with sessions.begin() as session:
        gone = col(Heartbeat.recorded) < func.now() - FORGOTTEN
        await session.exec(delete(Heartbeat).where(gone))
        said = {"part": part, "clock": datetime.now(UTC), "recorded": literal_column("clock_timestamp()")}
        row = insert(Heartbeat).values(process=process, **said)
        await session.exec(row.on_conflict_do_update(index_elements=["process"], set_=said))


async def beating(sessions: Sessions, part: str) -> None:
    """Say it every ten seconds, for ever; while the database is away nobody hears it."""
    process = this_process(part)
    while True:
        with suppress(SQLAlchemyError, OSError):
            await beat(sessions, part, process)
        await asyncio.sleep(APART.total_seconds())
