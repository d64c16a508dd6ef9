"""The figures of a running installation, for monitoring: how many, how late, how long in waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import DateTime, Float, and_, cast, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event, Submission
from models.outbox import Notification
from models.policy import WorkerHeartbeat
from models.requests import ServiceRequest, Task
from rules.states import OPEN
from rules.terms import EventKind, State

ALIVE = timedelta(seconds=10)
LATELY = timedelta(hours=1)
FIRED = (EventKind.ESCALATED, EventKind.STANDARD_LAPSED, EventKind.NOT_TAKEN_UP, EventKind.HOLD_ENDED, EventKind.BEYOND)
"""Events a timer writes; from their `due` to the database's `recorded` is the published lateness."""


@dataclass(frozen=True)
class Figures:
    """One reading. Times in seconds; lateness None when no timer fired in the last hour.

    What waited in line for one who was given very many is no lateness of ours: it is counted apart.
    """

    by_state: dict[str, int]
    overdue: int
    not_started: int
    unanswered: int
    outbox: int
    outbox_age: float
    lateness_middle: float | None
    lateness_most: float | None
    healed: int
    waiting_in_line: int
    longest_in_line: float | None


async def working(session: AsyncSession) -> bool:
    """Whether some worker said within the last seconds that it is alive."""
    newest = (await session.exec(select(func.clock_timestamp() - func.max(WorkerHeartbeat.at)))).one()
    return newest is not None and newest < ALIVE


async def figures(session: AsyncSession) -> Figures:
    """All figures as they are now."""
    states = select(ServiceRequest.state, func.count()).where(col(ServiceRequest.state).in_(OPEN))
    by_state = dict((await session.exec(states.group_by(col(ServiceRequest.state)))).all())
    late = select(func.count()).where(col(Task.done_at).is_(None), col(Task.due) < func.now())
    in_line = col(Task.done_at).is_(None), col(Task.storm_for).is_not(None), col(Task.storm_at) > func.now()
    waiting = select(func.count()).where(col(ServiceRequest.started_at).is_(None))
    tray = select(func.count()).where(col(Submission.answered).is_(None))
    outbox, age = await _outbox(session)
    middle, most = await _lateness(session)
    return Figures(
        by_state={state.value: by_state.get(state, 0) for state in State if state in OPEN},
        overdue=(await session.exec(late)).one(),
        not_started=(await session.exec(waiting)).one(),
        unanswered=(await session.exec(tray)).one(),
        outbox=outbox,
        outbox_age=age,
        lateness_middle=middle,
        lateness_most=most,
        healed=(await session.exec(select(func.coalesce(func.sum(WorkerHeartbeat.healed), 0)))).one(),
        waiting_in_line=(await session.exec(select(func.count()).where(*in_line))).one(),
        longest_in_line=await _longest_in_line(session),
    )


async def _outbox(session: AsyncSession) -> tuple[int, float]:
    oldest = func.extract("epoch", func.now() - func.min(Notification.queued))
    asked = select(func.count(), cast(oldest, Float)).where(
        Notification.state == "waiting", ~col(Notification.together)
    )
    count, age = (await session.exec(asked)).one()
    return count, age or 0.0


async def _lateness(session: AsyncSession) -> tuple[float | None, float | None]:
    before = aliased(Event)
    # a standard that passed while the request was resolved could not fire before the consumer said no
    # nor could what was put off, because very many came to one person, before its turn
    turn = cast(col(Event.data)["put_off"].astext, DateTime(timezone=True))
    could = func.greatest(col(Event.due), col(before.at), turn)
    late = func.greatest(cast(func.extract("epoch", col(Event.recorded) - could), Float), 0.0)
    asked = (
        select(func.percentile_cont(0.5).within_group(late), func.max(late))
        .join(before, and_(col(before.reference) == col(Event.reference), col(before.number) == col(Event.number) - 1))
        .where(col(Event.kind).in_(FIRED), col(Event.due).is_not(None), col(Event.recorded) > func.now() - LATELY)
    )
    middle, most = (await session.exec(asked)).one()
    return middle, most


async def _longest_in_line(session: AsyncSession) -> float | None:
    """The longest that anything which went up in the last hour had waited in line; None where nothing had."""
    waited = cast(func.extract("epoch", col(Event.at) - col(Event.due)), Float)
    asked = select(func.max(waited)).where(
        col(Event.kind) == EventKind.ESCALATED,
        col(Event.recorded) > func.now() - LATELY,
        col(Event.data)["put_off"].astext.is_not(None),
    )
    longest: float | None = (await session.exec(asked)).one()
    return longest
