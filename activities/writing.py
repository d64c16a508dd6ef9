"""Rows into the values the rules move, and a finished turn into rows, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, update
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import requests as tables
from models import storm
from models.cases import case_of, keep_case, meters_back
from models.chain import linked
from models.events import Event, Submission
from models.ground import Fillings, fillings, utility_zone
from models.notices import queue
from models.people import AnswerLink, OneTimeCode, Post
from models.requests import Lapse, ServiceRequest
from rules.case import Case
from rules.request import Hold, Request, Task
from rules.terms import Act, Kind, NoticeKind, State
from rules.turn import NewEvent, Turn

Value = TypeVar("Value", Request, Task, Hold)

ELSEWHERE = frozenset({"tasks", "holds", "state", "case"})
"""Fields of a Request that are no columns of the same name and kind."""


COLUMNS = {
    kind: [field.name for field in fields(kind) if field.name not in ELSEWHERE] for kind in (Request, Task, Hold)
}


def value_of(kind: type[Value], row: SQLModel, **more: Any) -> Value:
    """The value of a row: every field from the column of its name."""
    loaded = row.__dict__  # some sixty columns: what is loaded is not asked for one by one
    columns = {name: _plain(loaded[name] if name in loaded else getattr(row, name)) for name in COLUMNS[kind]}
    return kind(**columns, **more)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return list(value)
    return dict(value) if isinstance(value, dict) else value


def onto(row: SQLModel, value: Request | Task | Hold) -> None:
    """Every field of a value into the column of its name, where it differs."""
    loaded = row.__dict__
    for name in COLUMNS[type(value)]:
        new = getattr(value, name)
        if (loaded[name] if name in loaded else getattr(row, name)) != new:
            setattr(row, name, new)


async def read(session: AsyncSession, row: ServiceRequest) -> Request:
    """A locked request row with its tasks, their holds and what it gathered, as the rules see it."""
    requests, _ = await read_all(session, [row])
    return requests[row.reference]


async def read_all(
    session: AsyncSession, rows: Sequence[ServiceRequest]
) -> tuple[dict[str, Request], dict[str, tables.Task]]:
    """Locked request rows as the rules see them, by reference, and the rows of their tasks by id."""
    asked = select(tables.Task).where(col(tables.Task.reference).in_([row.reference for row in rows]))
    tasks = (await session.exec(asked.order_by(col(tables.Task.entered), tables.Task.id))).all()
    holds: dict[str, list[Hold]] = {task.id: [] for task in tasks}
    if tasks:
        held = select(tables.Hold).where(col(tables.Hold.task_id).in_(holds)).order_by(col(tables.Hold.id))
        for hold in (await session.exec(held)).all():
            holds[hold.task_id].append(value_of(Hold, hold))
    requests = {}
    for row in rows:
        values = [value_of(Task, task, holds=holds[task.id]) for task in tasks if task.reference == row.reference]
        case = Case() if row.kind == Kind.COMPLAINT else await case_of(session, row.reference)
        requests[row.reference] = value_of(Request, row, state=State(row.state), tasks=values, case=case)
    return requests, {task.id: task for task in tasks}


async def never_back(session: AsyncSession, row: ServiceRequest, at: datetime) -> datetime:
    """`at`, or the instant of the last line of history if that is later: a case's clock never goes back."""
    last = select(Event.at).where(Event.reference == row.reference, Event.number == row.number)
    return max(at, (await session.exec(last)).first() or at)


