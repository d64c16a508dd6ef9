"""The figures of a running installation, for monitoring: how many, how late, how long in waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import alarms, trust
from models.database import database_now
from models.events import Submission
from models.outbox import Notification
from models.policy import WorkerHeartbeat
from models.requests import ServiceRequest, Task
from rules.alarms import Watched, broken
from rules.states import OPEN
from rules.terms import State


@dataclass(frozen=True)
class Figures:
    """One reading. `lateness` is of the last hour; `watched` are the numbers that have a bound, `broken` those beyond it.

    What waits in line for one who was given very many is no lateness of ours: it is counted apart.
    """

    by_state: dict[str, int]
    overdue: int
    not_started: int
    unanswered: int
    outbox: int
    healed: int
    waiting_in_line: int
    lateness: trust.Lateness
    watched: Mapping[Watched, float | None]
    broken: frozenset[Watched]


async def working(session: AsyncSession) -> bool:
    """Whether some worker said within the last seconds that it is alive."""
    newest = (await session.exec(select(func.clock_timestamp() - func.max(WorkerHeartbeat.at)))).one()
    return newest is not None and newest < trust.ALIVE


async def figures(session: AsyncSession) -> Figures:
    """All figures as they are now."""
    states = select(ServiceRequest.state, func.count()).where(col(ServiceRequest.state).in_(OPEN))
    by_state = dict((await session.exec(states.group_by(col(ServiceRequest.state)))).all())
    late = select(func.count()).where(col(Task.done_at).is_(None), col(Task.due) < func.now())
    in_line = col(Task.done_at).is_(None), col(Task.storm_for).is_not(None), col(Task.storm_at) > func.now()
    waiting = select(func.count()).where(col(ServiceRequest.started_at).is_(None))
    tray = select(func.count()).where(col(Submission.answered).is_(None))
    outbox = select(func.count()).where(Notification.state == "waiting", ~col(Notification.together))
    now = await database_now(session)
    watched = trust.values(await trust.readings(session, now))
    return Figures(
        by_state={state.value: by_state.get(state, 0) for state in State if state in OPEN},
        overdue=(await session.exec(late)).one(),
        not_started=(await session.exec(waiting)).one(),
        unanswered=(await session.exec(tray)).one(),
        outbox=(await session.exec(outbox)).one(),
        healed=(await session.exec(select(func.coalesce(func.sum(WorkerHeartbeat.healed), 0)))).one(),
        waiting_in_line=(await session.exec(select(func.count()).where(*in_line))).one(),
        lateness=await trust.lateness(session, now, trust.HOUR),
        watched=watched,
        broken=broken(watched, alarms.settings_of(await alarms.current(session)).bounds),
    )
