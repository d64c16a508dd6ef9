"""Rows into the values the rules move, and a finished turn into rows, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import update
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import requests as tables
from models.chain import linked
from models.events import Event, Submission
from models.ground import Fillings, fillings, utility_zone
from models.notices import queue
from models.people import Post
from models.requests import Lapse, ServiceRequest
from rules.request import Hold, Request, Task
from rules.terms import Act, State
from rules.turn import NewEvent, Turn

Value = TypeVar("Value", Request, Task, Hold)

ELSEWHERE = frozenset({"task", "holds", "state"})
"""Fields of a Request that are no columns of the same name and kind."""


def value_of(kind: type[Value], row: SQLModel, **more: Any) -> Value:
    """The value of a row: every field from the column of its name."""
    names = [field.name for field in fields(kind) if field.name not in ELSEWHERE]
    return kind(**{name: _plain(getattr(row, name)) for name in names}, **more)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def onto(row: SQLModel, value: Request | Task | Hold) -> None:
    """Every field of a value into the column of its name, where it differs."""
    for field in fields(value):
        if field.name not in ELSEWHERE and getattr(row, field.name) != getattr(value, field.name):
            setattr(row, field.name, getattr(value, field.name))


async def read(session: AsyncSession, row: ServiceRequest) -> tuple[Request, tables.Task | None]:
    """A locked request row, its newest task and that task's holds as the rules see them, with the task's row."""
    newest = select(tables.Task).where(tables.Task.reference == row.reference).order_by(col(tables.Task.entered).desc())
    task = (await session.exec(newest.limit(1))).first()
    holds: list[Hold] = []
    if task is not None:
        asked = select(tables.Hold).where(tables.Hold.task_id == task.id).order_by(col(tables.Hold.id))
        holds = [value_of(Hold, hold) for hold in (await session.exec(asked)).all()]
    value = None if task is None else value_of(Task, task)
    return value_of(Request, row, state=State(row.state), task=value, holds=holds), task


async def never_back(session: AsyncSession, row: ServiceRequest, at: datetime) -> datetime:
    """`at`, or the instant of the last line of history if that is later: a case's clock never goes back."""
    last = select(Event.at).where(Event.reference == row.reference, Event.number == row.number)
    return max(at, (await session.exec(last)).first() or at)


async def write(
    session: AsyncSession,
    row: ServiceRequest,
    before: tables.Task | None,
    turn: Turn,
    filled: Fillings,
    now: datetime,
    sent: Submission | None = None,
) -> None:
    """Write a finished turn: row, task, holds, events, lapses, loads and notices. `now` is the database's clock."""
    request = turn.request
    handled = _handled(before)
    onto(row, request)
    row.state = request.state.value
    row.changed_at = now
    session.add(row)
    task = await _write_task(session, before, request)
    await _write_events(session, row, turn.events, task, now, sent)
    for lapse in turn.lapses:
        session.add(
            Lapse(
                task_id=task.id if task else "",
                reference=row.reference,
                tier=lapse.tier,
                post=lapse.post,
                person=lapse.person,
                due=lapse.due,
                at=turn.at,
            )
        )
    await _count_loads(session, handled, _handled(task))
    await _say(session, row, task, turn, filled, now, sent)
    if sent is not None and sent.act == Act.CHANGE_PHONE:
        await _change_phone(session, row, sent)


def _handled(task: tables.Task | None) -> str | None:
    return task.handler if task is not None and task.done_at is None else None


async def _write_task(session: AsyncSession, before: tables.Task | None, request: Request) -> tables.Task | None:
    if request.task is None:
        return None
    task = before or tables.Task(
        id=request.task.id,
        reference=request.reference,
        ladder="",
        handler="",
        answerable="",
        entered=request.task.entered,
    )
    onto(task, request.task)
    session.add(task)
    await session.flush()
    for hold in request.holds:
        kept = await session.get(tables.Hold, hold.id) if hold.id is not None else None
        kept = kept or tables.Hold(task_id=task.id, reason=hold.reason, start=hold.start)
        onto(kept, hold)
        session.add(kept)
    return task


async def _write_events(
    session: AsyncSession,
    row: ServiceRequest,
    events: Iterable[NewEvent],
    task: tables.Task | None,
    now: datetime,
    sent: Submission | None,
) -> None:
    previous: str | None = None
    for new in events:
        if previous is None:
            asked = select(Event.hash).where(Event.reference == row.reference, Event.number == new.number - 1)
            previous = (await session.exec(asked)).one()
        event = Event(
            reference=row.reference,
            number=new.number,
            kind=new.kind.value,
            actor=new.actor.value,
            at=new.at,
            due=new.due,
            recorded=now,
            task_id=task.id if task else None,
            post=new.post,
            person=new.person,
            data=new.data,
            words_id=sent.words_id if sent is not None and new.words else None,
            submission_id=sent.id if sent is not None else None,
            public=new.public,
        )
        previous = linked(event, previous).hash
        session.add(event)


async def _count_loads(session: AsyncSession, before: str | None, after: str | None) -> None:
    """Move the count of open tasks from one post to the other, in the order of their codes."""
    if before == after:
        return
    for post, step in sorted([(post, step) for post, step in ((before, -1), (after, 1)) if post]):
        await session.exec(update(Post).where(col(Post.code) == post).values(open_tasks=col(Post.open_tasks) + step))


async def _change_phone(session: AsyncSession, row: ServiceRequest, sent: Submission) -> None:
    """Give the request a consumer of its own with the new number; the old one stays where its messages went."""
    said = await session.get(tables.Words, sent.words_id or 0)
    old = await session.get(tables.Consumer, row.consumer_id)
    if said is None or old is None:
        return
    new = tables.Consumer(**{**old.model_dump(exclude={"id"}), "phone": said.body})
    session.add(new)
    await session.flush()
    row.consumer_id = new.id or row.consumer_id


async def _say(
    session: AsyncSession,
    row: ServiceRequest,
    task: tables.Task | None,
    turn: Turn,
    filled: Fillings,
    now: datetime,
    sent: Submission | None,
) -> None:
    posts = {notice.post for notice in turn.notices if notice.post is not None}
    if missing := posts - set(filled):
        filled = {**filled, **await fillings(session, missing, await utility_zone(session))}
    words = {"words_id": sent.words_id} if sent is not None and sent.words_id is not None else {}
    notices = [notice.with_data(words) for notice in turn.notices]
    confidential = turn.ground.timing.confidential
    await queue(session, row, notices, filled, task, turn.at, now=now, confidential=confidential)
