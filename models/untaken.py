"""What waits to be taken up: the most urgent open task of some posts that nobody has accepted yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import ServiceRequest, Task
from rules.request import RECOVERY
from rules.states import WORKED
from rules.terms import Kind


async def most_urgent(
    session: AsyncSession, posts: Sequence[str], without: Collection[str] = ()
) -> tuple[Task, ServiceRequest] | None:
    """Danger first, then the soonest due; none of those in `without`, none on hold, and None where nothing waits."""
    asked = (
        select(Task, ServiceRequest)
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .where(
            col(Task.handler).in_(posts),
            col(Task.done_at).is_(None),
            col(Task.accepted_at).is_(None),
            col(Task.due).is_not(None),
            col(Task.id).not_in(without),
            (col(ServiceRequest.kind) != Kind.COMPLAINT.value)
            | (col(Task.stage) == RECOVERY)
            | col(ServiceRequest.state).in_(WORKED),
        )
        .order_by(col(ServiceRequest.safety).desc(), col(Task.due), col(Task.id))
        .limit(1)
    )
    return (await session.exec(asked)).first()
