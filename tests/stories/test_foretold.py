"""What was foretold happens: who goes up, to whom and at which instant, what each post carries then, and who keeps his time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest
from sqlmodel import col, select

from models.events import Event
from models.forecast import Forecast, forecast
from models.requests import Lapse, Task
from models.retiming import Outcome
from rules.durations import parse
from rules.ladder import Skip
from rules.policy import Policy
from rules.terms import Act, EventKind
from rules.whatif import HORIZON, Course
from tests.stories.busy import A_FEW, ALL, AWAY_FOR, CHARGED, DONE, busy_town, does, officers_act, standing
from tests.stories.test_retiming import begun, finished, halved, in_force, outcomes, tuned
from tests.sweeping import widened
from tests.timeline import Timeline

AHEAD = timedelta(days=4)
"""From Friday over a weekend and a holiday."""
WEEKS = 2
BUSIER = "a town six times as busy, through two weeks"
WHOLE = pytest.mark.sweep(BUSIER)
NOBODY: frozenset[str] = frozenset()


class Move(NamedTuple):
    """Somebody higher answers: of which request and stage, at which tier and post, from when, and who it is."""

    reference: str
    stage: str
    tier: int
    post: str
    at: datetime
    person: int | None


def told(course: Course, until: datetime, but: Collection[str] = NOBODY) -> list[Move]:
    """The moves of a course until then, without those of some requests."""
    moves = [
        Move(one.reference, one.stage, one.tier, one.post, one.at, one.person)
        for one in course.moves
        if one.at <= until and one.reference not in but
    ]
    return sorted(moves, key=lambda one: one[:-1])


async def moved(town: Timeline, since: datetime, until: datetime, but: Collection[str] = NOBODY) -> list[Move]:
    """Every escalation that really happened in between; whom it went to he who let his time lapse there, or has it still, tells."""
    async with town.sessions() as session:
        tasks = {one.id: one for one in (await session.exec(select(Task))).all()}
        lapsed = (await session.exec(select(Lapse).where(Lapse.at >= since).order_by(col(Lapse.id)))).all()
    whose = {(one.task_id, one.tier): one.person for one in lapsed}
    whose |= {(one.id, one.tier): one.answerable_person for one in tasks.values()}
    moves = []
    for event in await escalations(town, since, until):
        if event.reference not in but:
            task, tier = tasks[event.task_id or ""], event.data["tier"]
            who = whose.get((task.id, tier))
            moves.append(Move(event.reference, task.stage, tier, event.data["post"], event.at, who))
    return sorted(moves, key=lambda one: one[:-1])


async def escalations(town: Timeline, since: datetime, until: datetime) -> Sequence[Event]:
    """The lines of history that say so."""
    async with town.sessions() as session:
        asked = select(Event).where(Event.kind == EventKind.ESCALATED, Event.at >= since, Event.at <= until)
        return (await session.exec(asked)).all()


def agree(foretold: list[Move], real: list[Move]) -> bool:
    """Whether both are the same, move by move, to the instant; and whom it goes to, where the forecast names him."""
    assert [one[:-1] for one in foretold] == [one[:-1] for one in real]
    assert all(one.person in (None, other.person) for one, other in zip(foretold, real, strict=True))
    return True


async def carries(town: Timeline) -> Counter[tuple[str, str]]:
    """The open tasks each post answers for, by their requests."""
    async with town.sessions() as session:
        asked = select(Task.answerable, Task.reference).where(col(Task.done_at).is_(None))
        return Counter((await session.exec(asked)).all())


async def happens(town: Timeline, course: Course, ahead: timedelta = HORIZON) -> list[Move]:
    """Let time pass: the moves of the course happen, and each post carries what was foretold, at first and after the week."""
    at_first, at_last = course.carried
    await town.until(course.at)
    assert await carries(town) == at_first
    await town.until(course.at + ahead)
    assert ahead < HORIZON or await carries(town) == at_last
    foretold = told(course, town.now)
    assert agree(foretold, await moved(town, course.at, town.now))
    return foretold


async def foretold(town: Timeline, policy: Policy) -> Forecast:
    """What the timings would do."""
    async with town.sessions() as session:
        return await forecast(session, policy, town.now)


def holiday(policy: Policy, day: datetime) -> Policy:
    """That day is a holiday in every calendar that closes."""
    calendars = {
        code: one if one.never_closes else replace(one, holidays=one.holidays | {day.date()})
        for code, one in policy.calendars.items()
    }
    return replace(policy, calendars=calendars)


async def changed(town: Timeline) -> Forecast:
    """New timings and a holiday on the Tuesday, foretold and then applied to everything open."""

    def change(policy: Policy) -> Policy:
        return holiday(halved(policy), town.now + timedelta(days=4))

    what = await foretold(town, change(await in_force(town)))
    number = await begun(town, await tuned(town, change))
    await finished(town, number)
    assert set((await outcomes(town, number)).values()) <= {Outcome.MOVED, Outcome.ESCALATED}
    return what


async def all_is_there(town: Timeline) -> None:
    """The town is as busy as it has to be: so that what is foretold does not shrink unseen."""
    there = await standing(town)
    assert there["held"] >= 30
    assert min(there["dangerous"], there["reopened"], there["transferred"]) >= 2, there


async def unfilled(town: Timeline, since: datetime) -> set[str]:
    """The requests that passed a post nobody fills, or went to one that another has the charge of, since then."""
    found = set()
    for event in await escalations(town, since, town.now):
        passed: set[str] = {one["why"] for one in event.data.get("skipped") or ()} & {Skip.VACANT, Skip.ON_LEAVE}
        if passed or (event.data["post"] == CHARGED and event.at < since + AWAY_FOR - timedelta(hours=1)):
            found.add(event.reference)
    return found


@WHOLE
async def test_what_is_foretold_for_the_timings_in_force_is_what_happens(town: Timeline) -> None:
    await busy_town(town, *ALL)
    since = town.now
    await all_is_there(town)
    for _ in range(WEEKS):
        what = await foretold(town, await in_force(town))
        assert await happens(town, what.now)
    assert len(await unfilled(town, since)) >= 10


@pytest.mark.parametrize(("size", "weeks"), widened(BUSIER, (A_FEW, 0), (ALL, WEEKS)))
async def test_what_is_foretold_for_new_timings_is_what_happens_when_they_are_applied(
    town: Timeline, size: tuple[int, int], weeks: int
) -> None:
    """The second week is foretold when it begins: nothing is foretold further ahead than a week."""
    await busy_town(town, *size)
    since = town.now
    if weeks:
        await all_is_there(town)
    what = await changed(town)
    assert await happens(town, what.then, HORIZON if weeks else AHEAD) != told(what.now, town.now)
    if weeks:
        assert len(await unfilled(town, since)) >= 10
        assert await happens(town, (await foretold(town, await in_force(town))).now)


def a_third(references: Sequence[str]) -> list[str]:
    """Those somebody may do something with."""
    return list(references[::3])


@WHOLE
async def test_whatever_officers_do_with_others_who_nobody_touched_goes_as_foretold(town: Timeline) -> None:
    """New timings are applied, and through the week officers take work up, give it on, hold it, send it up, put it right."""
    await busy_town(town, *ALL)
    what = await changed(town)
    until = town.now + HORIZON
    done = await officers_act(town, Random(1), a_third(town.references), until, hours=2)
    assert len(done) >= 10
    assert len({act for acts in done.values() for act in acts}) >= 7, done
    await town.until(until)
    untouched = told(what.then, until, but=done)
    assert agree(untouched, await moved(town, what.at, until, but=done))
    assert len({move.reference for move in untouched}) >= 25
    assert told(what.then, until) != await moved(town, what.at, until), "and those somebody touched do not"


async def test_one_that_is_taken_up_or_sent_up_changes_nothing_for_the_next(town: Timeline) -> None:
    for place in ("gizri", "gizri", "rehri", "rehri"):
        await town.file("no-supply", locality=place)
    what, until = await foretold(town, await in_force(town)), town.now + timedelta(hours=6)
    done = await officers_act(town, Random(5), a_third(town.references), until, hours=1)
    await town.until(until)
    assert set(done) == set(a_third(town.references))
    untouched = told(what.now, until, but=done)
    assert len({move.reference for move in untouched}) == 2
    assert agree(untouched, await moved(town, what.at, until, but=done))
    assert told(what.now, until) != await moved(town, what.at, until)


A_MORNING = (
    (30, "waits", Act.HOLD), (30, "denied", Act.RESOLVE), (40, "quick", Act.RESOLVE), (60, "denied", Act.NOT_REPAIRED),
    (75, "late", Act.RESOLVE), (75, "denied", Act.RESOLVE), (100, "waits", Act.RESUME), (110, "waits", Act.RESOLVE),
    (150, "long", Act.RESOLVE),
)  # fmt: skip
"""After how many minutes, in which complaint, what is done."""


async def lived(town: Timeline) -> dict[str, str]:
    """A morning with five complaints, all closed at its end; their names by reference."""
    began = town.now
    filed = {name: await town.file("no-supply") for name in ("quick", "waits", "late", "long", "denied")}
    for one in filed.values():
        await does(town, one, Act.ACCEPT)
    for minutes, name, act in A_MORNING:
        await town.until(began + timedelta(minutes=minutes))
        if act is Act.NOT_REPAIRED:
            await town.consumer(filed[name], act, question=(await town.row(filed[name])).question_number)
        else:
            said = {Act.HOLD: {"reason": "premises-locked"}, Act.RESOLVE: {"put_right": town.now, **DONE}}
            await does(town, filed[name], act, **said.get(act, {}))
    for one in filed.values():
        await town.consumer(one, Act.CONFIRM)
    return {one: name for name, one in filed.items()}


@pytest.mark.sweep("the same morning twice; the rule alone is tried every time")
async def test_what_was_closed_is_judged_as_the_same_morning_is_when_it_comes_again_under_the_new_timings(
    town: Timeline,
) -> None:
    """Within the promised time, and out of the first officer's time: told of one morning, and lived on the next."""

    def shorter(policy: Policy) -> Policy:
        tiers = (parse("50m"), parse("9m"), parse("9m"))
        supply = replace(policy.timings["no-supply"], standard=parse("70m"), tiers=tiers)
        return replace(policy, timings={**policy.timings, "no-supply": supply})

    first, began = await lived(town), town.now
    what = await foretold(town, shorter(await in_force(town)))
    await tuned(town, shorter)
    await town.until(began + timedelta(days=1))
    second = await lived(town)
    real = await foretold(town, await in_force(town))

    def named(references: Collection[str], of: dict[str, str]) -> set[str]:
        return {of[one] for one in references if one in of}

    assert (named(what.kept, first), named(what.up, first)) == (set(first.values()), {"long"})
    assert named(set(what.kept) ^ set(what.differs), first) == named(real.kept, second) == {"quick", "waits"}
    assert named(what.up_then, first) == named(real.up, second) == {"late", "long"}
