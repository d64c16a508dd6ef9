"""What concerns many requests, worked through a few at a time.

What a person does goes through the door, as whatever reaches a request does. New timings the pen takes first: the row is the
truth, and a workflow that wakes too early only looks. Told are those alone that would wake too late, the nearest first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Protocol

import structlog
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.relay import Entrance
from models import moving_list, retiming, runs
from models.batches import batched
from models.database import Sessions
from models.runs import ON_ITS_WAY, OURS, Run, RunItem, Stage
from models.tray import More, put, put_all
from rules.messages import Paced, Take, Taken
from rules.terms import Act, Actor

AT_ONCE = 8
AT_A_TIME = 40
"""New timings are put into the tray for so many together, and written together where the pen can."""
PENS = 2
"""So many at once where the pen takes them one by one: most go up to the same few persons, and would wait for each other."""
SIDE_BY_SIDE = 2
"""So often at once: while the database writes some, the next are judged."""
MOST, MOST_RETIMED = 100, 1000
EVERY = 2.0
"""Seconds' worth of requests that are taken on at a time."""

SOON = timedelta(minutes=2)
"""A workflow that has to wake so soon is told at once, the others after the list."""
TOLD = 50
"""Workflows told in one step."""
A_BREATH = 0.2
"""Seconds between two steps of telling."""
AGAIN = {Act.RETIME.value: retiming.list_again, Act.MOVE.value: moving_list.list_again}
"""What ends only when nothing more is to be listed."""

log = structlog.get_logger()


class Pen(Protocol):
    """The pen as the fan-out uses it."""

    async def take(self, command: Take) -> Taken:
        """Take one submission."""

    async def take_few(self, commands: Sequence[Take]) -> frozenset[str]:
        """Take those by which only due instants move; their ids."""


def wall() -> datetime:
    """The clock of whoever runs it: the instant a submission names, which the request's own clock then replaces."""
    return datetime.now(UTC)


