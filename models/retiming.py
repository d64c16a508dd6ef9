"""New timings for what is under way: a list first, of the version each request has and shall have, then worked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, func, literal, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.database import instant
from models.requests import ServiceRequest, Task
from rules.states import OPEN

SLOWEST, FASTEST, USUAL = 10, 6000, 600
"""Requests a minute."""
LEASE = timedelta(seconds=15)
AUDIT = "retiming"


class Stage(StrEnum):
    """How a retiming stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


class Outcome(StrEnum):
    """What became of one request of the list."""

    MOVED = "moved"
    ESCALATED = "escalated"
    CLOSED = "closed"
    CHANGED = "changed"
    UNFIT = "unfit"


GOING_ON = (Stage.RUNNING.value, Stage.PAUSED.value)
APPLIED = (Outcome.MOVED.value, Outcome.ESCALATED.value)


class Retiming(SQLModel, table=True):
    """One run: the version to apply, what it was chosen for, and how fast. `undoes` is the run whose requests it takes back."""

    __table_args__ = (
        Index("ux_retiming_one", text("(true)"), unique=True, postgresql_where=text("state in ('running', 'paused')")),
    )

    id: int | None = Field(default=None, primary_key=True)
    version: int
    by: int | None = None
    at: datetime = instant()
    state: str = Field(default=Stage.RUNNING.value, max_length=10)
    rate: int = USUAL
    tier: int | None = None
    category: str | None = Field(default=None, max_length=60)
    zone: str | None = Field(default=None, max_length=60)
    undoes: int | None = Field(default=None, foreign_key="retiming.id")
    looked_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)


class RetimingItem(SQLModel, table=True):
    """One request of the list; `place` is its turn, `round` how often it was listed."""

    __tablename__ = "retiming_item"
    __table_args__ = (Index("ix_retiming_item_left", "retiming", "place", postgresql_where=text("outcome is null")),)

    retiming: int = Field(primary_key=True, foreign_key="retiming.id")
    reference: str = Field(primary_key=True, foreign_key="service_request.reference", max_length=9)
    before: int
    after: int
    place: int = 0
    round: int = 1
    outcome: str | None = Field(default=None, max_length=10)
    at: datetime | None = instant(optional=True)


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
    session: AsyncSession, version: int, choice: Choice, by: int | None, at: datetime, rate: int = USUAL
) -> int:
    """List what the choice means and let it run; its number. AlreadyRunning while another one goes on."""
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


async def _begin(session: AsyncSession, row: Retiming) -> int:
    await session.exec(select(func.pg_advisory_xact_lock(7_405_002)))
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


def bounded(rate: int) -> int:
    """A rate within what is allowed."""
    return max(SLOWEST, min(rate, FASTEST))


async def going_on(session: AsyncSession) -> Retiming | None:
    """The one that runs or is paused."""
    return (await session.exec(select(Retiming).where(col(Retiming.state).in_(GOING_ON)))).first()


async def list_again(session: AsyncSession, row: Retiming) -> int:
    """Put on the list whatever of the choice is behind and not on it; how many. One that was closed then, and is open now, again."""
    places = ("retiming", "reference", "before", "after", "place", "round")
    chosen = _undone(row) if row.undoes is not None else _behind(row)
    listed = insert(RetimingItem).from_select(places, chosen)
    again = {"outcome": None, "at": None, "before": listed.excluded.before, "round": col(RetimingItem.round) + 1}
    listed = listed.on_conflict_do_update(
        index_elements=["retiming", "reference"],
        set_=again,
        where=(col(RetimingItem.outcome) == Outcome.CLOSED) if row.undoes is None else literal(value=False),
    )
    return len((await session.exec(listed.returning(col(RetimingItem.reference)))).all())


