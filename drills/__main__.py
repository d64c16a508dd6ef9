"""`python -m drills`: break real stacks on purpose, count, and say what was kept."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from drills import everything_killed
from drills.findings import Finding, say, show
from drills.stack import Broken

Drill = Callable[[int, float], Coroutine[Any, Any, list[Finding]]]
DRILLS: Mapping[str, Drill] = {
    "everything-killed": everything_killed.drill,
}


def main() -> int:
    """Run the drills asked for, one after the other; 0 when every promise was kept."""
    reader = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    reader.add_argument("--only", choices=sorted(DRILLS), action="append", help="this drill; may be repeated")
    reader.add_argument("--seed", type=int, default=20260101, help="for everything left to chance")
    reader.add_argument("--away", type=float, default=15.0, help="seconds a part stays away")
    given = reader.parse_args()
    names = given.only or list(DRILLS)
    kept = [one(name, given.seed, given.away) for name in names]
    return 0 if all(kept) else 1


def one(name: str, seed: int, away: float) -> bool:
    """Run one drill and show what it found; whether every promise was kept."""
    began = time.monotonic()
    try:
        found = asyncio.run(DRILLS[name](seed, away))
    except Broken as broken:
        say(f"\n{name}: could not be carried out: {broken}")
        return False
    return show(name, found, time.monotonic() - began)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # an interpreter that used a Temporal client and ends normally sometimes aborts after correct work
    os._exit(code)
