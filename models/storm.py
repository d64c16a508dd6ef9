"""What each person above was given lately, and who waits in line for him: read under a lock on his posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, bindparam, delete, func, or_, tuple_
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import INSTANT, instant
from models.people import Fill, Post
from models.requests import Task
from rules.request import Line
from rules.storm import A_MINUTE
from rules.turn import Given, Wanted

KEPT = timedelta(minutes=10)
"""How long it is remembered what somebody was given: longer than any two clocks are apart."""


class HandedUp(SQLModel, table=True):
    """One task that went to one above, by his line."""

    __tablename__ = "handed_up"
    __table_args__ = (Index("ix_handed_up_line", "line", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    line: str = Field(max_length=90)
    at: datetime = instant()
    task_id: str = Field(max_length=40)


async def lines(session: AsyncSession, wanted: Sequence[Wanted], at: datetime) -> dict[str, Line]:
    """The lines of those to whom something is about to go; nobody else gives them anything until this transaction ends."""
    await _lock(session, wanted)
    return {line: await _line(session, line, wanted, at) for line in sorted({one.line for one in wanted})}


THEIRS = select(Fill.post).where(col(Fill.person).in_(bindparam("persons", expanding=True)))
POSTS = (
    select(Post.code)
    .where(or_(col(Post.code).in_(bindparam("posts", expanding=True)), col(Post.code).in_(THEIRS)))
    .order_by(Post.code)
    .with_for_update(key_share=True)
)
GIVEN = select(HandedUp.at).where(HandedUp.line == bindparam("line"))
SINCE, DUE = bindparam("since", type_=INSTANT), bindparam("due", type_=INSTANT)
AHEAD = select(func.count()).where(
    col(Task.storm_for) == bindparam("line"),
    col(Task.done_at).is_(None),
    col(Task.storm_at) > SINCE,
    tuple_(col(Task.storm_due), col(Task.id)) < tuple_(DUE, bindparam("task")),
)


async def _lock(session: AsyncSession, wanted: Sequence[Wanted]) -> None:
    """Lock the posts, and with each person every post he fills, in the order of their codes."""
    persons = [*{one.person for one in wanted if one.person is not None}]
    await session.exec(POSTS, params={"persons": persons, "posts": [*{one.post for one in wanted}]})


async def _line(session: AsyncSession, line: str, wanted: Sequence[Wanted], at: datetime) -> Line:
    given = (await session.exec(GIVEN, params={"line": line})).all()
    if any(one < at - KEPT for one in given):
        await session.exec(delete(HandedUp).where(col(HandedUp.line) == line, col(HandedUp.at) < at - KEPT))
    ahead = {one.task: await _ahead(session, one, at) for one in wanted if one.line == line}
    return Line(tuple(one for one in given if one > at - A_MINUTE), ahead)


async def _ahead(session: AsyncSession, one: Wanted, at: datetime) -> int:
    """How many fell due before it and wait in the same line; one that let its turn pass by a minute is not waited for."""
    values = {"line": one.line, "since": at - A_MINUTE, "due": one.due, "task": one.task}
    return (await session.exec(AHEAD, params=values)).one()


def keep(session: AsyncSession, given: Sequence[Given]) -> None:
    """Remember what was given to those above."""
    session.add_all([HandedUp(line=one.line, at=one.at, task_id=one.task) for one in given])
