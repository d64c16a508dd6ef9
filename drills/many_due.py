"""Very many tiers run out in the same instant, with two workers of whom one is killed in the midst of it: each once, none lost.

None stands still for longer than the kill explains. The other worker goes on: between two tiers ended after the kill no more
time passes than Temporal waits for the worker that had the request before, and a while. What was in the killed one's hand, by
Temporal's own histories, others may do after fifteen seconds at the most. It is ended by then; or, as it is in line again, with
the last of the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sqlmodel import col, func, select

from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.hands import in_hand
from drills.many import begun_in_a_second, registered, started
from drills.turn import Turn
from drills.waiting import until
from models.database import Sessions
from models.events import Event
from rules.terms import EventKind

BEFORE = 20.0
"""Seconds more than beginning them all takes until the instant at which all are due."""
BEFORE_REMINDERS = 0.75
"""The part of the time until that instant in which nobody is reminded, and all are to be begun."""
ESCALATIONS_PER_SECOND = 5
"""What two workers on a busy machine do at the least, with all the messages about it."""
IN_HAND = timedelta(seconds=15)
"""What was in the hand of a killed worker goes on after so long at the most."""
STICKY = 3.0
"""Seconds for which a step waits for the worker that had the request before."""
A_WHILE = 3.0
"""Seconds in which a busy machine may end no tier at all; or twice as long as it did not just before the kill."""
JUST_BEFORE = timedelta(seconds=5)
LOOKED_INTO = 500
"""Of how many that were left at the kill, the oldest first, Temporal's history is read."""
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["{seconds}s", "4h", "4h"]
standard = "8h"
calendar = "round-the-clock"
"""


async def drill(turn: Turn) -> list[Finding]:
    """Measure how quickly requests are begun, register them all, wait for the instant at which they are due, kill one worker, count."""
    many = max(turn.chosen.many // 3, 30)
    pace = await begun_in_a_second(turn)
    turn.did("measuring")
    seconds = round(BEFORE + many / pace / BEFORE_REMINDERS)
    await turn.timings(TIMINGS.format(seconds=seconds))
    at = datetime.now(UTC)
    numbers = await registered(turn.sessions, many, "no-supply", at, turn.key("many"))
    turn.promised.numbers |= {turn.key("many", one): number for one, number in enumerate(numbers)}
    async with turn.stack.second_worker() as second:
        begun = await started(turn.sessions, numbers)
        turn.did("beginning all")
        pause = (at + timedelta(seconds=seconds) - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(pause, 0) + turn.chance.uniform(0.5, 3))
        turn.did("until due")
        killed = turn.stack.pids()["worker"] if turn.chance.random() < 0.5 else second
        turn.stack.kill_process(killed)
        at_the_kill = turn.stack.kills[-1].at
        enough = allowed(many, begun)
        climbed, took = await until(lambda: escalated(turn.sessions, numbers), lambda count: count >= many, enough)
        turn.did("climbing")
    ended = await ends(turn.sessions, numbers)
    left = [number for number in numbers if ended.get(number, at_the_kill) >= at_the_kill][:LOOKED_INTO]
    held = await in_hand(turn.stack, left, killed, at_the_kill)
    turn.did("reading histories")
    return [
        Finding("all had a handler after", True, f"{begun:.0f} s, {len(numbers) / begun:.1f} a second"),
        none_of("tiers not climbed", ["…"] * (many - climbed), many),
        within("all climbed after the kill", took if climbed >= many else None, round(enough, 1)),
        *after_the_kill(ended, held, at_the_kill),
        *await counted(turn, enough),
    ]


def allowed(many: int, begun: float) -> float:
    """Seconds so many escalations may take: a minute more than at the least rate, or than twice as long as beginning them just took."""
    return 60 + max(many / ESCALATIONS_PER_SECOND, 2 * begun)


def after_the_kill(ended: Mapping[str, datetime], held: Mapping[str, datetime], killed: datetime) -> list[Finding]:
    """Whether the others went on, and what was in the killed one's hand too.

    `ended`: the instant at which each tier's end was recorded; `held`: that at which what was in hand was given to others.
    """
    others = sorted(at for number, at in ended.items() if number not in held)
    before = [at for at in others if at <= killed]
    after = [killed, *(at for at in others if at > killed)]
    just_before = [at for at in before if killed - at < JUST_BEFORE]
    enough = STICKY + max(A_WHILE, 2 * longest([*just_before, killed]))
    last = max(killed + IN_HAND, after[-1] + timedelta(seconds=enough))
    late = {number: (ended[number] - killed).total_seconds() for number in sorted(held.keys() & ended)}
    again = (max(held.values(), default=killed) - killed).total_seconds()
    told = none_of("in the killed one's hand and not ended in time", [n for n in late if ended[n] > last], len(held))
    figure = f"{told.figure}, the last after {max(late.values(), default=0.0):.2f} s"
    return [
        Finding("ended before the kill, and left to the other", len(after) > 1, f"{len(before)}, {len(after) - 1}"),
        within("the other worker's longest standstill after the kill", longest(after), enough),
        within("what was in the killed one's hand, given up for others after", again, IN_HAND.total_seconds()),
        Finding(
            told.what, told.good, f"{figure} (the last of the others {(after[-1] - killed).total_seconds():.2f} s)"
        ),
    ]


def longest(instants: Sequence[datetime]) -> float:
    """Seconds between the two of these, in order, that lie furthest apart."""
    return max(((one - other).total_seconds() for other, one in pairwise(instants)), default=0.0)


async def ends(sessions: Sessions, numbers: Sequence[str]) -> dict[str, datetime]:
    """When the end of each one's first tier was recorded."""
    asked = select(Event.reference, func.min(Event.recorded)).group_by(col(Event.reference))
    ours = asked.where(col(Event.kind) == EventKind.ESCALATED, col(Event.reference).in_(numbers))
    async with sessions() as session:
        return dict((await session.exec(ours)).all())


async def escalated(sessions: Sessions, numbers: Sequence[str]) -> int:
    """How many of these went up."""
    asked = select(func.count(func.distinct(col(Event.reference))))
    ours = asked.where(col(Event.kind) == EventKind.ESCALATED, col(Event.reference).in_(numbers))
    async with sessions() as session:
        return (await session.exec(ours)).one()