def _behind(row: Retiming) -> Any:
    due = (
        select(Task.reference, func.min(Task.due).label("due"), func.max(Task.tier).label("tier"))
        .where(col(Task.done_at).is_(None))
        .group_by(col(Task.reference))
        .subquery()
    )
    order = (col(ServiceRequest.safety).desc(), due.c.due.nulls_last(), col(ServiceRequest.reference))
    wanted = [
        col(ServiceRequest.state).in_([state.value for state in OPEN]),
        col(ServiceRequest.over).is_(False),
        col(ServiceRequest.policy_version) < row.version,
    ]
    if row.tier is not None:
        wanted.append(or_(due.c.tier.is_(None), due.c.tier <= row.tier))
    if row.category is not None:
        wanted.append(col(ServiceRequest.category) == row.category)
    if row.zone is not None:
        wanted.append(col(ServiceRequest.zone) == row.zone)
    place = func.row_number().over(order_by=order)
    columns = (literal(row.id), ServiceRequest.reference, ServiceRequest.policy_version, literal(row.version))
    asked: Any = select(*columns, place, literal(1))  # type: ignore[call-overload]
    return asked.outerjoin(due, due.c.reference == ServiceRequest.reference).where(*wanted)


def _undone(row: Retiming) -> Any:
    was = RetimingItem
    asked: Any = select(literal(row.id), was.reference, was.after, was.before, was.place, literal(1))  # type: ignore[call-overload]
    return asked.where(was.retiming == row.undoes, col(was.outcome).in_(APPLIED))


async def next_items(session: AsyncSession, number: int, limit: int) -> Sequence[RetimingItem]:
    """The next ones nothing was done with yet, in their order."""
    asked = select(RetimingItem).where(RetimingItem.retiming == number, col(RetimingItem.outcome).is_(None))
    return (await session.exec(asked.order_by(col(RetimingItem.place), RetimingItem.reference).limit(limit))).all()


async def settled(session: AsyncSession, number: int, reference: str, outcome: Outcome, now: datetime) -> None:
    """Write what became of one request of the list; what is written once stays."""
    here = col(RetimingItem.retiming) == number, col(RetimingItem.reference) == reference
    empty = col(RetimingItem.outcome).is_(None)
    await session.exec(update(RetimingItem).where(*here, empty).values(outcome=outcome.value, at=now))


@dataclass(frozen=True)
class Progress:
    """How far it is. `counts` by outcome; `seconds` until the end at the present rate."""

    total: int
    counts: Mapping[str, int]
    rate: int

    @property
    def done(self) -> int:
        """How many have an outcome."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many wait."""
        return self.total - self.done

    @property
    def seconds(self) -> float:
        """How long the rest takes at this rate."""
        return self.left * 60 / self.rate


async def progress(session: AsyncSession, number: int) -> Progress:
    """How far the retiming of this number is."""
    asked = select(RetimingItem.outcome, func.count()).where(RetimingItem.retiming == number)
    counts = dict((await session.exec(asked.group_by(col(RetimingItem.outcome)))).all())
    row = await session.get(Retiming, number)
    known = {str(outcome): many for outcome, many in counts.items() if outcome is not None}
    return Progress(sum(counts.values()), known, USUAL if row is None else row.rate)


async def steer(
    session: AsyncSession, number: int, by: int, at: datetime, *, to: Stage | None = None, rate: int | None = None
) -> bool:
    """Pause, resume or stop one that goes on, or set its rate; whether it could be done."""
    row = await session.get(Retiming, number, with_for_update=True)
    if row is None or row.state not in GOING_ON:
        return False
    before = {"state": row.state, "rate": str(row.rate)}
    row.rate = row.rate if rate is None else bounded(rate)
    if to is not None:
        row.state, row.looked_at = to.value, None
        row.ended_at = at if to is Stage.STOPPED else None
    after = {"state": row.state, "rate": str(row.rate)}
    changed = [key for key in before if before[key] != after[key]]
    if changed:
        old, new = ({key: one[key] for key in changed} for one in (before, after))
        session.add(Audit(at=at, person=by, what=AUDIT, subject=str(number), before=old, after=new, note=""))
    return True


async def asleep(session: AsyncSession) -> list[int]:
    """Those that run and that nobody looked at for a while: their workflow is to be started, or runs and is slow."""
    late = or_(col(Retiming.looked_at).is_(None), col(Retiming.looked_at) < func.now() - LEASE)
    rows = await session.exec(select(Retiming.id).where(Retiming.state == Stage.RUNNING, late))
    return [number for number in rows.all() if number is not None]
