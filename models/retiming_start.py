"""A retiming begins: new timings for a choice of open requests, a run undone, or a version taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.policy import Audit
from models.policy_beside import carried
from models.policy_calendars import save_without
from models.retiming import AUDIT, FASTEST, GOING_ON, USUAL, Retiming, bounded, going_on, list_again, progress

ONE_AT_A_TIME = 7_405_002
"""Key of the lock under which a run begins."""


class AlreadyRunning(Exception):
    """One retiming at a time."""


class CannotUndo(Exception):
    """It is still going on, it was an undoing itself, or nothing of it was applied."""


@dataclass(frozen=True)
class Choice:
    """Which open requests: those whose task is at `tier` or below, of one category, in one zone; None: all."""

    tier: int | None = None
    category: str | None = None
    zone: str | None = None


async def begin(
    session: AsyncSession,
    version: int,
    choice: Choice,
    by: int | None,
    at: datetime,
    rate: int = USUAL,
) -> int:
    """List what the choice means and let it run; its number. AlreadyRunning while another one goes on.

    Where the version changes nothing but calendars, each request comes under the one that has its own times.
    """
    return await _begin(
        session,
        Retiming(
            version=version,
            by=by,
            at=at,
            rate=bounded(rate),
            tier=choice.tier,
            category=choice.category,
            zone=choice.zone,
            carried={str(old): new for old, new in (await carried(session, version)).items()},
        ),
    )


async def undo(session: AsyncSession, number: int, by: int | None, at: datetime) -> int:
    """Take a retiming back, request by request: each that was brought under its version goes back to the one before."""
    of = await session.get(Retiming, number)
    if of is None or of.undoes is not None or of.state in GOING_ON:
        raise CannotUndo
    new = Retiming(version=of.version, by=by, at=at, rate=of.rate, undoes=number)
    started = await _begin(session, new)
    if not (await progress(session, started)).total:
        raise CannotUndo
    return started


async def take_back(session: AsyncSession, version: int, by: int | None, at: datetime, note: str) -> int:
    """Save the timings without what a version changed, and bring what it was given to back, each to the version it had.

    What was registered under it comes under the new version. The run's number. CannotUndo while it is still applied,
    ChangedSince where what it changed was changed again since, LookupError for a version that changed nothing.
    """
    if await going_on(session) is not None:
        raise AlreadyRunning
    number = await save_without(session, version, note, by, at)
    run = (
        await session.exec(
            select(Retiming.id)
            .where(Retiming.version == version, col(Retiming.undoes).is_(None))
            .order_by(col(Retiming.id).desc())
        )
    ).first()
    return await _begin(session, Retiming(version=number, by=by, at=at, rate=FASTEST, undoes=run, takes_back=version))


async def _begin(session: AsyncSession, row: Retiming) -> int:
    await session.exec(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    if await going_on(session) is not None:
        raise AlreadyRunning
    session.add(row)
    await session.flush()
    assert row.id is not None
    await list_again(session, row)
    told = {"version": row.version, "tier": row.tier, "category": row.category, "zone": row.zone, "undoes": row.undoes}
    after = {key: str(value) for key, value in told.items() if value is not None}
    session.add(Audit(at=row.at, person=row.by, what=AUDIT, subject=str(row.id), after=after, note=""))
    return row.id
