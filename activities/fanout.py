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
from temporalio import activity

from activities.relay import Entrance
from models import retiming, runs
from models.database import Sessions
from models.runs import ON_ITS_WAY, Run, RunItem, Stage
from models.tray import More, put
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
    """Brings a list on by one step. Repeating a step does nothing twice: a submission's id is made of its item."""

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
            row = await session.get(Run, number, with_for_update=True)
            if row is None or row.state not in ON_ITS_WAY:
                return Paced(0, over=True)
            row.looked_at = (await session.exec(select(func.clock_timestamp()))).one()
            if (early := self._early(row)) > 0:
                return Paced(early, over=False)
            row.state, rate, act = Stage.RUNNING.value, row.rate, Act(row.act)
            items = await runs.next_items(session, number, _many(rate))
            if not items and not (act is Act.RETIME and await retiming.list_again(session, row)):
                row.state, row.ended_at = Stage.DONE.value, row.looked_at
                return Paced(0, over=True)
            for item in items:
                await put(session, id=_id(item), reference=item.reference, act=act, at=self.clock(), **_said(row, item))
        await self._send(act, items)
        return Paced(max(0.0, len(items) * 60 / rate - (monotonic() - began)), over=False)

    def _early(self, row: Run) -> float:
        """Seconds until a list may begin."""
        return 0.0 if row.begins_at is None else (row.begins_at - self.clock()).total_seconds()

    async def _send(self, act: Act, items: Sequence[RunItem]) -> None:
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(item: RunItem) -> None:
            async with slots:
                await self._through(act, item)
                with suppress(RuntimeError):  # outside an activity there is nobody to tell
                    activity.heartbeat()

        await asyncio.gather(*(one(item) for item in items))

    async def _through(self, act: Act, item: RunItem) -> None:
        assert self.door is not None
        try:
            await self.door.act(Take(item.reference, _id(item), act))
        except LookupError:
            async with self.sessions.begin() as session:
                await runs.settled(session, item.run, item.reference, runs.MEANWHILE, self.clock(), item.task_id)
        except Exception as failed:
            # it has no outcome, so the next step takes it again; meanwhile the tray has it
            log.warning("not yet", what=act.value, reference=item.reference, why=type(failed).__name__)


def _many(rate: int) -> int:
    return max(1, min(MOST, int(rate * EVERY / 60)))


def _id(item: RunItem) -> str:
    return f"run/{item.run}/{item.round}/{item.task_id or item.reference}"


class _Said(More, total=False):
    """What a submission of a list says, with which side it is from."""

    actor: Actor


def _said(row: Run, item: RunItem) -> _Said:
    """What is done with an item: new timings by ourselves, anything else by the person whose list it is."""
    if row.act == Act.RETIME:
        return {"actor": Actor.SYSTEM, "run": item.run, "data": item.data}
    return {
        "actor": Actor.OFFICER,
        "run": item.run,
        "person": row.by,
        "post": item.data.get("post"),
        "task_id": item.task_id,
        "seen": item.data.get("seen"),
        "data": row.data,
        "words_id": item.words_id,
    }
