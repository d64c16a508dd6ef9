"""What says whether the clock can be trusted: how late timers were, and the oldest of all that waits for a turn of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import DateTime, Float, and_, case, cast, delete, func, literal, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import database_now
from models.events import Event, Submission
from models.outbox import Notification
from models.policy import Healing, WorkerHeartbeat
from models.requests import ServiceRequest
from rules.alarms import Watched
from rules.terms import EventKind, NoticeKind

ALIVE = timedelta(seconds=10)
HOUR = timedelta(hours=1)
WINDOWS: Mapping[str, timedelta] = {"hour": HOUR, "day": timedelta(days=1), "month": timedelta(days=30)}
FIRED = (EventKind.ESCALATED, EventKind.STANDARD_LAPSED, EventKind.NOT_TAKEN_UP, EventKind.HOLD_ENDED, EventKind.BEYOND)
"""Events a timer writes; from their `due` to the database's `recorded` is the published lateness."""
PUT_OFF = "put_off"
"""Under this key an event keeps until when it was put off on purpose, because very many came to one person."""
EDGES = (1, 5, 15, 60, 300, 3600)
"""Seconds at which the columns of the distribution end; one more column is all that was later."""
OUTAGE = 60
"""Seconds from which on a timer is late as after an outage: the relay of a running system wakes it after 15."""
QUANTILES = (0.5, 0.95, 0.99)
FIRST = 3


@dataclass(frozen=True)
class Lateness:
    """How late the timers of a window were, in seconds; None where none fired. `columns`: how many up to each edge, and later.

    `put_off` of them waited in line on purpose and are counted from their turn, the longest so many seconds; `outage`: so many were over a minute late.
    """

    count: int = 0
    middle: float | None = None
    ninety_five: float | None = None
    ninety_nine: float | None = None
    most: float | None = None
    put_off: int = 0
    longest_in_line: float | None = None
    outage: int = 0
    columns: tuple[int, ...] = (0,) * (len(EDGES) + 1)


@dataclass(frozen=True)
class Reading:
    """One thing watched: seconds, workers or rows (None: nothing is there), and the references of the oldest."""

    value: float | None
    first: tuple[str, ...] = ()


async def readings(session: AsyncSession, now: datetime) -> dict[Watched, Reading]:
    """Everything that is watched, as it is at `now`."""
    alive = select(func.count()).where(col(WorkerHeartbeat.at) > now - ALIVE)
    healed = select(func.coalesce(func.sum(Healing.rows), 0)).where(col(Healing.at) > now - HOUR)
    return {
        Watched.LATENESS: Reading((await lateness(session, now, HOUR)).ninety_nine),
        **{what: await _oldest(session, what, now) for what in _WAITING},
        Watched.WORKERS: Reading((await session.exec(alive)).one()),
        Watched.HEALED: Reading((await session.exec(healed)).one()),
    }


def values(found: Mapping[Watched, Reading]) -> dict[Watched, float | None]:
    """The numbers alone, as the rule takes them."""
    return {what: reading.value for what, reading in found.items()}


def _overdue(now: datetime) -> tuple[Any, ...]:
    here = (~col(ServiceRequest.over), col(ServiceRequest.started_at).is_not(None))
    return col(ServiceRequest.reference), col(ServiceRequest.wake_at), *here, col(ServiceRequest.wake_at) < now


def _not_started(now: datetime) -> tuple[Any, ...]:
    return col(ServiceRequest.reference), col(ServiceRequest.registered_at), col(ServiceRequest.started_at).is_(None)


def _unanswered(now: datetime) -> tuple[Any, ...]:
    return col(Submission.reference), col(Submission.received), col(Submission.answered).is_(None)


def _outbox(now: datetime) -> tuple[Any, ...]:
    """What waits for the morning or for others may not go yet; once it may, it waits since then. A try that failed waits on.

    An alarm does not count: one that cannot be brought would otherwise be a reason for the next.
    """
    since = case((col(Notification.together), col(Notification.next_at)), else_=col(Notification.queued))
    may_go = or_(~col(Notification.together), col(Notification.next_at) <= now)
    return (
        col(Notification.reference),
        since,
        col(Notification.state) == "waiting",
        may_go,
        col(Notification.kind) != NoticeKind.ALARM,
    )


_WAITING = {
    Watched.OVERDUE: _overdue,
    Watched.NOT_STARTED: _not_started,
    Watched.UNANSWERED: _unanswered,
    Watched.OUTBOX: _outbox,
}


async def _oldest(session: AsyncSession, what: Watched, now: datetime) -> Reading:
    reference, since, *which = _WAITING[what](now)
    found = (await session.exec(select(reference, since).where(*which).order_by(since).limit(FIRST))).all()
    if not found:
        return Reading(None)
    return Reading(max((now - found[0][1]).total_seconds(), 0.0), tuple(one for one, _ in found if one))


async def lateness(session: AsyncSession, now: datetime, window: timedelta) -> Lateness:
    """The distribution over the `window` before `now`."""
    before = aliased(Event)
    # a standard that passed while the request was resolved could not fire before the consumer said no,
    # nor could what was put off before its turn
    turn = cast(col(Event.data)[PUT_OFF].astext, DateTime(timezone=True))
    could = func.greatest(col(Event.due), col(before.at), turn)
    late = func.greatest(cast(func.extract("epoch", col(Event.recorded) - could), Float), 0.0)
    waited = cast(func.extract("epoch", col(Event.at) - col(Event.due)), Float)
    here = and_(col(before.reference) == col(Event.reference), col(before.number) == col(Event.number) - 1)
    asked: Any = select(
        func.count(),
        *(func.percentile_cont(part).within_group(late) for part in QUANTILES),  # type: ignore[call-overload]
        func.max(late),
        func.count().filter(turn.is_not(None)),
        func.max(waited).filter(turn.is_not(None)),
        *(func.count().filter(late > edge) for edge in (OUTAGE, *EDGES)),
    )
    asked = asked.select_from(Event).join(before, here)
    fired = (col(Event.kind).in_(FIRED), col(Event.due).is_not(None), col(Event.recorded) > literal(now) - window)
    count, middle, ninety_five, ninety_nine, most, put_off, in_line, outage, *later = (
        await session.exec(asked.where(*fired))
    ).one()
    columns = tuple(more - fewer for more, fewer in pairwise((count, *later, 0)))
    return Lateness(count, middle, ninety_five, ninety_nine, most, put_off, in_line, outage, columns)


async def healed(session: AsyncSession, rows: int) -> None:
    """Keep that so many rows had to be brought together just now; what is older than a month is forgotten."""
    await session.exec(delete(Healing).where(col(Healing.at) < func.now() - WINDOWS["month"]))
    session.add(Healing(at=await database_now(session), rows=rows))
