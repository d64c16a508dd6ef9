"""The requests behind each number of the team board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, true
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import utc
from models.people import Post
from models.queue import PAGE, Bounds, Place
from models.requests import ServiceRequest, Task
from models.team import by_state, closed_ones, escalated, given_and_begun, open_ones
from rules.request import RECOVERY
from rules.team import ENDED, NOW, Count

Row = ServiceRequest


@dataclass(frozen=True)
class Listed:
    """One request behind a number, with the task it is about; `at` is what the list is in the order of."""

    request: ServiceRequest
    task: Task
    at: datetime

    @property
    def place(self) -> Place:
        """Where the page after this line begins."""
        return Place(self.at, self.request.reference)


async def behind(
    session: AsyncSession,
    posts: Sequence[Post],
    what: Count,
    since: datetime,
    bounds: Bounds,
    after: Place | None = None,
) -> tuple[list[Listed], Place | None]:
    """The requests behind a number of these posts, a page at a time: the longest open first, or what happened last."""
    part, late_first = _part(posts, what, since, bounds)
    order = (part.c.at.desc(), part.c.reference) if late_first else (part.c.at, part.c.reference)
    asked = columns(part.c.reference, part.c.task, part.c.at).order_by(*order).limit(PAGE + 1)
    if after is not None and after.due is not None:
        past = part.c.at < after.due if late_first else part.c.at > after.due
        asked = asked.where(or_(past, and_(part.c.at == after.due, part.c.reference > after.task)))
    keys = (await session.exec(asked)).all()  # type: ignore[call-overload]
    tasks = await _rows(session, [task for _, task, _ in keys])
    found = [Listed(tasks[task][1], tasks[task][0], utc(at)) for _, task, at in keys if task in tasks]
    return found[:PAGE], found[PAGE - 1].place if len(keys) > PAGE else None


def _part(posts: Sequence[Post], what: Count, since: datetime, bounds: Bounds) -> tuple[Any, bool]:
    """Reference, task and instant of every request behind a number, each once; and whether the newest come first."""
    codes = [post.code for post in posts]
    if what in NOW:
        return _open_now(codes, what, bounds), False
    if what in ENDED:
        closed = closed_ones(posts, since, bounds)
        rows = columns(closed.c.reference, closed.c.at).where(closed.c.post.in_(codes), closed.c[what]).subquery()
    else:
        every = (given_and_begun if what is Count.BEGUN else escalated)(codes, since, bounds).subquery()
        rows = columns(every.c.reference, func.max(every.c.at).label("at")).group_by(every.c.reference).subquery()
    newest = (
        columns(col(Task.id))
        .where(col(Task.reference) == rows.c.reference)
        .order_by(col(Task.stage) == RECOVERY, col(Task.done_at).desc().nulls_first(), col(Task.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    return columns(rows.c.reference, newest.label("task"), rows.c.at).subquery(), True


def _open_now(codes: Sequence[str], what: Count, bounds: Bounds) -> Any:
    works, answers = col(Task.handler).in_(codes), col(Task.answerable).in_(codes)
    side = {Count.OPEN: works, Count.NOT_BEGUN: works, Count.ANSWERS: and_(answers, ~works)}.get(what)
    asked: Any = (
        columns(col(Row.reference), col(Task.id).label("task"), col(Row.registered_at).label("at"))
        .join(Row, col(Row.reference) == col(Task.reference))
        .where(*open_ones(codes), by_state(bounds).get(what, true()))
    )
    return (asked if side is None else asked.where(side)).subquery()


async def _rows(session: AsyncSession, tasks: Sequence[str]) -> dict[str, tuple[Task, ServiceRequest]]:
    asked = select(Task, Row).join(Row, col(Row.reference) == col(Task.reference)).where(col(Task.id).in_(tasks))
    return {task.id: (task, row) for task, row in (await session.exec(asked)).all()}
