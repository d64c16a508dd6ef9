"""What anyone with the number may know of a request: columns alone, nothing personal, no officer's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event
from models.requests import Hold, Lapse, ServiceRequest, Task
from rules.request import RECOVERY
from rules.terms import Codes


@dataclass(frozen=True)
class TrackedEvent:
    """One public line of history."""

    number: int
    kind: str
    actor: str
    at: datetime
    due: datetime | None
    post: str | None
    data: Codes
    task: str | None = None


@dataclass(frozen=True)
class TrackedTask:
    """Who works, who answers, and until when. `due` None: the clock stands still."""

    ladder: str
    tier: int
    handler: str
    answerable: str
    entered: datetime
    due: datetime | None
    beyond_at: datetime | None
    open: bool
    taken_up: bool
    turn_at: datetime | None = None


@dataclass(frozen=True)
class Pause:
    """The consumer's turn: what is waited for, and when the wait ends by itself (None: no limit)."""

    reason: str
    limit: datetime | None


@dataclass(frozen=True)
class Tracked:
    """One request as anyone may follow it. Instants are aware; None: not known or not so."""

    reference: str
    kind: str
    category: str
    state: str
    number: int
    changed_at: datetime
    registered_at: datetime
    policy_version: int
    area_class: str
    office: str
    zone: str
    site_office: str
    site_zone: str
    locality: str | None
    language: str
    standard_due: datetime | None
    standard_lapsed_at: datetime | None
    expected_at: datetime | None
    expected_reason: str | None
    expected_missed: int
    put_right_at: datetime | None
    confirm_by: datetime | None
    question_number: int | None
    complete_at: datetime | None
    closed_at: datetime | None
    closing: str | None
    reopen_until: datetime | None
    over: bool
    safety: bool
    proposal: Codes
    objected: bool
    call_back_at: datetime | None
    task: TrackedTask | None
    pause: Pause | None
    lapses: tuple[tuple[int, datetime], ...]
    events: tuple[TrackedEvent, ...]

    @property
    def place(self) -> tuple[str, str]:
        """Its office and zone: where its posts are."""
        return self.office, self.zone


PLAIN = (
    "reference", "kind", "category", "state", "number", "changed_at", "registered_at", "policy_version", "area_class",
    "office", "zone", "site_office", "site_zone", "locality", "language", "standard_due", "standard_lapsed_at", "expected_at", "expected_reason",
    "expected_missed", "put_right_at", "confirm_by", "question_number", "complete_at", "closed_at", "closing",
    "reopen_until", "over", "safety", "proposal", "objected", "call_back_at",
)  # fmt: skip
"""The columns of the request taken as they are."""


async def exists(session: AsyncSession, reference: str) -> bool:
    """Whether there is a request of this number."""
    found = await session.exec(select(ServiceRequest.reference).where(ServiceRequest.reference == reference))
    return found.first() is not None


REFERENCE: BindParameter[Any] = bindparam("reference")
ROW = select(ServiceRequest).where(col(ServiceRequest.reference) == REFERENCE)
NEWEST_TASK = (
    select(Task)
    .where(col(Task.reference) == REFERENCE, Task.stage != RECOVERY)
    .order_by(col(Task.done_at).desc().nulls_first(), col(Task.entered).desc())
    .limit(1)
)
PAUSE = select(Hold.reason, Hold.limit_at).where(
    col(Hold.task_id) == bindparam("task"), col(Hold.end).is_(None), col(Hold.stops_standard)
)
LAPSES = select(Lapse.tier, Lapse.due).where(col(Lapse.reference) == REFERENCE).order_by(col(Lapse.at), col(Lapse.id))
EVENTS = select(Event).where(col(Event.reference) == REFERENCE, col(Event.public)).order_by(col(Event.number))
"""Asked for every page that follows a request, so they are built once."""


async def public_view(session: AsyncSession, reference: str) -> Tracked | None:
    """The request of this number as anyone may follow it; None when there is none."""
    row = (await session.exec(ROW, params={"reference": reference})).first()
    if row is None:
        return None
    task = await _task(session, reference)
    return Tracked(
        **{name: getattr(row, name) for name in PLAIN},
        task=_tracked(task),
        pause=await _pause(session, task),
        lapses=await _lapses(session, reference),
        events=await _events(session, reference),
    )


async def _task(session: AsyncSession, reference: str) -> Task | None:
    return (await session.exec(NEWEST_TASK, params={"reference": reference})).first()


def _tracked(task: Task | None) -> TrackedTask | None:
    if task is None:
        return None
    return TrackedTask(
        task.ladder,
        task.tier,
        task.handler,
        task.answerable,
        task.entered,
        task.due,
        task.beyond_at,
        task.done_at is None,
        task.accepted_at is not None,
        task.turn_at,
    )


async def _pause(session: AsyncSession, task: Task | None) -> Pause | None:
    if task is None:
        return None
    found = (await session.exec(PAUSE, params={"task": task.id})).first()
    return Pause(*found) if found else None


async def _lapses(session: AsyncSession, reference: str) -> tuple[tuple[int, datetime], ...]:
    rows = await session.exec(LAPSES, params={"reference": reference})
    return tuple((tier, due) for tier, due in rows.all())


async def _events(session: AsyncSession, reference: str) -> tuple[TrackedEvent, ...]:
    rows = await session.exec(EVENTS, params={"reference": reference})
    return tuple(
        TrackedEvent(event.number, event.kind, event.actor, event.at, event.due, event.post, event.data, event.task_id)
        for event in rows.all()
    )
