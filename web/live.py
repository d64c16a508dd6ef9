"""What changed, soon after it changed: one look at the rows for all open pages of this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec

from fastapi.sse import ServerSentEvent
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.hints import listen
from models.requests import ServiceRequest
from web.book import Book
from web.database import AWAY, Bounded, DatabaseAway

PERIOD = 0.5
GATHER = 0.02
"""Seconds after a hint in which the rest of a burst comes, to be seen by the same look."""
GATHER_UNWATCHED = 0.2
"""The same while no page is told: what is kept of pages may be older."""
OVERLAP = timedelta(seconds=5)
"""Rows commit out of order: each look goes back this far, and what was heard before is passed over."""
FRESH = 2.0
QUIET = 15 * 60.0
ANY = "*"

P = ParamSpec("P")
Changes = list[tuple[str, int, datetime]]


async def changed_since(session: AsyncSession, since: datetime | None) -> tuple[datetime, Changes]:
    """The database's instant, and every (reference, number, changed_at) newer than `since`; none for None."""
    now = (await session.exec(select(func.clock_timestamp()))).one()
    if since is None:
        return now, []
    changed = col(ServiceRequest.changed_at)
    question = select(ServiceRequest.reference, ServiceRequest.number, changed).where(changed > since)
    return now, [(reference, number, at) for reference, number, at in (await session.exec(question)).all()]


def until_away(stream: Callable[P, AsyncIterator[ServerSentEvent]]) -> Callable[P, AsyncIterator[ServerSentEvent]]:
    """A stream that ends when the database is away: the open page asks for it anew until it is back."""

    @wraps(stream)
    async def ended(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ServerSentEvent]:
        with suppress(DatabaseAway):
            async with aclosing(stream(*args, **kwargs)) as events:  # type: ignore[type-var]
                async for event in events:
                    yield event

    return ended


class Hub:
    """Tells open pages what changed. Asks twice a second, at once when a writer hints, and forgets nothing.

    `changed` grows with every change it hears of.
    """

    def __init__(self, sessions: Sessions, book: Book, listen_url: str | None = None) -> None:
        self.database = Bounded(sessions)
        self.book = book
        self.listen_url = listen_url
        self.closed = False
        self.heard: dict[str, tuple[int, datetime]] = {}
        self.changed = 0
        self.on_change: list[Callable[[str | None], None]] = []
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self._hint = asyncio.Event()
        self._since: datetime | None = None
        self._looked = float("-inf")
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def fresh(self) -> bool:
        """Whether changes are being heard at present: only then may anything kept be served."""
        return time.monotonic() - self._looked < FRESH

    def newest(self, reference: str) -> int:
        """The newest event number lately heard of a request; 0 when none was."""
        return self.heard.get(reference, (0,))[0]

    def start(self) -> None:
        """Begin to look, in tasks of the running loop."""
        self._tasks.append(asyncio.create_task(self._look_for_ever()))
        if self.listen_url:
            self._tasks.append(asyncio.create_task(listen(self.listen_url, self._hint)))

    def close(self) -> None:
        """End every stream and stop looking. May be called from a signal handler of the loop's thread."""
        self.closed = True
        self._wake(None)
        for task in self._tasks:
            task.cancel()

    async def look(self) -> None:
        """One look: announce what is new; after a failed one forget everything and wake everybody."""
        try:
            (now, changes), renamed = await self.database.read(self._looked_at)
            if renamed:
                self._announce(None)
        except (DatabaseAway, SQLAlchemyError):
            self._looked = float("-inf")
            self._announce(None)
            raise
        for reference, number, at in changes:
            if self.heard.get(reference) != (number, at):
                self.heard[reference] = (number, at)
                self._announce(reference)
        self._since, self._looked = now - OVERLAP, time.monotonic()
        self.heard = {ref: found for ref, found in self.heard.items() if found[1] > self._since}

    async def _looked_at(self, session: AsyncSession) -> tuple[tuple[datetime, Changes], bool]:
        return await changed_since(session, self._since), await self.book.refresh(session)

    async def changes(self, reference: str = ANY, quiet_after: float = QUIET) -> AsyncIterator[bool]:
        """Once at the start, then after each change of that request (of any, by default), until the hub closes.

        True says that nothing has happened for `quiet_after` seconds.
        """
        event = asyncio.Event()
        event.set()
        self._watchers.setdefault(reference, set()).add(event)
        try:
            while not self.closed:
                event.clear()
                yield False
                try:
                    async with asyncio.timeout(quiet_after):
                        await event.wait()
                except TimeoutError:
                    yield True
        finally:
            watchers = self._watchers[reference]
            watchers.discard(event)
            if not watchers:
                del self._watchers[reference]

    @property
    def streams(self) -> int:
        """How many pages are being told of changes."""
        return sum(len(watchers) for watchers in self._watchers.values())

    def _announce(self, reference: str | None) -> None:
        self.changed += 1
        for forget in self.on_change:
            forget(reference)
        self._wake(reference)

    def _wake(self, reference: str | None) -> None:
        keys = list(self._watchers) if reference is None else [reference, ANY]
        for key in keys:
            for event in self._watchers.get(key, ()):
                event.set()

    async def _look_for_ever(self) -> None:
        while not self.closed:
            self._hint.clear()
            try:
                await self.look()
            except DatabaseAway:
                pass
            except SQLAlchemyError as error:
                AWAY.say(error)
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD):
                    await self._hint.wait()
                await asyncio.sleep(GATHER if self._watchers else GATHER_UNWATCHED)
