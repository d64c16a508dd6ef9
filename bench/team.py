"""A manager's team board and the screen on the wall, with all the open requests in his team, against the same of a hundred."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
from sqlmodel import col, select

from bench.figures import Figures
from bench.load import Call, get, rate
from bench.queue import AT_MOST, CONNECTIONS, FEW, SPREAD
from bench.room import Room, room
from bench.rounds import Chosen, alternated, speeds
from embedded.backup import plain
from models import database
from models.people import Fill, Post, Staff
from models.requests import Task
from models.staff import open_session

WORKED = """
insert into event (reference, number, kind, actor, at, recorded, post, task_id, public, data, previous, hash)
select t.reference, 100 + kind.n, kind.name, kind.actor, now() - (t.n % 5000 / kind.n) * interval '1 minute', now(), t.handler, t.id, true,
  jsonb_build_object('from_post', t.handler, 'post', t.answerable), '', ''
from (select *, row_number() over (order by id) as n from task) t
join (values (1, 'accepted', 'officer', 2), (2, 'escalated', 'system', 10)) kind(n, name, actor, every) on t.n % kind.every = 0
where not exists (select 1 from event e where e.reference = t.reference and e.number > 100)
"""
"""Half were taken up within the last days, and one in ten went to the next tier."""


async def measured(room_: Room, chosen: Chosen) -> list[Figures]:
    """Pages a second, the board and the wall by turns, each with the number of what is open on it."""
    async with room(room_.folder / "team", FEW) as hundred:
        many, few = await manager(room_), await manager(hundred)
        async with room_.web() as ours, hundred.web() as limit:
            found, beside = await alternated(
                lambda: rate(ours, pages(many, room_), CONNECTIONS, chosen.seconds),
                lambda: rate(limit, pages(few, hundred), CONNECTIONS, chosen.seconds),
                chosen,
            )
    name = f"team: {len(room_.references):,} open requests of one team"
    return [Figures(name, f"{FEW} open requests", "pages/s", 1 / AT_MOST, speeds(found), speeds(beside))]


def pages(cookie: str, there: Room) -> Iterator[Call]:
    """The board and the wall, one after the other, for ever."""
    count = f">{len(there.references)}<"
    return itertools.cycle([get(path, count, cookie) for path in ("/desk/team", "/desk/wall")])


async def manager(there: Room) -> str:
    """Whoever answers for the office that has the work, signed in: his cookie."""
    await asyncio.to_thread(_worked, there.url)
    opened = database.engine(there.url)
    async with database.sessions_of(opened).begin() as session:
        handler = (await session.exec(select(Post).join(Task, col(Task.handler) == Post.code).limit(1))).one()
        above = select(Staff).join(Fill, col(Fill.person) == col(Staff.id)).join(Post, col(Post.code) == col(Fill.post))
        answers = (Post.rights == "answerable", Post.office == handler.office)
        token = await open_session(session, (await session.exec(above.where(*answers))).one(), datetime.now(UTC))
    await opened.dispose()
    return f"staff={token}"


def _worked(url: str) -> None:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(SPREAD.encode())
        connection.execute(WORKED.encode())
        connection.execute("vacuum analyze")
