"""New timings for what is under way: a list first, of the version each request has and shall have, then worked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, and_, case, exists, func, literal, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import codes, instant
from models.policy import Audit
from models.requests import ServiceRequest, Task
from rules.states import OPEN
from rules.terms import Codes

SLOWEST, FASTEST, USUAL = 10, 30_000, 600
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
    takes_back: int | None = None
    """The version that is taken back: what was registered under it since comes under `version`."""
    carried: Codes = codes()
    """Versions of the same calendars by the older versions they are made from: each request keeps its own times."""
    looked_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)


class RetimingItem(SQLModel, table=True):
    """One request of the list; `place` is its turn, `round` how often it was listed."""

    __tablename__ = "retiming_item"
    __table_args__ = (
        Index("ix_retiming_item_left", "retiming", "place", postgresql_where=text("outcome is null")),
        Index("ix_retiming_item_told", "retiming", "tell_by", postgresql_where=text("tell_by is not null")),
    )

    retiming: int = Field(primary_key=True, foreign_key="retiming.id")
    reference: str = Field(primary_key=True, foreign_key="service_request.reference", max_length=9)
    before: int
    after: int
    place: int = 0
    round: int = 1
    outcome: str | None = Field(default=None, max_length=10)
    at: datetime | None = instant(optional=True)
    tell_by: datetime | None = instant(optional=True)
    """Until when its workflow must hear of it; None: it need not, or it did."""


def bounded(rate: int) -> int:
    """A rate within what is allowed."""
    return max(SLOWEST, min(rate, FASTEST))


async def going_on(session: AsyncSession) -> Retiming | None:
    """The one that runs or is paused."""
    return (await session.exec(select(Retiming).where(col(Retiming.state).in_(GOING_ON)))).first()


async def list_again(session: AsyncSession, row: Retiming) -> int:
    """Put on the list whatever of the choice is behind and not on it; how many. One that was closed then, and is open now, again."""
    if row.undoes is None and row.takes_back is None:
        again = col(RetimingItem.outcome) == Outcome.CLOSED
        return await _listed(session, _behind(row), again)
    never = literal(value=False)
    listed = 0
    if row.undoes is not None:
        listed += await _listed(session, _undone(row), never)
    if row.takes_back is not None:
        listed += await _listed(session, _behind(row), never)
    return listed


async def _listed(session: AsyncSession, chosen: Any, again: Any) -> int:
    places = ("retiming", "reference", "before", "after", "place", "round")
    listed = insert(RetimingItem).from_select(places, chosen)
    anew = {"outcome": None, "at": None, "before": listed.excluded.before, "round": col(RetimingItem.round) + 1}
    listed = listed.on_conflict_do_update(index_elements=["retiming", "reference"], set_=anew, where=again)
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
        _version_behind(row),
    ]
    if row.tier is not None:
        wanted.append(or_(due.c.tier.is_(None), due.c.tier <= row.tier))
    if row.category is not None:
        wanted.append(col(ServiceRequest.category) == row.category)
    if row.zone is not None:
        wanted.append(or_(col(ServiceRequest.zone) == row.zone, col(ServiceRequest.site_zone) == row.zone))
    place = func.row_number().over(order_by=order)
    columns = (literal(row.id), ServiceRequest.reference, ServiceRequest.policy_version, _version_for(row))
    asked: Any = select(*columns, place, literal(1))  # type: ignore[call-overload]
    return asked.outerjoin(due, due.c.reference == ServiceRequest.reference).where(*wanted)


def _version_behind(row: Retiming) -> Any:
    if row.takes_back is not None:
        return ServiceRequest.policy_version == row.takes_back
    behind = col(ServiceRequest.policy_version) < row.version
    return and_(behind, col(ServiceRequest.policy_version).not_in(row.carried.values())) if row.carried else behind


def _version_for(row: Retiming) -> Any:
    """The version a request comes under: the one that has its own times, else the run's."""
    if not row.carried:
        return literal(row.version)
    own = {int(old): new for old, new in row.carried.items()}
    return case(own, value=col(ServiceRequest.policy_version), else_=row.version)


def _undone(row: Retiming) -> Any:
    was = RetimingItem
    asked: Any = select(literal(row.id), was.reference, was.after, was.before, was.place, literal(1))  # type: ignore[call-overload]
    return asked.where(was.retiming == row.undoes, col(was.outcome).in_(APPLIED))


async def next_items(session: AsyncSession, number: int, limit: int) -> Sequence[RetimingItem]:
    """The next ones nothing was done with yet, in their order."""
    asked = select(RetimingItem).where(RetimingItem.retiming == number, col(RetimingItem.outcome).is_(None))
    return (await session.exec(asked.order_by(col(RetimingItem.place), RetimingItem.reference).limit(limit))).all()


async def settled(
    session: AsyncSession, number: int, reference: str, outcome: Outcome, now: datetime, tell_by: datetime | None = None
) -> None:
    """Write what became of one request of the list, and by when its workflow must hear of it; what is written once stays."""
    here = col(RetimingItem.retiming) == number, col(RetimingItem.reference) == reference
    empty = col(RetimingItem.outcome).is_(None)
    await session.exec(update(RetimingItem).where(*here, empty).values(outcome=outcome.value, at=now, tell_by=tell_by))


async def untold(session: AsyncSession, number: int, limit: int, by: datetime | None = None) -> Sequence[RetimingItem]:
    """Those whose workflow must still hear of it, the nearest first; with `by` only those that must by then."""
    asked = select(RetimingItem).where(RetimingItem.retiming == number, col(RetimingItem.tell_by).is_not(None))
    if by is not None:
        asked = asked.where(col(RetimingItem.tell_by) <= by)
    return (await session.exec(asked.order_by(col(RetimingItem.tell_by)).limit(limit))).all()


async def told(session: AsyncSession, item: RetimingItem) -> None:
    """Write that the workflow of an item heard of it."""
    here = col(RetimingItem.retiming) == item.retiming, col(RetimingItem.reference) == item.reference
    await session.exec(update(RetimingItem).where(*here).values(tell_by=None))


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
    telling = exists().where(col(RetimingItem.retiming) == col(Retiming.id), col(RetimingItem.tell_by).is_not(None))
    on = or_(col(Retiming.state) == Stage.RUNNING, and_(col(Retiming.state) == Stage.DONE, telling))
    rows = await session.exec(select(Retiming.id).where(on, late))
    return [number for number in rows.all() if number is not None]