class FanOut:
    """Brings a list on by one step. Repeating a step does nothing twice: a submission's id is made of its item."""

    def __init__(
        self,
        sessions: Sessions,
        door: Entrance | None = None,
        clock: Callable[[], datetime] = wall,
        pen: Pen | None = None,
    ) -> None:
        """Without door and pen nothing is done: it is given them before the first step."""
        self.sessions = sessions
        self.door = door
        self.pen = pen
        self.clock = clock

    @activity.defn
    async def go_on(self, number: int) -> Paced:
        """Send the next few of the list; how long to wait until the step after this one, and whether that was all."""
        began = monotonic()
        async with self.sessions.begin() as session:
            row = await session.get(Run, number, with_for_update=True)
            if row is None or row.state not in (*ON_ITS_WAY, Stage.DONE.value):
                return Paced(0, over=True)
            row.looked_at = (await session.exec(select(func.clock_timestamp()))).one()
            if (early := self._early(row)) > 0:
                return Paced(early, over=False)
            if done := row.state == Stage.DONE:
                items: Sequence[RunItem] = []
            else:
                items = await self._next(session, row)
            act, rate = Act(row.act), row.rate
        if not items:
            return Paced(A_BREATH, over=not await self._tell(number) and done)
        await (self._retime(number, items) if act is Act.RETIME else self._send(act, items))
        return Paced(max(0.0, len(items) * 60 / rate - (monotonic() - began)), over=False)

    async def _next(self, session: AsyncSession, row: Run) -> Sequence[RunItem]:
        """The next items of a list, what a person does put into the tray; the list is done where there are none."""
        retimes = row.act == Act.RETIME
        row.state = Stage.RUNNING.value
        items = await runs.next_items(session, row.id or 0, _many(row.rate, MOST_RETIMED if retimes else MOST))
        if not items and not (row.act in AGAIN and await AGAIN[row.act](session, row)):
            row.state, row.ended_at = Stage.DONE.value, row.looked_at
        for item in items if not retimes else ():
            act, said = Act(row.act), _said(row, item)
            await put(session, id=_id(item), reference=item.reference, act=act, at=self.clock(), **said)
        return items

    def _early(self, row: Run) -> float:
        """Seconds until a list may begin."""
        return 0.0 if row.begins_at is None else (row.begins_at - self.clock()).total_seconds()

    async def _send(self, act: Act, items: Sequence[RunItem]) -> None:
        await self._each(lambda item: self._through(act, item), items)

    async def _each(
        self, do: Callable[[RunItem], Awaitable[None]], items: Sequence[RunItem], at_once: int = AT_ONCE
    ) -> None:
        slots = asyncio.Semaphore(at_once)

        async def one(item: RunItem) -> None:
            async with slots:
                try:
                    await do(item)
                except Exception as failed:
                    # it has no outcome, so the next step takes it again; meanwhile the tray has it
                    log.warning("not yet", run=item.run, reference=item.reference, why=type(failed).__name__)
                beat()

        await asyncio.gather(*(one(item) for item in items))

    async def _retime(self, number: int, items: Sequence[RunItem]) -> None:
        """Let the pen take new timings, together what it can, and let those workflows look that must wake soon."""
        slots = asyncio.Semaphore(SIDE_BY_SIDE)

        async def some(few: Sequence[RunItem]) -> Sequence[RunItem]:
            rows = [{"id": _id(one), "reference": one.reference, "data": one.data, "run": one.run} for one in few]
            async with slots:
                async with self.sessions.begin() as session:
                    await put_all(session, rows, Act.RETIME, self.clock())
                return await self._apply_few(few)

        left = await asyncio.gather(*(some(few) for few in batched(items, AT_A_TIME)))
        await self._each(self._apply, [item for few in left for item in few], PENS)
        await self._tell(number, self.clock() + SOON)

    async def _apply_few(self, items: Sequence[RunItem]) -> Sequence[RunItem]:
        """Let the pen take what it can together; those that are left."""
        assert self.pen is not None
        try:
            done = await self.pen.take_few([Take(item.reference, _id(item), Act.RETIME) for item in items])
        except (SQLAlchemyError, OSError) as failed:
            log.warning("one by one", why=type(failed).__name__)
            return items
        beat()
        return [item for item in items if _id(item) not in done]

    async def _apply(self, item: RunItem) -> None:
        """Let the pen take it."""
        assert self.pen is not None
        await self.pen.take(Take(item.reference, _id(item), Act.RETIME))

    async def _tell(self, number: int, by: datetime | None = None) -> int:
        """Let the workflows look that must hear of it by then (None: some day), the nearest first; how many there were."""
        async with self.sessions() as session:
            items = await runs.untold(session, number, TOLD, by)
        await self._each(self._look, items)
        return len(items)

    async def _look(self, item: RunItem) -> None:
        assert self.door is not None
        await self.door.look(item.reference)
        async with self.sessions.begin() as session:
            await runs.told(session, item)

    async def _through(self, act: Act, item: RunItem) -> None:
        assert self.door is not None
        try:
            await self.door.act(Take(item.reference, _id(item), act))
        except LookupError:
            async with self.sessions.begin() as session:
                await runs.settled(session, item.run, item.reference, runs.MEANWHILE, self.clock(), item.task_id)


def beat() -> None:
    """Say that it goes on; outside an activity there is nobody to tell."""
    with suppress(RuntimeError):
        activity.heartbeat()


def _many(rate: int, most: int) -> int:
    return max(1, min(most, int(rate * EVERY / 60)))


def _id(item: RunItem) -> str:
    return f"run/{item.run}/{item.round}/{item.task_id or item.reference}"


class _Said(More, total=False):
    """What a submission of a list says, with which side it is from."""

    actor: Actor


def _said(row: Run, item: RunItem) -> _Said:
    """What is done with an item: by ourselves where an office was moved, else by the person whose list it is."""
    if row.act in OURS:
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
