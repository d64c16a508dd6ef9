"""A worker or a web whose clock is wrong by what a file says: `python -m drills.shifted PART FILE`.

What Temporal's own library reads stays right.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

from config import load
from models import heartbeats

PART, FILE = sys.argv[-2:]


class Shifted(datetime):
    """A clock that is wrong."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The wrong instant."""
        at = datetime.fromtimestamp(right(), UTC) + timedelta(seconds=off())
        return cls.fromtimestamp(at.timestamp(), tz)


def off() -> float:
    """Seconds by which it is wrong now."""
    return float(Path(FILE).read_text(encoding="ascii"))


right = time.time


def worker() -> None:
    """The worker; its command for many says the instant."""
    import worker
    from activities import fanout

    vars(fanout)["datetime"] = Shifted
    asyncio.run(worker.main(load()))


def web() -> None:
    """The web, which says when a request was registered."""
    from web import app, start

    vars(start)["datetime"] = Shifted
    app.main()


if __name__ == "__main__":
    vars(heartbeats)["datetime"] = Shifted
    time.time = lambda: right() + off()
    {"worker": worker, "web": web}[PART]()
