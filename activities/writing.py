"""Rows into the values the rules move, and a finished turn into rows, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, func, update
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


TASKS = (
    select(tables.Task, tables.Hold)
    .outerjoin(tables.Hold, col(tables.Hold.task_id) == col(tables.Task.id))
    .where(col(tables.Task.reference).in_(bindparam("references", expanding=True)))
    .order_by(col(tables.Task.entered), tables.Task.id, col(tables.Hold.id))
)


async def read_all(
    session: AsyncSession, rows: Sequence[ServiceRequest]
) -> tuple[dict[str, Request], dict[str, tables.Task]]:
    """Locked request rows as the rules see them, by reference, and the rows of their tasks by id."""
    found = (await session.exec(TASKS, params={"references": [row.reference for row in rows]})).all()
    tasks = {task.id: task for task, _ in found}
    holds: dict[str, list[Hold]] = {id: [] for id in tasks}
    for task, hold in found:
        if hold is not None:
            holds[task.id].append(value_of(Hold, hold))
    requests = {}
    for row in rows:
        values = [
            value_of(Task, task, holds=holds[id]) for id, task in tasks.items() if task.reference == row.reference
        ]
        case = Case() if row.kind == Kind.COMPLAINT else await case_of(session, row.reference)
        requests[row.reference] = value_of(Request, row, state=State(row.state), tasks=values, case=case)
    return requests, tasks


@dataclass(frozen=True)
class Last:
    """The last line of a request's history: its instant and hash; and the database's clock, which was asked with it."""

    at: datetime | None
    hash: str
    now: datetime

    def never_back(self, at: datetime) -> datetime:
        """`at`, or the instant of the last line if that is later: a case's clock never goes back."""
        return max(at, self.at or at)


LAST = (
    select(func.clock_timestamp(), Event.at, Event.hash)
    .select_from(ServiceRequest)
    .outerjoin(
        Event,
        and_(col(Event.reference) == col(ServiceRequest.reference), col(Event.number) == col(ServiceRequest.number)),
    )
    .where(ServiceRequest.reference == bindparam("reference"))
)


async def last(session: AsyncSession, row: ServiceRequest) -> Last:
    """The last line of a locked request."""
    now, at, hash = (await session.exec(LAST, params={"reference": row.reference})).one()
    return Last(at, hash or "", now)


async def write(
    session: AsyncSession,
    row: ServiceRequest,
    before: Request,
    turn: Turn,
    filled: Fillings,
    last: Last,
    sent: Submission | None = None,
) -> None:
    """Write a finished turn after the last line of history: row, tasks, holds, case, events, lapses, loads and notices."""
    request, now = turn.request, last.now
    onto(row, request)
    row.state = request.state.value
    row.changed_at = now
    session.add(row)
    tasks = await _write_tasks(session, row.reference, before.tasks, request.tasks)
    if request.case != before.case:
        await keep_case(session, row.reference, request.case)
    if turn.returned:
        await meters_back(session, turn.returned, turn.at)
    _write_events(session, row, turn.events, last, sent)
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


async def _write_tasks(
    session: AsyncSession, reference: str, before: Sequence[Task], values: Sequence[Task]
) -> dict[str, tables.Task]:
    known, tasks = {task.id for task in before}, dict[str, tables.Task]()
    for value in values:
        task = await session.get(tables.Task, value.id) if value.id in known else None
        task = task or tables.Task(
            id=value.id, reference=reference, ladder="", handler="", answerable="", entered=value.entered
        )
        onto(task, value)
        session.add(task)
        tasks[task.id] = task
    await session.flush()  # a hold names its task
    for value in values:
        for hold in value.holds:
            kept = await session.get(tables.Hold, hold.id) if hold.id is not None else None
            kept = kept or tables.Hold(task_id=value.id, reason=hold.reason, start=hold.start)
            onto(kept, hold)
            session.add(kept)
    return tasks


def _write_events(
    session: AsyncSession, row: ServiceRequest, events: Iterable[NewEvent], last: Last, sent: Submission | None
) -> None:
    previous = last.hash
    for new in events:
        event = linked(event_row(row.reference, new, last.now, sent), previous)
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


MORE = (
    update(Post)
    .where(col(Post.code) == bindparam("post"))
    .values(open_tasks=col(Post.open_tasks) + bindparam("step"))
    .execution_options(synchronize_session=False)
)


async def _count_loads(session: AsyncSession, before: Counter[str], after: Counter[str]) -> None:
    """Move the counts of open tasks from post to post, in the order of their codes."""
    for post in sorted(before.keys() | after.keys()):
        if step := after[post] - before[post]:
            await session.exec(MORE, params={"post": post, "step": step})


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
