"""A worker whose clock is wrong by what a file says: `python -m drills.shifted_worker FILE`. What Temporal's own library reads stays right."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

from activities import fanout
from config import load
from models import heartbeats
from worker import main

FILE = Path(sys.argv[-1])


class Shifted(datetime):
    """A clock that is wrong."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The wrong instant."""
        at = datetime.fromtimestamp(right(), UTC) + timedelta(seconds=off())
        return cls.fromtimestamp(at.timestamp(), tz)


def off() -> float:
    """Seconds by which it is wrong now."""
    return float(FILE.read_text(encoding="ascii"))


right = time.time

if __name__ == "__main__":
    for module in (fanout, heartbeats):
        vars(module)["datetime"] = Shifted
    time.time = lambda: right() + off()
    asyncio.run(main(load()))
