"""The relay: the loop in every worker that makes row, workflow and tray meet, whatever crashed in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from models import runs, trust, waiting
from models.database import Sessions
from models.policy import WorkerHeartbeat
from models.waiting import Waiting
from rules.messages import Take
from rules.terms import Act

BATCH = 200
UNDER_WAY = 25
"""Requests this worker began that wait for a pen, its own or another's. Those about safety count too, and are begun where there is no room left."""
AT_ONCE = 25
A_FEW = 20
EVERY = 2.0
"""Seconds between looks without a hint; also how often a worker says it is alive."""

log = structlog.get_logger()


class Entrance(Protocol):
    """The door as the relay uses it."""

    async def act(self, take: Take) -> Any:
        """Let a submission be taken."""

    async def look(self, reference: str) -> Any:
        """Let a workflow read its row."""

    async def fan_out(self, number: int) -> Any:
        """Let a list go on."""


class Relay:
    """Starts what was only received, answers what was left lying, wakes what slept over its time."""

    def __init__(
        self,
        sessions: Sessions,
        door: Entrance,
        start: Callable[[Waiting], Awaitable[bool]],
        worker: str = "worker",
        polls: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """`start` answers False where a workflow runs already. `polls`: whether this worker still asks Temporal for work; None: nobody doubts it."""
        self.sessions = sessions
        self.door = door
        self.start = start
        self.worker = worker
        self.polls = polls
        self.hint = asyncio.Event()
        self.healed = 0
        self.begun: list[str] = []
        self.few = A_FEW

    async def step(self) -> int:
        """One look: how many requests were started or healed."""
        return await self.start_new() + await self.heal()

    async def start_new(self) -> int:
        """Start the workflows of requests not yet started, those about safety first, then the oldest; how many.

        No more than some wait for a pen at a time: what waits in its row costs nothing, and keeps nobody else waiting.
        """
        async with self.sessions.begin() as session:
            self.begun = await waiting.under_way(session, self.begun) if self.begun else []
            rows = await waiting.not_started(session, UNDER_WAY - len(self.begun), BATCH)
        if not rows:
            return 0
        ends: dict[bool, list[str]] = {True: [], False: []}
        for row, done in zip(rows, await _each(self._start, rows), strict=True):
            ends[done].append(row.reference)
        async with self.sessions.begin() as session:
            await waiting.released(session, ends[False])
            await waiting.begun(session, ends[True])
        self.begun += ends[True]
        return len(ends[True])

    async def heal(self) -> int:
        """Bring together what parted: submissions nobody answered, rows whose timer should have fired; how many.

        Where that is not done in time it is fewer of them the next time: they only wait, and asking makes it longer.
        """
        async with self.sessions.begin() as session:
            late = await waiting.overdue(session, self.few)
            left = await waiting.unanswered(session, self.few)
        looked = await _each(self.door.look, [row.reference for row in late])
        taken = await _each(self.door.act, [Take(reference, id, Act(act)) for id, reference, act in left])
        self.few = min(self.few * 2, A_FEW) if all([*looked, *taken]) else max(self.few // 2, 1)
        healed = sum(looked) + sum(taken)
        self.healed += healed
        if healed:
            async with self.sessions.begin() as session:
                await trust.healed(session, healed)
            log.warning("healed", requests=sum(looked), submissions=sum(taken))
        return healed

    async def fan_out(self) -> int:
        """Let every list go on that is on its way and that nobody looked at; how many."""
        async with self.sessions() as session:
            numbers = await runs.asleep(session)
        return sum(await _each(self.door.fan_out, numbers))

    async def alive(self) -> None:
        """Say that this worker is alive and asks for work, and how much it healed; one that asks no more says nothing."""
        if self.polls is not None and not await self.polls():
            log.error("asks Temporal for no work")
            return
        values = {"at": func.clock_timestamp(), "healed": self.healed}
        row = insert(WorkerHeartbeat).values(worker=self.worker, **values)
        async with self.sessions.begin() as session:
            await session.exec(row.on_conflict_do_update(index_elements=["worker"], set_=values))

    async def run(self) -> None:
        """For ever: begin what is new, at once when hinted; every few seconds heal what parted, and say that this worker lives.

        Side by side: a look that hangs keeps nothing new waiting.
        """
        await asyncio.gather(self._starting(), _every(self.heal), _every(self.alive))

    async def _starting(self) -> None:
        while True:
            self.hint.clear()
            with suppress(SQLAlchemyError, OSError):
                await self.start_new()
                await self.fan_out()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.hint.wait(), EVERY)

    async def _start(self, row: Waiting) -> None:
        if not await self.start(row) and not row.received:
            await self.door.look(row.reference)


async def _every(do: Callable[[], Awaitable[object]]) -> None:
    while True:
        with suppress(SQLAlchemyError, OSError):
            await do()
        await asyncio.sleep(EVERY)


async def _each(do: Callable[[Any], Awaitable[object]], these: Sequence[Any]) -> list[bool]:
    """Do each, some at once; whether each succeeded. What fails is tried again at a later look."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(this: Any) -> bool:
        async with slots:
            try:
                await do(this)
            except Exception as failed:
                log.warning("not yet", what=getattr(do, "__name__", "?"), why=type(failed).__name__)
                return False
            return True

    return list(await asyncio.gather(*(one(this) for this in these)))
