"""What concerns many requests, worked through a few at a time: each goes through the door, as whatever reaches a request does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic

import structlog
from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.relay import Entrance
from models import retiming
from models.database import Sessions
from models.retiming import Outcome, Retiming, RetimingItem, Stage
from models.tray import put
from rules.messages import Paced, Take
from rules.terms import Act, Actor

AT_ONCE = 8
MOST = 100
EVERY = 2.0
"""Seconds' worth of requests that are taken on at a time."""

log = structlog.get_logger()


def wall() -> datetime:
    """The clock of whoever runs it: the instant a submission names, which the request's own clock then replaces."""
    return datetime.now(UTC)


class FanOut:
    """Brings a retiming on by one step. Repeating a step does nothing twice: a submission's id is made of its item."""

    def __init__(self, sessions: Sessions, door: Entrance | None = None, clock: Callable[[], datetime] = wall) -> None:
        """Without a door nothing is sent: it is given one before the first step."""
        self.sessions = sessions
        self.door = door
        self.clock = clock

    @activity.defn
    async def go_on(self, number: int) -> Paced:
        """Send the next few of the list; how long to wait until the step after this one, and whether that was all."""
        began = monotonic()
        async with self.sessions.begin() as session:
            row = await session.get(Retiming, number, with_for_update=True)
            if row is None or row.state != Stage.RUNNING:
                return Paced(0, over=True)
            row.looked_at = (await session.exec(select(func.clock_timestamp()))).one()
            rate = row.rate
            items = await retiming.next_items(session, number, _many(rate))
            if not items and not await retiming.list_again(session, row):
                row.state, row.ended_at = Stage.DONE.value, row.looked_at
                return Paced(0, over=True)
            for item in items:
                await self._put(session, item)
        await self._send(items)
        return Paced(max(0.0, len(items) * 60 / rate - (monotonic() - began)), over=False)

    async def _put(self, session: AsyncSession, item: RetimingItem) -> None:
        told = {"retiming": item.retiming, "before": item.before, "after": item.after}
        await put(
            session,
            id=_id(item),
            reference=item.reference,
            act=Act.RETIME,
            actor=Actor.SYSTEM,
            at=self.clock(),
            data=told,
        )

    async def _send(self, items: Sequence[RetimingItem]) -> None:
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(item: RetimingItem) -> None:
            async with slots:
                await self._through(item)
                with suppress(RuntimeError):  # outside an activity there is nobody to tell
                    activity.heartbeat()

        await asyncio.gather(*(one(item) for item in items))

    async def _through(self, item: RetimingItem) -> None:
        assert self.door is not None
        try:
            await self.door.act(Take(item.reference, _id(item), Act.RETIME))
        except LookupError:
            async with self.sessions.begin() as session:
                await retiming.settled(session, item.retiming, item.reference, Outcome.CHANGED, self.clock())
        except Exception as failed:
            # it has no outcome, so the next step takes it again; meanwhile the tray has it
            log.warning("not yet", what="retiming", reference=item.reference, why=type(failed).__name__)


def _many(rate: int) -> int:
    return max(1, min(MOST, int(rate * EVERY / 60)))


def _id(item: RetimingItem) -> str:
    return f"retiming/{item.retiming}/{item.round}/{item.reference}"
