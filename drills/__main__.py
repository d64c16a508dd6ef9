"""`python -m drills`: break real stacks on purpose, count, and say what was kept."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from drills import (
    bad_mail,
    busy_minute,
    clock_jumps,
    database_away,
    disk_full,
    everything_killed,
    feeder_trip,
    many_due,
    restored,
    retimed,
    smtp_away,
    temporal_away,
    twice,
    withdrawn,
)
from drills.findings import Finding, say, show
from drills.people import NotTaken
from drills.stack import Broken, Chosen

Drill = Callable[[Chosen], Coroutine[Any, Any, list[Finding]]]
DRILLS: Mapping[str, Drill] = {
    "everything-killed": everything_killed.drill,
    "restored": restored.drill,
    "busy-minute": busy_minute.drill,
    "feeder-trip": feeder_trip.drill,
    "bad-mail": bad_mail.drill,
    "withdrawn": withdrawn.drill,
    "retimed": retimed.drill,
    "many-due": many_due.drill,
    "temporal-away": temporal_away.drill,
    "database-away": database_away.drill,
    "twice": twice.drill,
    "disk-full": disk_full.drill,
    "clock-jumps": clock_jumps.drill,
    "smtp-away": smtp_away.drill,
}
AT_ONCE = 3
"""Most of a drill is waiting."""


def main() -> int:
    """Run the drills asked for, a few at a time, each in a process of its own; 0 when every promise was kept."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing of a drill is left running
    given = asked()
    if given.only and len(given.only) == 1 and given.times == 1:
        return 0 if one(given.only[0], Chosen(given.seed, given.away, given.keep, given.many)) else 1
    began = time.monotonic()
    kept = asyncio.run(all_of(given))
    say(f"\n{sum(kept.values())} of {len(kept)} kept, {time.monotonic() - began:.0f} s")
    for name in (name for name, good in kept.items() if not good):
        say(f"  broken: {name}")
    return 0 if all(kept.values()) else 1


def asked() -> argparse.Namespace:
    """What was asked for on the command line."""
    reader = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    reader.add_argument("--only", choices=sorted(DRILLS), action="append", help="this drill; may be repeated")
    reader.add_argument("--seed", type=int, default=Chosen.seed, help="for everything left to chance")
    reader.add_argument("--times", type=int, default=1, help="run each so often, each time with the next seed")
    reader.add_argument("--away", type=float, default=Chosen.away, help="seconds a part stays away")
    reader.add_argument("--many", type=int, default=Chosen.many, help="requests where very many count; 10000 at most")
    reader.add_argument(
        "--at-once", type=int, default=AT_ONCE, help="drills that run side by side, each on its own stack"
    )
    reader.add_argument("--keep", action="store_true", help="keep the folder of each drill")
    return reader.parse_args()


async def all_of(given: argparse.Namespace) -> dict[str, bool]:
    """Whether each was kept, by name and seed; the longest begin first."""
    slots, kept = asyncio.Semaphore(given.at_once), dict[str, bool]()

    async def apart(name: str, seed: int) -> None:
        arguments = ["--only", name, "--seed", seed, "--away", given.away, "--many", given.many]
        arguments += ["--keep"] if given.keep else []
        async with slots:
            run = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "drills", *map(str, arguments), stdout=asyncio.subprocess.PIPE
            )
            try:
                said, _ = await run.communicate()
            except asyncio.CancelledError:
                run.terminate()
                await run.wait()
                raise
        kept[f"{name}, seed {seed}"] = run.returncode == 0
        say(said.decode(errors="replace").rstrip("\n"))

    names = given.only or list(DRILLS)
    await asyncio.gather(*(apart(name, given.seed + time) for time in range(given.times) for name in names))
    return kept


def one(name: str, chosen: Chosen) -> bool:
    """Run one drill and show what it found; whether every promise was kept."""
    began = time.monotonic()
    try:
        found = asyncio.run(DRILLS[name](chosen))
    except (Broken, NotTaken) as broken:
        say(f"\n{name}, seed {chosen.seed}: could not be carried out: {broken}")
        return False
    return show(f"{name}, seed {chosen.seed}", found, time.monotonic() - began)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # an interpreter that used a Temporal client and ends normally sometimes aborts after correct work
    os._exit(code)
