"""The queue of one officer who has all the open requests, against the same page of one who has a hundred."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import psycopg
from sqlmodel import col, select

from bench.figures import Figures
from bench.load import Call, get, rate
from bench.room import Room, room
from bench.rounds import Chosen, alternated, speeds
from embedded.backup import plain
from models import database
from models.people import Fill, Staff
from models.requests import Task
from models.staff import open_session

FEW = 100
PAGE = 50
CONNECTIONS = 1
AT_MOST = 1.3
"""How many times the time of the page of a hundred."""
SPREAD = """
with placed as (select id, row_number() over (order by id) as n from task)
update task set due = case when n % 20 = 0 then null else now() + n * interval '2 minutes' end, tier = 1 + (n % 10 = 0)::int,
  beyond_at = case when n % 200 = 0 then now() end, accepted_at = case when n % 2 = 0 then now() end
from placed where placed.id = task.id
"""
"""One in twenty waits, one in ten is escalated, half are taken up, one in two hundred is beyond the ladder."""


@dataclass(frozen=True)
class Desk:
    """An officer who is signed in, and the pages he looks at with the number that must be on each."""

    cookie: str
    pages: list[tuple[str, str]]

    def calls(self) -> Iterator[Call]:
        """His pages, one after the other, for ever."""
        return itertools.cycle([get(path, f'data-reference="{number}"', self.cookie) for path, number in self.pages])


async def measured(room_: Room, chosen: Chosen) -> list[Figures]:
    """Pages a second, each with the right first line on it; the second page of the queue among them."""
    async with room(room_.folder / "hundred", FEW) as hundred:
        many, few = await desk(room_), await desk(hundred)
        async with room_.web() as ours, hundred.web() as limit:
            found, beside = await alternated(
                lambda: rate(ours, many.calls(), CONNECTIONS, chosen.seconds),
                lambda: rate(limit, few.calls(), CONNECTIONS, chosen.seconds),
                chosen,
            )
    name = f"queue: {len(room_.references):,} open requests of one officer"
    return [Figures(name, f"{FEW} open requests", "pages/s", 1 / AT_MOST, speeds(found), speeds(beside))]


async def desk(there: Room) -> Desk:
    """Who has the work of a room, once it was spread over time."""
    await asyncio.to_thread(_spread, there.url)
    opened = database.engine(there.url)
    async with database.sessions_of(opened).begin() as session:
        people = (
            select(Staff).join(Fill, col(Fill.person) == col(Staff.id)).join(Task, col(Task.handler) == col(Fill.post))
        )
        person = (await session.exec(people.limit(1))).one()
        token = await open_session(session, person, datetime.now(UTC))
        lines = (
            await session.exec(
                select(Task.due, Task.id, Task.reference)
                .order_by(col(Task.due).nulls_last(), col(Task.id))
                .limit(PAGE + 1)
            )
        ).all()
    await opened.dispose()
    due, task, _ = lines[PAGE - 1]
    second = quote(f"{due.isoformat() if due else ''}~{task}", safe="")
    first, then = lines[0][2], lines[PAGE][2]
    return Desk(f"staff={token}", [("/desk", first), ("/desk?view=mine", first), (f"/desk?after={second}", then)])


def _spread(url: str) -> None:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(SPREAD.encode())
        connection.execute("vacuum analyze")
