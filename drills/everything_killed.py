"""Killed with due instants some seconds away and started again later: the same instants, one escalation, one message each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import case
from sqlmodel import col, func, select

from drills.auditor import histories, lateness
from drills.ending import counted
from drills.findings import Finding, none_of, spread, within
from drills.messages import by_sender, caught_in
from drills.people import Caller
from drills.stack import Broken, Chosen, Stack, running
from drills.turn import Turn
from drills.waiting import until
from models.database import Sessions
from models.events import Event
from models.outbox import Attempt, Notification
from models.requests import Task
from rules.terms import EventKind, NoticeKind

KILLED = ("worker", "temporal", "postgres", "all")
AWAY = 6.0
"""Seconds a part stays away at the least: a tier must be able to run out within them."""
SOON = 20.0
"""Seconds at the most from filing to the first of them: of a whole minute away it is due in the first third."""
BEFORE = 1.0
"""Seconds, at the most, from when all have a handler to the kill."""
LONGEST = 30.0
"""Seconds after the last tier's time in which it must have ended."""
SLACK = {"worker": 15.0, "temporal": 10.0, "postgres": 5.0, "all": 15.0}
"""Seconds the published lateness may differ from the time the stack was away past the due instant. What a killed worker had
in its hand goes on after at most fifteen; Temporal's client asks again after at most ten."""
TIMING = """[complaint.{category}]
accept = "none"
tiers = ["{seconds}s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""


@dataclass(frozen=True)
class Watched:
    """One absence and what was watched over it: due instants by reference before it and after it, at `looked`, and all lines."""

    part: str
    killed: datetime
    back: datetime
    looked: datetime
    before: Mapping[str, datetime | None]
    after: Mapping[str, datetime | None]
    lines: Mapping[str, Sequence[Event]]

    @property
    def moves(self) -> list[Event]:
        """The escalations of what was filed before the kill."""
        return [line for lines in self.lines.values() for line in lines if line.kind == EventKind.ESCALATED]


def among_others(chosen: Chosen) -> AbstractAsyncContextManager[Stack]:
    """A stack with the demo's open requests, which must not notice anything."""
    return running(chosen, PROFILE="demo")


async def drill(turn: Turn) -> list[Finding]:
    """Kill worker, Temporal, PostgreSQL and everything, in an order left to chance; each stays away for a while."""
    away = max(turn.chosen.away, AWAY)
    due = dues(away)
    await turn.timings("\n".join(TIMING.format(category=name, seconds=time) for name, time in due.items()))
    found: list[Finding] = []
    for part in turn.chance.sample(KILLED, len(KILLED)):
        found += await killed(turn, part, away, due)
        turn.did(part)
    return [*found, *await counted(turn, 60)]


def dues(away: float) -> dict[str, int]:
    """Seconds of the first tier, by category: due within the absence, and some seconds after it began to end."""
    return {"no-supply": round(min(away * 0.8, SOON)), "voltage": round(away + 2), "transformer": round(away + 5)}


async def killed(turn: Turn, part: str, away: float, due: Mapping[str, int]) -> list[Finding]:
    """File, wait a little, kill, stay away, start again, and compare."""
    stack, sessions, caller = turn.stack, turn.sessions, Caller(turn.stack)
    keys = {turn.key(part, category): category for category in due}
    given = await asyncio.gather(*(caller.filed(key, category) for key, category in keys.items()))
    turn.promised.numbers |= dict(zip(keys, given, strict=True))
    before, _ = await until(lambda: due_instants(sessions), lambda due: set(given) <= set(due), LONGEST)
    if not set(given) <= set(before):
        raise Broken(f"what was filed was given to nobody within {LONGEST:.0f} s")
    await asyncio.sleep(turn.chance.uniform(0, BEFORE))
    killed = datetime.now(UTC)
    async with gone(stack, part):
        await asyncio.sleep(away)
    back = await stack.back()
    lines, _ = await until(lambda: lines_of(sessions, given), _all_moved, max(due.values()) + LONGEST)
    after = await due_instants(sessions)
    watched = Watched(part, killed, back, datetime.now(UTC), before, after, lines)
    told, _ = await until(lambda: messages(stack, sessions, watched.moves), _each_once, 40)
    return [*same_instants(watched, given), *as_late_as_away(watched), *each_told_once(watched, told)]


