"""What changed lately among the requests of some posts, so that an open queue is read again only when it may differ."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.queue_views import Sight
from models.requests import ServiceRequest, Task

LATELY = text("interval '8 seconds'")
"""Rows commit out of order: longer than any writing takes."""

Heard = frozenset[tuple[str, int]]
"""References with the number of their newest event."""


async def heard_lately(session: AsyncSession, sight: Sight, tasks: Sequence[str]) -> Heard:
    """The requests that changed in the last seconds and are these posts', their offices', their people's, or on the page."""
    posts = {*sight.posts, *sight.colleagues, *sight.team}
    asked = (
        select(col(ServiceRequest.reference), col(ServiceRequest.number))
        .join(Task, col(Task.reference) == col(ServiceRequest.reference))
        .where(
            col(ServiceRequest.changed_at) > func.now() - LATELY,
            or_(
                col(Task.handler).in_(posts),
                col(Task.answerable).in_(posts),
                col(Task.id).in_(tasks),
                col(ServiceRequest.proposal)["post"].astext.in_(sight.posts),
            ),
        )
    )
    return frozenset((reference, number) for reference, number in (await session.exec(asked)).all())  # type: ignore[call-overload]
