"""Lets go of documents handed in with forms that nobody sent: an hourly loop in every worker."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from models import papers
from models.database import Sessions
from models.storage import Storage, StorageAway

KEPT_FOR = timedelta(days=30)
"""As long as somebody may come back to a form half filled in."""
EVERY = 3600.0
log = structlog.get_logger()


class Unclaimed:
    """Deletes the file while its row is held: who sends the form just then waits, and a crash leaves the row for the next time."""

    def __init__(self, sessions: Sessions, storage: Storage) -> None:
        self.sessions = sessions
        self.storage = storage

    async def run(self) -> None:
        """Look now and every hour."""
        while True:
            try:
                if gone := await self.look():
                    log.info("documents of forms never sent were deleted", count=gone)
            except (SQLAlchemyError, OSError, StorageAway) as away:
                log.warning("documents of forms never sent wait for the next hour", why=repr(away))
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Delete all that are older than KEPT_FOR by the database's clock; how many. Repeating it does no harm."""
        count = 0
        while old := await self._some():
            for id in old:
                async with self.sessions.begin() as session:
                    if await papers.let_go(session, id):
                        await self.storage.delete(id)
                        count += 1
        return count

    async def _some(self) -> list[str]:
        async with self.sessions() as session:
            now: datetime = (await session.exec(select(func.clock_timestamp()))).one()
            return [row.id for row in await papers.unclaimed(session, now - KEPT_FOR)]