async def write(
    session: AsyncSession,
    row: ServiceRequest,
    before: Request,
    turn: Turn,
    filled: Fillings,
    now: datetime,
    sent: Submission | None = None,
) -> None:
    """Write a finished turn: row, tasks, holds, case, events, lapses, loads and notices. `now` is the database's clock."""
    request = turn.request
    onto(row, request)
    row.state = request.state.value
    row.changed_at = now
    session.add(row)
    tasks = {task.id: await _write_task(session, row.reference, task) for task in request.tasks}
    if request.case != before.case:
        await keep_case(session, row.reference, request.case)
    if turn.returned:
        await meters_back(session, turn.returned, turn.at)
    await _write_events(session, row, turn.events, now, sent)
    for lapse in turn.lapses:
        session.add(
            Lapse(
                task_id=lapse.task,
                reference=row.reference,
                tier=lapse.tier,
                post=lapse.post,
                person=lapse.person,
                due=lapse.due,
                at=turn.at,
            )
        )
    storm.keep(session, turn.given)
    await _count_loads(session, _handled(before), _handled(request))
    if sent is not None and sent.act == Act.CHANGE_PHONE:
        farewell = [notice for notice in turn.notices if notice.kind is NoticeKind.PHONE_CHANGED]
        await _say(session, row, tasks, replace(turn, notices=farewell), filled, now, sent)
        await _change_phone(session, row, sent)
    await _say(session, row, tasks, turn, filled, now, sent)


def _handled(request: Request) -> Counter[str]:
    return Counter(task.handler for task in request.open_tasks)


async def _write_task(session: AsyncSession, reference: str, value: Task) -> tables.Task:
    task = await session.get(tables.Task, value.id) or tables.Task(
        id=value.id, reference=reference, ladder="", handler="", answerable="", entered=value.entered
    )
    onto(task, value)
    session.add(task)
    await session.flush()
    for hold in value.holds:
        kept = await session.get(tables.Hold, hold.id) if hold.id is not None else None
        kept = kept or tables.Hold(task_id=task.id, reason=hold.reason, start=hold.start)
        onto(kept, hold)
        session.add(kept)
    return task


async def _write_events(
    session: AsyncSession,
    row: ServiceRequest,
    events: Iterable[NewEvent],
    now: datetime,
    sent: Submission | None,
) -> None:
    previous: str | None = None
    for new in events:
        if previous is None:
            asked = select(Event.hash).where(Event.reference == row.reference, Event.number == new.number - 1)
            previous = (await session.exec(asked)).one()
        event = linked(event_row(row.reference, new, now, sent), previous)
        previous = event.hash
        session.add(event)


def event_row(reference: str, new: NewEvent, now: datetime, sent: Submission | None) -> Event:
    """A new line of history as its row, not yet linked to the one before it."""
    return Event(
        reference=reference,
        number=new.number,
        kind=new.kind.value,
        actor=new.actor.value,
        at=new.at,
        due=new.due,
        recorded=now,
        task_id=new.task,
        post=new.post,
        person=new.person,
        data=new.data,
        words_id=sent.words_id if sent is not None and new.words else None,
        submission_id=sent.id if sent is not None else None,
        public=new.public,
    )


async def _count_loads(session: AsyncSession, before: Counter[str], after: Counter[str]) -> None:
    """Move the counts of open tasks from post to post, in the order of their codes."""
    for post in sorted(before.keys() | after.keys()):
        if step := after[post] - before[post]:
            more = update(Post).where(col(Post.code) == post).values(open_tasks=col(Post.open_tasks) + step)
            await session.exec(more)


async def _change_phone(session: AsyncSession, row: ServiceRequest, sent: Submission) -> None:
    """Give the request a consumer of its own with the new number; the old one stays where its messages went.

    A code or a question that went to the old one opens nothing any more.
    """
    said = await session.get(tables.Words, sent.words_id or 0)
    old = await session.get(tables.Consumer, row.consumer_id)
    if said is None or old is None:
        return
    new = tables.Consumer(**{**old.model_dump(exclude={"id"}), "phone": said.body})
    session.add(new)
    await session.flush()
    row.consumer_id = new.id or row.consumer_id
    for kind in (OneTimeCode, AnswerLink):
        unused = col(kind.reference) == row.reference, col(kind.used_at).is_(None)
        await session.exec(update(kind).where(*unused).values(used_at=func.clock_timestamp()))


async def _say(
    session: AsyncSession,
    row: ServiceRequest,
    tasks: Mapping[str, tables.Task],
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
    confidential = turn.request.confidential
    await queue(session, row, notices, filled, tasks, turn.at, now=now, confidential=confidential)
