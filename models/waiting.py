"""What waits for a workflow: requests not started, submissions not answered, rows whose time passed. Claimed, not locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.requests import ServiceRequest
from models.runs import Run, Stage
from rules.terms import State

LEASE = timedelta(seconds=15)
"""For how long what one worker claimed is left alone by the others; and how long a thing may wait before it is healed."""


BEGUN = timedelta(minutes=1)
"""For how long a request whose workflow was begun is left alone while it waits for a pen: the workflow is at Temporal, and not lost."""


@dataclass(frozen=True)
class Waiting:
    """What is needed to start a request's workflow."""

    reference: str
    kind: str
    category: str
    zone: str
    safety: bool
    received: bool
    """Whether nothing was done with it yet: its workflow, if it has one, reads it by itself when its turn comes."""


CONFIDENTIAL = "confidential"
"""What Temporal's own pages show instead of the category of a confidential request."""

COLUMNS: Any = (
    ServiceRequest.reference,
    ServiceRequest.kind,
    case((col(ServiceRequest.confidential), CONFIDENTIAL), else_=col(ServiceRequest.category)),
    ServiceRequest.zone,
    ServiceRequest.safety,
    col(ServiceRequest.state) == State.RECEIVED.value,
)


async def one(session: AsyncSession, reference: str) -> Waiting | None:
    """One request; None if there is none."""
    asked: Any = select(*COLUMNS)
    row = (await session.exec(asked.where(ServiceRequest.reference == reference))).first()
    return None if row is None else Waiting(*row)


async def not_started(session: AsyncSession, room: int, danger: int) -> list[Waiting]:
    """Claim requests whose workflow was never started: up to `danger` of those about safety, and `room` others, the oldest first."""
    order = (col(ServiceRequest.registered_at), col(ServiceRequest.reference))
    new, safety = col(ServiceRequest.started_at).is_(None), col(ServiceRequest.safety)
    rows = await _claim(session, [new, safety.is_(True)], order, danger)
    return rows + (await _claim(session, [new, safety.is_(False)], order, room) if room > 0 else [])


async def overdue(session: AsyncSession, limit: int) -> list[Waiting]:
    """Claim open requests whose wake instant passed a while ago: their timer should have fired."""
    late = col(ServiceRequest.wake_at) < func.now() - LEASE
    # "not over" in the words of its index: PostgreSQL does not see that "over is false" is the same
    open_ones = [~col(ServiceRequest.over), col(ServiceRequest.started_at).is_not(None), late]
    return await _claim(session, open_ones, (col(ServiceRequest.safety).desc(), col(ServiceRequest.wake_at)), limit)


async def _claim(
    session: AsyncSession, which: Sequence[ColumnElement[bool]], order: Sequence[Any], limit: int
) -> list[Waiting]:
    free = or_(col(ServiceRequest.claimed_until).is_(None), col(ServiceRequest.claimed_until) < func.now())
    picked = select(ServiceRequest.reference).where(*which, free).order_by(*order).limit(limit)
    references = (await session.exec(picked.with_for_update(skip_locked=True))).all()
    if not references:
        return []
    here = col(ServiceRequest.reference).in_(references)
    await session.exec(update(ServiceRequest).where(here).values(claimed_until=func.now() + LEASE))
    asked: Any = select(*COLUMNS)
    rows = (await session.exec(asked.where(here).order_by(*order))).all()
    return [Waiting(*row) for row in rows]


async def unanswered(session: AsyncSession, limit: int) -> list[tuple[str, str, str]]:
    """Claim submissions nobody answered for a while, oldest first: (id, reference, act).

    What stands on a list that goes on is left to it: it takes again whatever has no outcome, and two would only wait for each other.
    """
    late = col(Submission.received) < func.now() - LEASE
    free = or_(col(Submission.claimed_until).is_(None), col(Submission.claimed_until) < func.now())
    goes_on = select(Run.id).where(Run.id == Submission.run, Run.state == Stage.RUNNING.value).exists()
    picked = select(Submission.id).where(col(Submission.answered).is_(None), late, free, ~goes_on)
    ids = (
        await session.exec(picked.order_by(col(Submission.received)).limit(limit).with_for_update(skip_locked=True))
    ).all()
    if not ids:
        return []
    here = col(Submission.id).in_(ids)
    await session.exec(update(Submission).where(here).values(claimed_until=func.now() + LEASE))
    rows = await session.exec(
        select(Submission.id, Submission.reference, Submission.act).where(here).order_by(col(Submission.received))
    )
    return list(rows.all())


async def released(session: AsyncSession, references: Sequence[str]) -> None:
    """Give claims back, so that the next look finds these requests at once."""
    here = col(ServiceRequest.reference).in_(references)
    await session.exec(update(ServiceRequest).where(here).values(claimed_until=None))


async def begun(session: AsyncSession, references: Sequence[str]) -> None:
    """Leave these to their workflows, which start them once it is their turn; one that is being started just now needs nothing."""
    free = select(ServiceRequest.reference).where(*_not_started(references)).with_for_update(skip_locked=True)
    here = col(ServiceRequest.reference).in_(free)
    await session.exec(update(ServiceRequest).where(here).values(claimed_until=func.now() + BEGUN))


async def under_way(session: AsyncSession, references: Sequence[str]) -> list[str]:
    """Those of these that were begun within the last minute and wait for a pen."""
    left = col(ServiceRequest.claimed_until) > func.now()
    return list((await session.exec(select(ServiceRequest.reference).where(*_not_started(references), left))).all())


def _not_started(references: Sequence[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(ServiceRequest.reference).in_(references), col(ServiceRequest.started_at).is_(None)


async def rebuild(session: AsyncSession) -> int:
    """Let the relay start a workflow for every open row again: the way over a lost Temporal store; how many."""
    open_ones = update(ServiceRequest).where(~col(ServiceRequest.over))
    done = await session.exec(open_ones.values(started_at=None, claimed_until=None))
    return int(done.rowcount)
