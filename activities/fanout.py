"""What concerns many requests, worked through a few at a time: each by the pen in a transaction of its own, then its workflow is told.

The row is the truth, and a workflow that wakes too early only looks: so the pen comes first, and told are those alone
that would wake too late, the nearest first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

import structlog
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from temporalio import activity

from activities.relay import Entrance
from models import retiming
from models.database import Sessions
from models.retiming import Retiming, RetimingItem, Stage
from models.tray import put_all
from rules.messages import Paced, Take, Taken
from rules.terms import Act

AT_ONCE = 8
AT_A_TIME = 40
"""Put into the tray together: so few that none lies there until the relay takes it for forgotten."""
MOST = 1000
EVERY = 2.0
"""Seconds' worth of requests that are taken on at a time."""
SOON = timedelta(minutes=2)
"""A workflow that has to wake so soon is told at once, the others after the list."""
TOLD = 50
"""Workflows told in one step."""
A_BREATH = 0.2
"""Seconds between two steps of telling."""

log = structlog.get_logger()


class Pen(Protocol):
    """The pen as the fan-out uses it."""

    async def take(self, command: Take) -> Taken:
        """Take one submission."""

    async def take_few(self, commands: Sequence[Take]) -> frozenset[str]:
        """Take those by which only due instants move; their ids."""


def batched(items: Sequence[RetimingItem], many: int) -> Iterator[Sequence[RetimingItem]]:
    """So many at a time."""
    return (items[place : place + many] for place in range(0, len(items), many))


def wall() -> datetime:
    """The clock of whoever runs it: the instant at which a submission of the system is taken."""
    return datetime.now(UTC)


class FanOut:
    """Brings a retiming on by one step. Repeating a step does nothing twice: a submission's id is made of its item."""

    def __init__(
        self,
        sessions: Sessions,
        pen: Pen | None = None,
        door: Entrance | None = None,
        clock: Callable[[], datetime] = wall,
    ) -> None:
        """Without pen and door nothing is done: it is given them before the first step."""
        self.sessions = sessions
        self.pen = pen
        self.door = door
        self.clock = clock

    @activity.defn
    async def go_on(self, number: int) -> Paced:
        """Do the next few of the list; how long to wait until the step after this one, and whether that was all."""
        began = monotonic()
        async with self.sessions.begin() as session:
            row = await session.get(Retiming, number, with_for_update=True)
            if row is None or row.state not in (Stage.RUNNING, Stage.DONE):
                return Paced(0, over=True)
            row.looked_at = (await session.exec(select(func.clock_timestamp()))).one()
            rate, done = row.rate, row.state == Stage.DONE
            items = [] if done else await retiming.next_items(session, number, _many(rate))
            if not items and not done and not await retiming.list_again(session, row):
                row.state, row.ended_at = Stage.DONE.value, row.looked_at
        for few in batched(items, AT_A_TIME):
            await self._put(few)
            await self._each(self._apply, await self._apply_few(few))
        if items:
            await self._tell(number, self.clock() + SOON)
            return Paced(max(0.0, len(items) * 60 / rate - (monotonic() - began)), over=False)
        told = await self._tell(number)
        return Paced(A_BREATH, over=done and not told)

    async def _each(self, do: Callable[[RetimingItem], Awaitable[None]], items: Sequence[RetimingItem]) -> None:
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(item: RetimingItem) -> None:
            async with slots:
                try:
                    await do(item)
                except Exception as failed:
                    # what is not done yet, the next step takes again
                    log.warning("not yet", what="retiming", reference=item.reference, why=type(failed).__name__)
                with suppress(RuntimeError):  # outside an activity there is nobody to tell
                    activity.heartbeat()

        await asyncio.gather(*(one(item) for item in items))

    async def _put(self, items: Sequence[RetimingItem]) -> None:
        """Put them into the tray."""
        rows = [{"id": _id(item), "reference": item.reference, "data": _told(item)} for item in items]
        async with self.sessions.begin() as session:
            await put_all(session, rows, Act.RETIME, self.clock())

    async def _apply_few(self, items: Sequence[RetimingItem]) -> Sequence[RetimingItem]:
        """Let the pen take what it can together; those that are left."""
        assert self.pen is not None
        try:
            done = await self.pen.take_few([Take(item.reference, _id(item), Act.RETIME) for item in items])
        except (SQLAlchemyError, OSError) as failed:
            log.warning("one by one", what="retiming", why=type(failed).__name__)
            return items
        with suppress(RuntimeError):  # outside an activity there is nobody to tell
            activity.heartbeat()
        return [item for item in items if _id(item) not in done]

    async def _apply(self, item: RetimingItem) -> None:
        """Let the pen take it."""
        assert self.pen is not None
        await self.pen.take(Take(item.reference, _id(item), Act.RETIME))

    async def _tell(self, number: int, by: datetime | None = None) -> int:
        """Let the workflows look that must hear of it by then (None: some day), the nearest first; how many there were."""
        async with self.sessions() as session:
            items = await retiming.untold(session, number, TOLD, by)
        await self._each(self._look, items)
        return len(items)

    async def _look(self, item: RetimingItem) -> None:
        assert self.door is not None
        await self.door.look(item.reference)
        async with self.sessions.begin() as session:
            await retiming.told(session, item)


def _many(rate: int) -> int:
    return max(1, min(MOST, int(rate * EVERY / 60)))


def _told(item: RetimingItem) -> dict[str, int]:
    return {"retiming": item.retiming, "before": item.before, "after": item.after}


def _id(item: RetimingItem) -> str:
    return f"retiming/{item.retiming}/{item.round}/{item.reference}"
