"""A timeline without Temporal: the pen is handed at the same instants what a workflow's update or timer would bring it.

For stories of rules and rows. That the workflows bring it, also through crashes, is told by `tests/workflows/` and by the
stories that keep Temporal: the ladder, Rubina, long lives, lists.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activities.record import Record
from models.database import sessions_of
from models.requests import ServiceRequest
from rules.messages import ItIsTime, Look, Standing, Take, Taken
from tests.engines import engine
from tests.timeline import Timeline
from workflows.client import NotYet


class Straight:
    """A door straight to the pen, which takes at once; or, while `away`, nothing is taken and the tray keeps it."""

    def __init__(self, record: Record, now: Callable[[], datetime]) -> None:
        self.record = record
        self.now = now
        self.away = False
        self.hints = 0

    async def act(self, take: Take) -> Taken:
        """What the pen says."""
        if self.away:
            raise NotYet(take.reference)
        return await self.record.take(take)

    async def look(self, reference: str) -> Standing:
        """The pen looks at a row."""
        if self.away:
            raise NotYet(reference)
        return await self.record.look(Look(reference, self.now()))

    async def wake(self) -> None:
        """Count the hints."""
        self.hints += 1


@dataclass
class ByThePen(Timeline):
    """A story's clock, its requests brought on by the pen alone."""

    async def _forward(self, reference: str) -> None:
        """There is no other clock."""

    async def _comes(self, row: ServiceRequest) -> None:
        assert row.wake_at is not None
        standing = await self.door.record.it_is_time(ItIsTime(row.reference, row.wake_at))  # type: ignore[attr-defined]
        assert standing.wake_at is None or standing.wake_at > row.wake_at, (
            f"{row.reference} does not get past {row.wake_at}"
        )


@asynccontextmanager
async def town_by_the_pen(url: str, now: datetime) -> AsyncIterator[Timeline]:
    """A town over this database."""
    own = engine(url)
    sessions = sessions_of(own)
    nobody: Any = None
    town = ByThePen(nobody, nobody, nobody, sessions, now)
    straight: Any = Straight(Record(sessions, committed=town.written.set), lambda: town.now)
    town.door = straight
    yield town
    await own.dispose()
