"""`python -m bench`: measure rows against their limits, in minutes, and keep the figures."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from bench import eid, flow, intake, queue, team, track, watchers, what_if, whole
from bench.figures import Figures, Wrong, keep, machine, show
from bench.room import Room, room
from bench.rounds import Chosen

ROWS: Mapping[str, Callable[[Room, Chosen], Awaitable[list[Figures]]]] = {
    "track": track.measured,
    "intake": intake.measured,
    "queue": queue.measured,
    "team": team.measured,
    "watchers": watchers.measured,
    "what-if": what_if.measured,
    "whole": whole.measured,
    "flow": flow.measured,
    "eid": eid.measured,
}
"""Those with a room or a stack of their own come last; what-if fills the room they share with what was closed."""
AT_MOST = 590.0
"""Seconds for all of it."""
PART = 150.0
"""Seconds for one row of many: one that does not end must not take the others' time."""


async def measured(names: Sequence[str], chosen: Chosen, found: list[Figures]) -> list[str]:
    """The rows asked for, one after the other in one room, each as it comes into `found`; what could not be measured, and why."""
    ends, failed = asyncio.get_running_loop().time() + AT_MOST, list[str]()
    with tempfile.TemporaryDirectory(prefix="onewindow-bench-") as folder:
        async with room(Path(folder), chosen.many) as there:
            for name in names:
                began = asyncio.get_running_loop().time()
                try:
                    async with asyncio.timeout(min(ends - began, AT_MOST if chosen.alone else PART)):
                        found += await ROWS[name](there, chosen)
                except (Wrong, TimeoutError) as wrong:
                    failed.append(f"{name}: {wrong or 'it took too long'}")
                said = failed[-1] if failed and failed[-1].startswith(f"{name}:") else found[-1].row
                sys.stderr.write(f"{said} ({asyncio.get_running_loop().time() - began:.0f} s)\n")
    return failed


def main() -> int:
    """Measure, show, keep; 0 when every answer was right, whether or not the promise is reached."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing that was started is left running
    reader = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    reader.add_argument("--only", choices=sorted(ROWS), action="append", help="this row; may be repeated")
    reader.add_argument("--rounds", type=int, default=Chosen.rounds)
    reader.add_argument("--seconds", type=float, default=Chosen.seconds, help="of each round")
    reader.add_argument("--many", type=int, default=Chosen.many, help="open requests: 100, 1000, 10000")
    reader.add_argument("--out", type=Path, default=Path("bench.json"), help="where the figures are kept")
    given = reader.parse_args()
    on, found, names = machine(), list[Figures](), given.only or list(ROWS)
    failed = ["not all of it was measured"]
    try:
        chosen = Chosen(given.rounds, given.seconds, given.many, alone=len(names) == 1)
        failed = asyncio.run(measured(names, chosen, found))
    finally:
        show(found, on)
        keep(found, on, given.many, given.out)
    for one in failed:
        sys.stderr.write(f"not measured: {one}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
