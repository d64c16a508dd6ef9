"""Everything officers may read about one request: row, tasks, history with its words, consumer, what it gathered, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.callers import Found
from models.cases import case_of
from models.events import Event
from models.hands import Hand
from models.openings import Opening
from models.outbox import Attempt, Notification
from models.papers import Document, of_request
from models.people import Staff
from models.requests import Consumer, Hold, Lapse, ServiceRequest, Task, Words
from rules.case import Case
from rules.terms import Kind, Proposal

DELIVERIES_SHOWN = 200


@dataclass(frozen=True)
class Line:
    """One event with what was written and who did it; None where there are no words or no person."""

    event: Event
    words: str | None
    who: str | None


@dataclass(frozen=True)
class Said:
    """One notification and the tries to bring it, oldest first; `whom` is the officer's name, None for the consumer."""

    notification: Notification
    attempts: tuple[Attempt, ...]
    whom: str | None


@dataclass(frozen=True)
class CaseFile:
    """One request as officers see it. `consumer` is None once his data is erased.

    `task` is the one it is looked at from: a complaint's only one, of a connection request's open ones the soonest due unless
    `at` chose another; None before assignment. `gathered` and `documents` are empty for a complaint.
    `openings`: who of the staff opened it, `beside`: what else this consumer asked, `hands`: what those have who may be given the work;
    each where whoever shows it has read them.
    """

    request: ServiceRequest
    task: Task | None
    consumer: Consumer | None
    description: str | None
    lines: tuple[Line, ...]
    holds: tuple[Hold, ...]
    lapses: tuple[Lapse, ...]
    said: tuple[Said, ...]
    openings: tuple[Opening, ...] = ()
    beside: Found = field(default_factory=Found)
    tasks: tuple[Task, ...] = ()
    gathered: Case = field(default_factory=Case)
    documents: tuple[Document, ...] = ()
    hands: Mapping[str, Hand] = field(default_factory=dict)
    whole: CaseFile | None = None

    @property
    def involved(self) -> frozenset[str]:
        """The posts that handle or answer for it, that let its time lapse, or that must agree to something.

        Of a confidential one only those its own ladder gave it to: not who had it before, or would decide between offices.
        """
        if not self.tasks:
            return frozenset()
        now = {post for task in self.tasks for post in (task.handler, task.answerable)}
        proposal = self.request.proposal
        if proposal and not (self.request.confidential and proposal["what"] == Proposal.TRANSFER):
            now.add(proposal["post"])
        return frozenset(now if self.request.confidential else now | {lapse.post for lapse in self.lapses})

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks somebody has to do now, the soonest due first and the held ones last."""
        return tuple(sorted((task for task in self.tasks if task.done_at is None), key=_soonest))

    @property
    def open_hold(self) -> Hold | None:
        """The hold that runs now, if it is the consumer's turn."""
        return next((hold for hold in self.holds if hold.end is None and hold.stops_standard), None)

    @property
    def pause(self) -> Hold | None:
        """Whatever the clock of the task stands still for now."""
        return next((hold for hold in self.holds if hold.end is None), None)

    def at(self, task: Task) -> CaseFile:
        """The same file looked at from one of its tasks: its waits, its lapses, and the lines that concern it."""
        return replace(
            self,
            task=task,
            holds=tuple(hold for hold in self.every.holds if hold.task_id == task.id),
            lapses=tuple(lapse for lapse in self.every.lapses if lapse.task_id == task.id),
            lines=tuple(line for line in self.every.lines if line.event.task_id in (None, task.id)),
            whole=self.every,
        )

    @property
    def every(self) -> CaseFile:
        """The file with all its tasks' waits, lapses and lines."""
        return self.whole or self


def _soonest(task: Task) -> tuple[bool, datetime, str]:
    return (task.due is None, task.due or task.entered, task.id)


