"""What concerns many requests: a list first, kept with the outcome of each item, then worked through one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, and_, exists, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import codes, instant
from rules.terms import Act, Codes

SLOWEST, FASTEST, USUAL = 10, 30_000, 600
"""Requests a minute."""
LEASE = timedelta(seconds=15)
LATELY, ENOUGH = timedelta(minutes=1), timedelta(seconds=10)
"""Over what was done so lately its real pace is taken, once that is long enough to tell."""


class Stage(StrEnum):
    """How a list stands. A waiting one can still be taken back whole: nothing of it was sent."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


ON_ITS_WAY = (Stage.WAITING.value, Stage.RUNNING.value)
GOING_ON = (*ON_ITS_WAY, Stage.PAUSED.value)
OURS = frozenset({Act.RETIME, Act.MOVE})
"""What is done by ourselves, because an administrator changed his tables; anything else is the list of one person."""
MEANWHILE = "changed"
"""The outcome of an item that is not what it was when it was listed, whatever is done with the list."""


class Run(SQLModel, table=True):
    """One list on its way: what is done with each item (`act`), `by` whom, how fast, and from when; `data` says the rest.

    `undoes` is the list whose items it takes back, `token` the form it came by: sent twice, it counts once.
    """

    __table_args__ = (
        Index(
            "ux_run_one_retiming",
            text("(true)"),
            unique=True,
            postgresql_where=text("act = 'retime' and state in ('running', 'paused')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    act: str = Field(max_length=20)
    by: int | None = None
    at: datetime = instant()
    state: str = Field(default=Stage.RUNNING.value, max_length=10)
    rate: int = USUAL
    data: Codes = codes()
    token: str | None = Field(default=None, max_length=80, unique=True)
    undoes: int | None = Field(default=None, foreign_key="run.id")
    begins_at: datetime | None = instant(optional=True)
    looked_at: datetime | None = instant(optional=True)
    ended_at: datetime | None = instant(optional=True)


class RunItem(SQLModel, table=True):
    """One item of a list: a request, or one task of it. `place` is its turn, `round` how often it was listed."""

    __tablename__ = "run_item"
    __table_args__ = (
        Index("ix_run_item_left", "run", "place", postgresql_where=text("outcome is null")),
        Index("ix_run_item_told", "run", "tell_by", postgresql_where=text("tell_by is not null")),
    )

    run: int = Field(primary_key=True, foreign_key="run.id")
    reference: str = Field(primary_key=True, foreign_key="service_request.reference", max_length=9)
    task_id: str = Field(default="", primary_key=True, max_length=40)
    data: Codes = codes()
    words_id: int | None = Field(default=None, foreign_key="words.id")
    place: int = 0
    round: int = 1
    outcome: str | None = Field(default=None, max_length=30)
    at: datetime | None = instant(optional=True)
    tell_by: datetime | None = instant(optional=True)
    """Until when its workflow must hear of it; None: it need not, or it did."""


def bounded(rate: int) -> int:
    """A rate within what is allowed."""
    return max(SLOWEST, min(rate, FASTEST))


async def next_items(session: AsyncSession, number: int, limit: int) -> Sequence[RunItem]:
    """The next ones nothing was done with yet, in their order."""
    asked = select(RunItem).where(RunItem.run == number, col(RunItem.outcome).is_(None))
    return (await session.exec(asked.order_by(col(RunItem.place), RunItem.reference).limit(limit))).all()


async def settled(
    session: AsyncSession,
    number: int,
    reference: str,
    outcome: str,
    now: datetime,
    task: str = "",
    tell_by: datetime | None = None,
) -> None:
    """Write what became of one item of the list, and until when its workflow must hear of it; what is written once stays."""
    here = col(RunItem.run) == number, col(RunItem.reference) == reference, col(RunItem.task_id) == task
    empty = col(RunItem.outcome).is_(None)
    await session.exec(update(RunItem).where(*here, empty).values(outcome=outcome, at=now, tell_by=tell_by))


async def untold(session: AsyncSession, number: int, limit: int, by: datetime | None = None) -> Sequence[RunItem]:
    """Those whose workflow must still hear of it, the nearest first; with `by` only those that must by then."""
    asked = select(RunItem).where(RunItem.run == number, col(RunItem.tell_by).is_not(None))
    if by is not None:
        asked = asked.where(col(RunItem.tell_by) <= by)
    return (await session.exec(asked.order_by(col(RunItem.tell_by)).limit(limit))).all()


async def told(session: AsyncSession, item: RunItem) -> None:
    """Write that the workflow of an item heard of it."""
    here = col(RunItem.run) == item.run, col(RunItem.reference) == item.reference
    await session.exec(update(RunItem).where(*here).values(tell_by=None))


@dataclass(frozen=True)
class Progress:
    """How far it is. `counts` by outcome; `rate` is the chosen one, `pace` the real one of the last minute (None: too early to tell)."""

    total: int
    counts: Mapping[str, int]
    rate: int
    pace: float | None = None

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
        """How long the rest takes at the real pace; never less than at the chosen rate."""
        return self.left * 60 / min(self.rate, self.pace or self.rate)


async def progress(session: AsyncSession, number: int) -> Progress:
    """How far the list of this number is."""
    now = func.clock_timestamp()
    lately = col(RunItem.at) > now - LATELY
    columns: Any = (
        RunItem.outcome,
        func.count(),
        func.count().filter(lately),
        func.min(RunItem.at).filter(lately),
        now,
    )
    asked = select(*columns).where(RunItem.run == number).group_by(col(RunItem.outcome))
    found = {outcome: rest for outcome, *rest in (await session.exec(asked)).all()}
    row = await session.get(Run, number)
    known = {str(outcome): many for outcome, (many, *_) in found.items() if outcome is not None}
    total = sum(many for many, *_ in found.values())
    return Progress(total, known, USUAL if row is None else row.rate, _pace([rest for _, *rest in found.values()]))


def _pace(found: Sequence[Sequence[Any]]) -> float | None:
    """How many a minute got their outcome lately, since the first of them; how long it stood before does not count."""
    done = [(many, first, now) for many, first, now in found if many]
    if not done:
        return None
    since = max(now for *_, now in done) - min(first for _, first, _ in done)
    return sum(many for many, *_ in done) / (since / LATELY) if since >= ENOUGH else None


async def asleep(session: AsyncSession) -> list[int]:
    """Those on their way that nobody looked at for a while: their workflow is to be started, or runs and is slow."""
    late = or_(col(Run.looked_at).is_(None), col(Run.looked_at) < func.now() - LEASE)
    telling = exists().where(col(RunItem.run) == col(Run.id), col(RunItem.tell_by).is_not(None))
    on = or_(col(Run.state).in_(ON_ITS_WAY), and_(col(Run.state) == Stage.DONE, telling))
    rows = await session.exec(select(Run.id).where(on, late))
    return [number for number in rows.all() if number is not None]