@asynccontextmanager
async def gone(stack: Stack, part: str) -> AsyncIterator[None]:
    """Kill a part, or everything, for as long as the block lasts."""
    if part != "all":
        async with stack.away(part, "killed"):
            yield
        return
    stack.kill_all()
    yield
    await stack.start()


async def due_instants(sessions: Sessions) -> dict[str, datetime | None]:
    """When every open task goes up by its own clock, by its request's reference: at its due instant, or before where nobody takes it up."""
    untaken = case((col(Task.accepted_at).is_(None), col(Task.accept_by)))
    async with sessions() as session:
        asked = select(Task.reference, func.least(col(Task.due), untaken)).where(col(Task.done_at).is_(None))
        rows = await session.exec(asked)
        return dict(rows.all())


async def lines_of(sessions: Sessions, references: Collection[str]) -> dict[str, list[Event]]:
    """The history of each of these requests."""
    async with sessions() as session:
        return await histories(session, references)


def _all_moved(lines: Mapping[str, Sequence[Event]]) -> bool:
    return all(any(line.kind == EventKind.ESCALATED for line in of) for of in lines.values())


async def messages(stack: Stack, sessions: Sessions, moves: Sequence[Event]) -> dict[str, int]:
    """How often each message about these escalations arrived, by recipient and channel; once where a storm keeps it for later.

    An officer who is told of very many hears of the others in one message.
    """
    numbers = {(move.reference, move.number) for move in moves}
    async with sessions() as session:
        asked = select(Notification, Attempt).join(Attempt, isouter=True)
        rows = (await session.exec(asked.where(Notification.kind == NoticeKind.ESCALATED))).all()
    came = {id: len(times) for id, times in by_sender(caught_in(stack.messages)).items()}
    told: dict[str, int] = {}
    for row, attempt in rows:
        if (row.reference, row.number) not in numbers:
            continue
        if attempt is None:
            told |= {f"{row.key}/{channel}": int(row.together) for channel in row.channels}
        else:
            told[f"{row.key}/{attempt.channel}"] = came.get(attempt.sender_id or "", 0)
    return told


def _each_once(told: Mapping[str, int]) -> bool:
    return all(times == 1 for times in told.values())


def same_instants(watched: Watched, given: Collection[str]) -> list[Finding]:
    """Each due instant as it was, escalated once; every other open request as it was, and none gone that had one.

    One that stood still, waiting for its consumer, may close by its own clock meanwhile, and one whose own time was over
    by then has gone up by it.
    """
    moves = Counter(move.reference for move in watched.moves)
    other = [
        number
        for number in given
        if {m.due for m in watched.lines[number] if m in watched.moves} != {watched.before[number]}
    ]
    rest = {number: due for number, due in watched.before.items() if number not in given}
    moved = [
        number
        for number, due in rest.items()
        if number in watched.after and watched.after[number] != due and not (due and due <= watched.looked)
    ]
    gone = [number for number, due in rest.items() if due and number not in watched.after]
    return [
        none_of(f"{watched.part}: escalated not at all or twice", [n for n in given if moves[n] != 1], len(given)),
        none_of(f"{watched.part}: due instants other than before", other, len(given)),
        none_of(f"{watched.part}: next_due of other requests changed", moved, len(rest)),
        none_of(f"{watched.part}: other requests no longer open", gone, len(rest)),
    ]


def as_late_as_away(watched: Watched) -> list[Finding]:
    """The published lateness is the time the stack was away past the due instant; what went up before the kill owes nothing to it."""
    moves = [move for move in watched.moves if move.recorded >= watched.killed]
    late = lateness(moves)
    owed = [max((watched.back - move.due).total_seconds(), 0.0) for move in moves if move.due]
    apart = max((abs(one - other) for one, other in zip(late, owed, strict=True)), default=None)
    return [
        spread(f"{watched.part}: lateness", late),
        within(f"{watched.part}: lateness differs from the time away", apart, SLACK[watched.part]),
    ]


def each_told_once(watched: Watched, told: Mapping[str, int]) -> list[Finding]:
    """One message to each recipient by each channel."""
    wrong = [f"{key} came {times} times" for key, times in told.items() if times != 1]
    recipients = Counter(key.split("/")[0] for key in told)
    short = [move.reference for move in watched.moves if recipients[move.reference] < 6]
    return [
        none_of(f"{watched.part}: messages not exactly once", wrong, len(told)),
        none_of(f"{watched.part}: escalations not told to all three", short, len(watched.moves)),
    ]
