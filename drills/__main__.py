"""`python -m drills`: break real stacks on purpose, count, and say what was kept."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from drills.findings import say
from drills.lane import DRILLS, End, Lane, lanes, tally
from drills.stack import Chosen

AT_ONCE = 3
"""Most of a drill is waiting."""


def main() -> int:
    """Run the drills asked for, a few at a time, each lane in a process of its own; how many were broken."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing of a drill is left running
    given, began = asked(), time.monotonic()
    names = given.only or list(DRILLS)
    side_by_side = lanes(names, given.at_once)
    if len(side_by_side) == 1:
        chosen = Chosen(given.away, given.keep, given.many)
        ends = asyncio.run(Lane(chosen).run(side_by_side[0], range(given.seed, given.seed + given.times)))
    else:
        ends = asyncio.run(all_of(side_by_side, given))
    if given.lane:
        given.lane.write_text(json.dumps(ends))
    else:
        say(f"\n{tally(ends)}, {time.monotonic() - began:.0f} s")
    return min(ends[End.BROKEN], 100)


def asked() -> argparse.Namespace:
    """What was asked for on the command line."""
    reader = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    reader.add_argument("--only", choices=sorted(DRILLS), action="append", help="this drill; may be repeated")
    reader.add_argument("--seed", type=int, default=20260101, help="for everything left to chance")
    reader.add_argument(
        "--times", type=int, default=1, help="repeat each so often on its stack, each time with the next seed"
    )
    reader.add_argument("--away", type=float, default=Chosen.away, help="seconds a part stays away")
    reader.add_argument("--many", type=int, default=Chosen.many, help="requests where very many count; 10000 at most")
    reader.add_argument("--at-once", type=int, default=AT_ONCE, help="stacks that run side by side")
    reader.add_argument("--keep", action="store_true", help="keep the folder of each stack")
    reader.add_argument("--lane", type=Path, help=argparse.SUPPRESS)
    return reader.parse_args()


async def all_of(side_by_side: Sequence[Sequence[str]], given: argparse.Namespace) -> Counter[End]:
    """Every lane in a process of its own, which leaves in a file how its turns ended; how many ended how."""
    shared = ["--seed", given.seed, "--times", given.times, "--away", given.away, "--many", given.many]
    shared += ["--at-once", 1, *(["--keep"] if given.keep else [])]
    with tempfile.TemporaryDirectory(prefix="onewindow-lanes-") as folder:
        files = {Path(folder, str(lane)): names for lane, names in enumerate(side_by_side)}
        only = {file: [word for name in names for word in ("--only", name)] for file, names in files.items()}
        await run_all([list(map(str, [*only[file], *shared, "--lane", file])) for file in files])
        return sum((said(file, len(names) * given.times) for file, names in files.items()), Counter())


def said(file: Path, turns: int) -> Counter[End]:
    """How the turns of a lane ended by its own word; one that did not come to say it has broken all of them."""
    if not file.exists():
        return Counter({End.BROKEN: turns})
    return Counter({End(end): count for end, count in json.loads(file.read_text()).items()})


async def run_all(lines: Sequence[Sequence[str]]) -> None:
    """This program with each of these arguments, until all have ended."""
    runs = [await asyncio.create_subprocess_exec(sys.executable, "-m", "drills", *line) for line in lines]
    try:
        await asyncio.gather(*(run.wait() for run in runs))
    except asyncio.CancelledError:
        for run in runs:
            if run.returncode is None:
                run.terminate()
        await asyncio.gather(*(run.wait() for run in runs))
        raise


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # an interpreter that used a Temporal client and ends normally sometimes aborts after correct work
    os._exit(code)
