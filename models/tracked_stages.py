"""What is known of a connection request beyond a complaint: its stages with their waits, and what it gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cases import case_of
from models.requests import Hold, ServiceRequest, Task
from models.tracking import Pause
from rules.case import Case
from rules.terms import Codes


@dataclass(frozen=True)
class TrackedStage:
    """One stage that is open or done: who works and who answers, until when, and for what it waits (None: for the office)."""

    id: str
    stage: str
    tier: int
    handler: str
    answerable: str
    entered: datetime
    due: datetime | None
    beyond: bool
    done_at: datetime | None
    outcome: str | None
    data: Codes
    pause: Pause | None


@dataclass(frozen=True)
class TrackedCase:
    """The stages in the order they opened, what the request gathered, and what was applied for."""

    stages: Sequence[TrackedStage]
    case: Case
    application: Codes


async def tracked_case(session: AsyncSession, reference: str) -> TrackedCase:
    """The stages and the papers, notes and payments of a request there is."""
    application = await session.exec(select(ServiceRequest.application).where(ServiceRequest.reference == reference))
    pauses = await _pauses(session, reference)
    asked = select(Task).where(Task.reference == reference).order_by(col(Task.entered), Task.id)
    stages = [_stage(task, pauses.get(task.id)) for task in (await session.exec(asked)).all()]
    return TrackedCase(stages, await case_of(session, reference), dict(application.one()))


async def _pauses(session: AsyncSession, reference: str) -> dict[str, Pause]:
    asked = (
        select(Hold.task_id, Hold.reason, Hold.limit_at)
        .join(Task, col(Task.id) == col(Hold.task_id))
        .where(Task.reference == reference, col(Hold.end).is_(None))
    )
    return {task: Pause(reason, limit) for task, reason, limit in (await session.exec(asked)).all()}


def _stage(task: Task, pause: Pause | None) -> TrackedStage:
    return TrackedStage(
        task.id,
        task.stage,
        task.tier,
        task.handler,
        task.answerable,
        task.entered,
        task.due,
        task.beyond_at is not None,
        task.done_at,
        task.outcome,
        task.data,
        pause,
    )
