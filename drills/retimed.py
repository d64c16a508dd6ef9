"""New timings for everything open, at a set rate, with worker kills on the way, stopped half way, taken back, and applied again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from drills.copies import begun, copied
from drills.ending import counted
from drills.findings import Finding, none_of
from drills.many import PER_SECOND, registered, started
from drills.stack import Broken
from drills.timings import policy_of
from drills.turn import Turn
from drills.waiting import caught_up, until
from models.people import Staff
from models.requests import ServiceRequest, Task
from models.retiming import Choice, begin, steer, undo
from models.runs import GOING_ON, Run, Stage, progress
from rules.clocks import after
from rules.policy import calendar_of, timing_of

RATE = 1800
"""Requests a minute, so many at least that the longest list takes no more than some minutes."""
LONGEST = 200.0
"""Seconds the whole list takes at its rate."""
FILED = 300
"""So many are filed one by one; where it is more, the others are copies of these two sorts, each with a workflow of its own."""
OLDEST = 100
"""So many came long ago at the most: each of those goes up, one after the other, and that is told to three people."""
OLDER = timedelta(hours=7)
"""How long ago some of them came: their first tier is over under the new timings, and not under the old. No other ends meanwhile."""
CATEGORY = "transformer"
"""No other drill that leaves its stack to this one files it, so that the list has none but ours."""
OLD = """[complaint.transformer]
accept = "none"
tiers = ["12h", "4h", "4h"]
standard = "20h"
calendar = "round-the-clock"
"""
NEW = OLD.replace('"12h"', '"6h"')


class Retiming:
    """The requests of a turn, and the lists that go through them."""

    def __init__(self, turn: Turn, many: int) -> None:
        self.turn = turn
        self.stack = turn.stack
        self.sessions = turn.sessions
        self.many = many
        self.rate = max(RATE, round(many * 60 / LONGEST))
        self.chance = turn.chance

    async def killed_on_the_way(self, number: int, shares: tuple[float, ...], stop_at: float | None = None) -> None:
        """Kill the worker as soon as each of these shares is done; stop the list at `stop_at`, or let it end."""
        for share in shares:
            await self.done(number, share)
            self.stack.kill("worker")
        if stop_at is None:
            await self.ended(number)
        else:
            await self.done(number, stop_at)
            await self.stopped(number)

    async def stopped(self, number: int) -> None:
        """Stop a list as an administrator does, and let what is on its way come to its end."""
        async with self.sessions.begin() as session:
            person = (await session.exec(select(Staff.id).limit(1))).one()
            await steer(session, number, person or 0, datetime.now(UTC), to=Stage.STOPPED)
        await asyncio.sleep(2)

    async def begun(self, how: Callable[[AsyncSession], Awaitable[int]]) -> int:
        """Begin one; its number."""
        async with self.sessions.begin() as session:
            return await how(session)

    async def done(self, number: int, share: float) -> None:
        """Wait until this share of the list has an outcome."""

        async def far() -> float:
            async with self.sessions() as session:
                found = await progress(session, number)
            return found.done / max(found.total, 1)

        reached, _ = await until(far, lambda part: part >= share, self.patience)
        if reached < share:
            raise Broken(f"list {number} was {reached:.0%} done, not {share:.0%}")

    async def ended(self, number: int) -> None:
        """Wait until the list is done."""

        async def going() -> bool:
            async with self.sessions() as session:
                row = await session.get(Run, number)
            return row is not None and row.state in GOING_ON

        still, _ = await until(going, lambda on: not on, self.patience)
        if still:
            raise Broken(f"list {number} did not come to its end")

    @property
    def patience(self) -> float:
        return 90 + self.many * 60 / self.rate * 4 + min(self.many // 3, OLDEST) / PER_SECOND

    async def versions(self) -> dict[str, tuple[int, int, datetime | None, datetime]]:
        """Version, tier, due instant and the tier's beginning of each of ours."""
        ours = col(Task.reference).in_(self.turn.promised.numbers.values())
        asked = select(ServiceRequest, Task).join(Task, col(Task.reference) == col(ServiceRequest.reference))
        async with self.sessions() as session:
            rows = (await session.exec(asked.where(ours, col(Task.done_at).is_(None)))).all()
        return {row.reference: (row.policy_version, task.tier, task.due, task.entered) for row, task in rows}

    async def wrong(self) -> list[str]:
        """Requests whose due instant is not what the version they are under makes of their tier's beginning."""
        found = await self.versions()
        policies = {number: await policy_of(self.sessions, number) for number in {row[0] for row in found.values()}}
        wrong = []
        for reference, (version, tier, due, entered) in found.items():
            timing = timing_of(policies[version], CATEGORY, "urban")
            if due != after(timing.tiers[tier - 1], entered, calendar_of(policies[version], timing)):
                wrong.append(f"{reference}: tier {tier} due {due}")
        return wrong


