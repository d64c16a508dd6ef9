"""How far a connection request is, stage by stage, as anyone may be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Post
from models.requests import Hold, Task


@dataclass(frozen=True)
class OpenedStage:
    """A stage that was opened: its newest task, the roles of who answers and who does the work, what is waited for (None: nothing)."""

    task: Task
    answers: str | None
    handles: str | None
    waits_for: str | None
    since: datetime | None
    until: datetime | None


async def stages_of(session: AsyncSession, reference: str) -> Sequence[OpenedStage]:
    """The stages opened so far, each once, in the order in which they were opened first."""
    answers, handles = aliased(Post), aliased(Post)
    rows = await session.exec(
        select(Task, answers.role, handles.role, Hold)
        .outerjoin(answers, col(answers.code) == col(Task.answerable))
        .outerjoin(handles, col(handles.code) == col(Task.handler))
        .outerjoin(Hold, (col(Hold.task_id) == col(Task.id)) & col(Hold.end).is_(None))
        .where(Task.reference == reference)
        .order_by(col(Task.entered), Task.id)
    )
    found: dict[str, OpenedStage] = {}
    for task, answering, handling, hold in rows.all():
        wait = (hold.reason, hold.start, hold.limit_at) if hold is not None else (None, None, None)
        found[task.stage] = OpenedStage(task, answering, handling, *wait)
    return list(found.values())
