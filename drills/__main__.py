"""`python -m drills`: break real stacks on purpose, count, and say what was kept."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from drills import busy_minute, database_away, everything_killed, restored, smtp_away, temporal_away, withdrawn
from drills.findings import Finding, say, show
from drills.people import NotTaken
from drills.stack import Broken, Chosen

Drill = Callable[[Chosen], Coroutine[Any, Any, list[Finding]]]
DRILLS: Mapping[str, Drill] = {
    "everything-killed": everything_killed.drill,
    "busy-minute": busy_minute.drill,
    "temporal-away": temporal_away.drill,
    "database-away": database_away.drill,
    "smtp-away": smtp_away.drill,
    "restored": restored.drill,
    "withdrawn": withdrawn.drill,
}


def main() -> int:
    """Run the drills asked for, one after the other; 0 when every promise was kept."""
    reader = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    reader.add_argument("--only", choices=sorted(DRILLS), action="append", help="this drill; may be repeated")
    reader.add_argument("--seed", type=int, default=Chosen.seed, help="for everything left to chance")
    reader.add_argument("--away", type=float, default=Chosen.away, help="seconds a part stays away")
    reader.add_argument("--keep", action="store_true", help="keep the folder of each drill")
    given = reader.parse_args()
    chosen = Chosen(given.seed, given.away, given.keep)
    kept = [one(name, chosen) for name in given.only or DRILLS]
    return 0 if all(kept) else 1


def one(name: str, chosen: Chosen) -> bool:
    """Run one drill and show what it found; whether every promise was kept."""
    began = time.monotonic()
    try:
        found = asyncio.run(DRILLS[name](chosen))
    except (Broken, NotTaken) as broken:
        say(f"\n{name}: could not be carried out: {broken}")
        return False
    return show(name, found, time.monotonic() - began)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # an interpreter that used a Temporal client and ends normally sometimes aborts after correct work
    os._exit(code)
