"""Claims in our hand: renewed for as long as their messages are being sent and marked, and given up when they are lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic

import structlog

from activities.claimed import Claimed
from activities.outbox_rows import LEASE, renew
from models.database import Sessions

EVERY = LEASE.total_seconds() / 6
"""Seconds between two renewals."""
ENOUGH = LEASE.total_seconds() / 3
"""Seconds a claim must still hold for a letter to be begun: about as long as its answer is waited for."""

log = structlog.get_logger(__name__)


class Held:
    """Claims made by a transaction that began at `since`, a reading of `monotonic`."""

    def __init__(self, sessions: Sessions, claimed: Sequence[Claimed], since: float) -> None:
        self.sessions = sessions
        self.claimed = claimed
        self.since = since

    def well(self) -> bool:
        """Whether the claims hold long enough for one more letter."""
        return monotonic() - self.since < LEASE.total_seconds() - ENOUGH

    async def renewed(self) -> None:
        """Renew them once; when one of them is somebody else's, none is relied on any more."""
        began = monotonic()
        try:
            async with self.sessions.begin() as session:
                ours = await renew(session, self.claimed)
        except Exception as failed:
            log.warning("claims not renewed", claims=len(self.claimed), error=repr(failed))
        else:
            self.since = began if ours else float("-inf")

    async def renewing(self) -> None:
        """Renew them again and again."""
        while True:
            await asyncio.sleep(EVERY)
            await self.renewed()


@asynccontextmanager
async def held(sessions: Sessions, claimed: Sequence[Claimed], since: float) -> AsyncIterator[Held]:
    """The claims, renewed for as long as the block lasts."""
    hand = Held(sessions, claimed, since)
    renewing = asyncio.create_task(hand.renewing())
    try:
        yield hand
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