async def case_file(session: AsyncSession, reference: str) -> CaseFile | None:
    """The file of this number; None if there is no such request."""
    request = await session.get(ServiceRequest, reference)
    if request is None:
        return None
    complaint = request.kind == Kind.COMPLAINT
    tasks = await tasks_of(session, reference)
    soonest = sorted((task for task in tasks if task.done_at is None), key=_soonest)
    file = CaseFile(
        request=request,
        task=next(iter(tasks[:1] if complaint else soonest or tasks[-1:]), None),
        consumer=await session.get(Consumer, request.consumer_id),
        description=await words_of(session, request.words_id),
        lines=await lines_after(session, reference, 0),
        holds=await _holds(session, tasks),
        lapses=tuple(
            (await session.exec(select(Lapse).where(Lapse.reference == reference).order_by(col(Lapse.at)))).all()
        ),
        said=await deliveries(session, reference),
        tasks=tasks,
        gathered=Case() if complaint else await case_of(session, reference),
        documents=() if complaint else tuple(await of_request(session, reference)),
    )
    return file.at(tasks[0]) if complaint and len(tasks) > 1 else file


async def tasks_of(session: AsyncSession, reference: str) -> tuple[Task, ...]:
    """The tasks of a request in the order they opened; none before assignment."""
    asked = select(Task).where(Task.reference == reference).order_by(col(Task.entered), Task.id)
    return tuple((await session.exec(asked)).all())


async def words_of(session: AsyncSession, words_id: int | None) -> str | None:
    """A free text; None when there is none, or none any more."""
    words = await session.get(Words, words_id) if words_id is not None else None
    return words.body if words else None


async def lines_after(session: AsyncSession, reference: str, number: int) -> tuple[Line, ...]:
    """The history after event `number`, oldest first."""
    rows = await session.exec(
        select(Event, Words.body, Staff.name)
        .outerjoin(Words, col(Words.id) == col(Event.words_id))
        .outerjoin(Staff, col(Staff.id) == col(Event.person))
        .where(Event.reference == reference, col(Event.number) > number)
        .order_by(col(Event.number))
    )
    return tuple(Line(event, words, who) for event, words, who in rows.all())


async def _holds(session: AsyncSession, tasks: Sequence[Task]) -> tuple[Hold, ...]:
    mine = col(Hold.task_id).in_([task.id for task in tasks])
    return tuple((await session.exec(select(Hold).where(mine).order_by(col(Hold.start), col(Hold.id)))).all())


async def deliveries(session: AsyncSession, reference: str) -> tuple[Said, ...]:
    """What was said about a request, newest first, with every try."""
    rows = await session.exec(
        select(Notification, Staff.name)
        .outerjoin(Staff, col(Staff.id) == col(Notification.staff_id))
        .where(Notification.reference == reference)
        .order_by(col(Notification.id).desc())
        .limit(DELIVERIES_SHOWN)
    )
    return await with_attempts(session, rows.all())


async def with_attempts(session: AsyncSession, rows: Sequence[tuple[Notification, str | None]]) -> tuple[Said, ...]:
    """Notifications with their recipients' names, put together with their tries."""
    tries: dict[int, list[Attempt]] = {}
    ids = [notification.id for notification, _ in rows]
    found = await session.exec(select(Attempt).where(col(Attempt.notification_id).in_(ids)).order_by(col(Attempt.id)))
    for attempt in found.all():
        tries.setdefault(attempt.notification_id, []).append(attempt)
    return tuple(Said(notification, tuple(tries.get(notification.id or 0, ())), whom) for notification, whom in rows)


async def failed_deliveries(session: AsyncSession, limit: int = 100) -> tuple[Said, ...]:
    """The newest notifications that could not be brought."""
    rows = await session.exec(
        select(Notification, Staff.name)
        .outerjoin(Staff, col(Staff.id) == col(Notification.staff_id))
        .where(col(Notification.state).in_(("failed", "unknown")))
        .order_by(col(Notification.id).desc())
        .limit(limit)
    )
    return await with_attempts(session, rows.all())
