"""The clocks of running processes: each says now and then what time it has, and the database writes beside it what time it is."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Text, delete, func, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Field, SQLModel, col

from models.database import Sessions, instant, text

APART = timedelta(seconds=10)
FORGOTTEN = timedelta(hours=1)
WRONG = 0.5
"""So many seconds from the database's clock are too many."""
log = structlog.get_logger(__name__)


class Heartbeat(SQLModel, table=True):
    """A process that runs, or ran within the hour: `clock` is its own time, `recorded` the database's at the same moment."""

    process: str = Field(sa_type=Text, primary_key=True)
    part: str = text()
    clock: datetime = instant()
    recorded: datetime = instant()


def this_process(part: str) -> str:
    """The name under which this process says its time."""
    return f"{part}@{socket.gethostname()}/{os.getpid()}"


async def beat(sessions: Sessions, part: str, process: str) -> float:
    """Say once what time this process has, and forget those that ended long ago; by how many seconds it is wrong at least."""
    async with sessions.begin() as session:
        gone = col(Heartbeat.recorded) < func.now() - FORGOTTEN
        await session.exec(delete(Heartbeat).where(gone))
        before = datetime.now(UTC)
        said = {"part": part, "clock": before, "recorded": literal_column("clock_timestamp()")}
        row = insert(Heartbeat).values(process=process, **said)
        kept = row.on_conflict_do_update(index_elements=["process"], set_=said).returning(col(Heartbeat.recorded))
        right = (await session.exec(kept)).scalar_one()
        return wrong(before, right, datetime.now(UTC))


def wrong(before: datetime, right: datetime, after: datetime) -> float:
    """Seconds by which a clock is wrong that said these two instants around the right one; 0 where it may be right."""
    return max((before - right).total_seconds(), 0.0) + min((after - right).total_seconds(), 0.0)


async def beating(sessions: Sessions, part: str) -> None:
    """Say it every ten seconds, for ever; while the database is away nobody hears it. A clock that is wrong is logged, once."""
    process, told = this_process(part), False
    while True:
        with suppress(SQLAlchemyError, OSError):
            by = await beat(sessions, part, process)
            told = logged(by, told)
        await asyncio.sleep(APART.total_seconds())


def logged(by: float, told: bool) -> bool:
    """Whether a clock that is wrong by so many seconds is too wrong; a line where that is new, or over (`told` says what was)."""
    if abs(by) > WRONG and not told:
        log.warning("the clock is wrong, let this machine follow a time server", seconds=round(by, 1))
    elif told and abs(by) <= WRONG:
        log.warning("the clock is right again")
    return abs(by) > WRONG
