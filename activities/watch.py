"""Watches the bounds of trust in the clock: a loop in every worker, of which one at a time looks and queues the mail."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models import alarms, trust
from models.database import Sessions, database_now
from rules.alarms import Watched, broken, news

EVERY = 20.0
log = structlog.get_logger(__name__)


class Watch:
    """Needs the database alone, so it also tells while Temporal is away."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def run(self) -> None:
        """Look for ever; while the database is away there is nobody to look and nowhere to queue."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as away:
                log.warning("the bounds were not looked at", why=type(away).__name__)

    async def look(self, now: datetime | None = None) -> bool:
        """Look once, by the database's clock unless `now` is given; whether a mail was queued.

        What was told is kept in the transaction of its mails. Nobody is told, and nothing kept, while there is no address.
        """
        async with self.sessions.begin() as session:
            row = await alarms.my_turn(session)
            if row is None or not row.addresses:
                return False
            at = now or await database_now(session)
            values = trust.values(await trust.readings(session, at))
            bounds = alarms.settings_of(row).bounds
            told = frozenset(map(Watched, row.told))
            said = news(told, broken(values, bounds), row.mailed_at, at, bounds.apart.timedelta)
            if said is None:
                return False
            await alarms.tell(session, row, said, values, at)
        log.warning("alarm", broken=sorted(said.broken), well=sorted(said.well), still=sorted(said.still))
        return True
