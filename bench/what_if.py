"""What other timings would do over ninety days, worked out over all open requests."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from bench.figures import Figures, Wrong
from bench.room import Room
from bench.rounds import Chosen
from models import database
from models.foretelling import foretold
from models.policy_versions import current
from rules.durations import Duration, Unit

PROMISED, OF = 10.0, 100_000
"""Seconds, for so many requests."""


async def measured(room: Room, chosen: Chosen) -> list[Figures]:
    """Seconds of a forecast, against the same share of the ten for a hundred thousand."""
    many, took = len(room.references), list[float]()
    opened = database.engine(room.url, pool=1)
    async with database.sessions_of(opened)() as session:
        policy = await current(session)
    await opened.dispose()
    timing = policy.timings["wrong-bill"]
    changed = replace(timing, tiers=(Duration(3, Unit.WORKING_DAYS), *timing.tiers[1:]))
    policy = replace(policy, timings={**policy.timings, "wrong-bill": changed})
    for _ in range(2):
        began = time.monotonic()
        found = await foretold(room.url, policy, datetime.now(UTC))
        took.append(time.monotonic() - began)
        if found["open"] != many:
            raise Wrong(f"it looked at {found['open']} of {many} requests")
    limit = max(PROMISED * many / OF, 1.0)
    return [
        Figures(
            f"what-if: {many:,} open requests", f"{PROMISED:g} s for {OF:,}", "s", 1.0, took, [limit] * 2, less=True
        )
    ]