async def drill(turn: Turn) -> list[Finding]:
    """Apply and stop, take back, apply to the end; the worker is killed on each way."""
    old, many = await turn.timings(OLD), max(turn.chosen.many // 3, 30)
    numbers = await opened(turn, many)
    turn.promised.numbers = {turn.key(one): number for one, number in enumerate(numbers)}
    turn.did("beginning all")
    found = await worked(Retiming(turn, many), old, await turn.timings(NEW))
    return [*found, *await counted(turn, 90)]


async def opened(turn: Turn, many: int) -> list[str]:
    """So many open requests with their workflows, some of them older than the others; their numbers."""
    older, now = min(many // 3, OLDEST), datetime.now(UTC)
    filed = (1, 1) if many > FILED else (older, many - older)
    old = await registered(turn.sessions, filed[0], CATEGORY, now - OLDER, turn.key("older"))
    new = await registered(turn.sessions, filed[1], CATEGORY, now, turn.key("newer"))
    await started(turn.sessions, [*old, *new])
    if many > FILED:
        await caught_up(turn.sessions, 60)
        place = turn.luck("copies").randrange(20, 90) * 1_000_000
        old += await copied(turn.sessions, old[0], older - 1, place)
        new += await copied(turn.sessions, new[0], many - older - 1, place + OLDEST)
        await begun(turn.sessions)
    return [*old, *new]


async def worked(work: Retiming, old: int, new: int) -> list[Finding]:
    """What is found after each of the three ways."""
    chance, many, now = work.chance, work.many, datetime.now(UTC)
    number = await work.begun(lambda session: begin(session, new, Choice(category=CATEGORY), None, now, work.rate))
    await work.killed_on_the_way(number, (chance.uniform(0.05, 0.2), chance.uniform(0.25, 0.4)), stop_at=0.5)
    half, wrong_half = await work.versions(), await work.wrong()
    moved = [one for one, row in half.items() if row[0] == new]
    work.turn.did("half of them")
    back = await work.begun(lambda session: undo(session, number, None, now))
    await work.killed_on_the_way(back, (chance.uniform(0.2, 0.7),))
    undone, wrong_undone = await work.versions(), await work.wrong()
    work.turn.did("taken back")
    again = await work.begun(lambda session: begin(session, new, Choice(category=CATEGORY), None, now, work.rate))
    await work.killed_on_the_way(again, (chance.uniform(0.2, 0.7),))
    whole, wrong_whole = await work.versions(), await work.wrong()
    work.turn.did("applied again")
    stopped = Finding(
        "stopped half way", 0.4 * many <= len(moved) < many, f"{len(moved)} of {many} under the new timings"
    )
    return [
        stopped,
        none_of("stopped: due instants not those of their version", wrong_half, many),
        none_of(
            "taken back: not under the version they had", [one for one, row in undone.items() if row[0] != old], many
        ),
        none_of("taken back: due instants not those of their version", wrong_undone, many),
        none_of("applied again: not under the new version", [one for one, row in whole.items() if row[0] != new], many),
        none_of("applied again: due instants not those of their version", wrong_whole, many),
    ]
