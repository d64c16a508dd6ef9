"""Drills one after the other, on one stack for as long as it fits and is well."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from enum import StrEnum
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
from drills.findings import say, show
from drills.stack import Chosen, Stack, running
from drills.turn import Drill, Turn

DRILLS: Mapping[str, Drill] = MappingProxyType(
    {
        "busy-minute": Drill(busy_minute.drill, 100),
        "temporal-away": Drill(temporal_away.drill, 40),
        "database-away": Drill(database_away.drill, 35),
        "twice": Drill(twice.drill, 70),
        "withdrawn": Drill(withdrawn.drill, 80),
        "clock-jumps": Drill(clock_jumps.drill, 65),
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


class End(StrEnum):
    """How a turn ends: every promise kept, one broken (or it failed on the way), or this machine does not let it be carried out."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_CARRIED_OUT = "not carried out"


Opening = Callable[[Chosen], AbstractAsyncContextManager[Stack]]


class Lane:
    """One stack at a time, and what runs on it."""

    def __init__(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.opening: Opening | None = None
        self.stack: Stack | None = None
        self.open = AsyncExitStack()

    async def run(self, names: Iterable[str], seeds: Sequence[int]) -> Counter[End]:
        """Each of these with each seed; how many turns ended how."""
        all_ends: Counter[End] = Counter()
        try:
            for name in names:
                ends = Counter([await self.ended(name, seed) for seed in seeds])
                all_ends += ends
                if len(seeds) > 1:
                    say(f"\n{name}: {tally(ends)}, seeds {seeds[0]} to {seeds[-1]}")
            return all_ends
        finally:
            await self.leave()

    async def ended(self, name: str, seed: int) -> End:
        """One turn, shown; how it ended. One that failed on the way is broken."""
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
            say(f"\n{called}: {End.NOT_CARRIED_OUT}, {why}")
            return End.NOT_CARRIED_OUT
        except Exception:  # whatever one stumbles over, the others are carried out
            say(f"\n{called}: could not be carried out, {time.monotonic() - began:.0f} s", traceback.format_exc())
            good = False
        if self.stack and not good:
            self.stack.keep = True
        if drill.last or not good:
            await self.leave()
        return End.KEPT if good else End.BROKEN

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


def tally(ends: Counter[End]) -> str:
    """How many turns were kept, in words; those not carried out are said beside it."""
    left = ends[End.NOT_CARRIED_OUT]
    return f"{ends[End.KEPT]} of {ends.total()} turns kept" + (f", {left} {End.NOT_CARRIED_OUT}" if left else "")


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
