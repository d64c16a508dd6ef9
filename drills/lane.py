"""Drills one after the other, on one stack for as long as it fits and is well."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import MappingProxyType

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
from drills.stack import Chosen, Stack, running
from drills.turn import Drill, Turn

DRILLS: Mapping[str, Drill] = MappingProxyType(
    {
        "busy-minute": Drill(busy_minute.drill, 100),
        "temporal-away": Drill(temporal_away.drill, 40),
        "database-away": Drill(database_away.drill, 35),
        "twice": Drill(twice.drill, 70),
        "withdrawn": Drill(withdrawn.drill, 80),
        "clock-jumps": Drill(clock_jumps.drill, 50),
        "feeder-trip": Drill(feeder_trip.drill, 100),
        "many-due": Drill(many_due.drill, 110),
        "retimed": Drill(retimed.drill, 120, last=True),
        "restored": Drill(restored.drill, 90, last=True),
        "everything-killed": Drill(everything_killed.drill, 130, everything_killed.among_others),
        "smtp-away": Drill(smtp_away.drill, 15, smtp_away.mailless),
        "bad-mail": Drill(bad_mail.drill, 60, smtp_away.mailless),
        "disk-full": Drill(disk_full.drill, 50, disk_full.on_a_small_disk),
    }
)
"""Those that share a stack stand together, and one that is the last on its stack stands behind the others on it."""
Opening = Callable[[Chosen], AbstractAsyncContextManager[Stack]]


class Lane:
    """One stack at a time, and what runs on it."""

    def __init__(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.opening: Opening | None = None
        self.stack: Stack | None = None
        self.open = AsyncExitStack()

    async def run(self, names: Iterable[str], seeds: Sequence[int]) -> int:
        """Each of these with each seed; how many turns were broken."""
        broken = 0
        try:
            for name in names:
                kept = [await self.kept(name, seed) for seed in seeds]
                broken += kept.count(False)
                if len(seeds) > 1:
                    say(f"\n{name}: {kept.count(True)} of {len(seeds)} turns kept, seeds {seeds[0]} to {seeds[-1]}")
            return broken
        finally:
            await self.leave()

    async def kept(self, name: str, seed: int) -> bool:
        """One turn, shown; whether every promise was kept. What could not be carried out was not."""
        began, called, drill = time.monotonic(), f"{name}, seed {seed}", DRILLS[name]
        try:
            stack = await self.on(drill.stack)
            starting = time.monotonic() - began
            async with stack.sessions() as sessions:
                turn = Turn(stack, sessions, self.chosen, seed)
                await turn.timings()
                found = await drill.turn(turn)
            good = show(called, found, time.monotonic() - began, {"starting": starting, **turn.phases})
        except disk_full.NoDisk as why:
            return show(called, [Finding("carried out", True, f"no: {why}")], time.monotonic() - began, {})
        except Exception:  # whatever one stumbles over, the others are carried out
            say(f"\n{called}: could not be carried out, {time.monotonic() - began:.0f} s", traceback.format_exc())
            good = False
        if self.stack and not good:
            self.stack.keep = True
        if drill.last or not good:
            await self.leave()
        return good

    async def on(self, opening: Opening) -> Stack:
        """A stack of this sort: the one that is there, or a new one."""
        if self.stack is None or self.opening is not opening:
            await self.leave()
            self.stack, self.opening = await self.open.enter_async_context(opening(self.chosen)), opening
        return self.stack

    async def leave(self) -> None:
        """Stop the stack."""
        self.stack = None
        await self.open.aclose()


def lanes(names: Iterable[str], many: int) -> list[list[str]]:
    """These drills in at most so many lanes that end about together, in each those of one stack behind each other."""
    places = list(DRILLS)
    found: list[list[str]] = [[] for _ in range(many)]
    for together in sorted(_groups(names), key=seconds, reverse=True):
        min(found, key=seconds).extend(together)
    return [sorted(lane, key=places.index) for lane in found if lane]


def seconds(names: Iterable[str]) -> float:
    """About how long these take, one after the other."""
    return sum(DRILLS[name].seconds for name in names)


def _groups(names: Iterable[str]) -> list[list[str]]:
    """Those that need a stack of their own sort together; each of the others by itself."""
    groups: dict[object, list[str]] = {}
    for name in names:
        stack = DRILLS[name].stack
        groups.setdefault(name if stack is running else stack, []).append(name)
    return list(groups.values())
