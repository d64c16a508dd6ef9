"""Offices merged or split, and taken back: the places, the posts with those who were in them, and each request, to where they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.moving import Told, alone, keep, lives, outlook
from models.moving_list import begin
from models.people import Feeder, Fill, Locality, Office, Post, Staff
from models.runs import Run, Stage
from rules.terms import Act, Codes


class Why(StrEnum):
    """Why it cannot be taken back."""

    NOTHING = "nothing"
    """It is no merge or split, it took one back itself, or it was taken back already."""
    GOING_ON = "going_on"
    CHANGED = "changed"
    """One of the offices, places or posts changed hands again since."""
    NOBODY = "nobody"
    """Nobody would be there for some of the work."""


class CannotTakeBack(Exception):
    """It cannot be taken back, and `why`."""

    def __init__(self, why: Why) -> None:
        """Keep why."""
        super().__init__(why)
        self.why = why


async def undone_by(session: AsyncSession, number: int) -> int | None:
    """The number of the list that takes this one back."""
    return (await session.exec(select(Run.id).where(Run.undoes == number, Run.act == Act.MOVE.value))).first()


def may_be_taken_back(row: Run) -> bool:
    """Whether it is of a sort that can be."""
    return row.act == Act.MOVE and "done" in row.data and row.undoes is None


async def take_back(session: AsyncSession, number: int, by: int, at: datetime) -> int:
    """Give an office back what another got from it, with its requests; the number of the list that brings those back. CannotTakeBack."""
    await alone(session)
    row = await session.get(Run, number, with_for_update=True)
    if row is None or not may_be_taken_back(row) or await undone_by(session, number) is not None:
        raise CannotTakeBack(Why.NOTHING)
    if row.state != Stage.DONE:
        raise CannotTakeBack(Why.GOING_ON)
    one, other = [await session.get(Office, row.data[key], with_for_update=True) for key in ("from", "to")]
    if one is None or other is None or not lives(other, at):
        raise CannotTakeBack(Why.CHANGED)
    done = row.data["done"]
    told = await _reopened(session, one, row, at) if "posts" in done else {}
    if not lives(one, at):
        raise CannotTakeBack(Why.CHANGED)
    told |= await _given_back(session, Locality, done["localities"], other, one)
    told |= await _given_back(session, Feeder, done["feeders"], other, one)
    await session.flush()
    if not (await outlook(session, other, one, at, done["localities"])).possible:
        raise CannotTakeBack(Why.NOBODY)
    await keep(session, one.code, told, by, at)
    data: Codes = {"from": other.code, "to": one.code, "places": done["localities"]}
    return await begin(session, data, by, at, undoes=number)


async def _given_back(
    session: AsyncSession, table: type[Any], codes: Sequence[str], other: Office, one: Office
) -> Told:
    rows = (await session.exec(select(table).where(col(table.code).in_(codes)))).all()
    if any(row.office != other.code for row in rows):
        raise CannotTakeBack(Why.CHANGED)
    for row in rows:
        row.office = one.code
    return {f"{table.__name__.lower()} {row.code}": (other.code, one.code) for row in rows}


async def _reopened(session: AsyncSession, one: Office, row: Run, at: datetime) -> Told:
    """The office is there again with its posts, and in them those who were and still are of the staff."""
    done = row.data["done"]
    posts = (await session.exec(select(Post).where(col(Post.code).in_(done["posts"])))).all()
    if one.successor != row.data["to"] or one.until != row.at or any(post.until != row.at for post in posts):
        raise CannotTakeBack(Why.CHANGED)
    one.until = one.successor = None
    await session.exec(update(Office).where(col(Office.code).in_(done["heirs"])).values(successor=one.code))
    for post in posts:
        post.until = None
    staff = set((await session.exec(select(Staff.id).where(col(Staff.active)))).all())
    for fill in (await session.exec(select(Fill).where(col(Fill.id).in_([int(id) for id in done["fills"]])))).all():
        if fill.person in staff:
            until = done["fills"][str(fill.id)]
            fill.until = None if until is None else datetime.fromisoformat(until)
    session.add_all([Fill.model_validate(said) for said in done["planned"] if said["person"] in staff])
    return {"successor": (row.data["to"], ""), **{f"post {post.code}": ("", "yes") for post in posts}}
