"""New timings for what is under way: what was foretold happens, and whatever is interrupted or taken back leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlmodel import col, select

from activities.fanout import FanOut
from activities.record import Record
from models import policy_versions, retiming
from models.database import Sessions
from models.events import Event
from models.forecast import Forecast, forecast
from models.people import Fill
from models.requests import ServiceRequest, Task
from models.retiming import Choice, Outcome
from models.runs import RunItem, Stage
from rules.durations import parse
from rules.messages import Take, Taken
from rules.policy import Policy
from rules.states import OPEN
from rules.terms import Act, EventKind
from tests.stories.applying import apply
from tests.stories.test_absences import leave
from tests.stories.test_the_ladder import nearest
from tests.timeline import Timeline

A_MINUTE = timedelta(minutes=1)
LATE = timedelta(seconds=5)
AHEAD = timedelta(days=4)
"""From Friday over a weekend and a holiday."""


class Killed(BaseException):
    """The worker is gone."""


class Mortal:
    """A pen whose worker may die in the middle."""

    def __init__(self, sessions: Sessions) -> None:
        self.pen = Record(sessions)
        self.dies_after: int | None = None
        self.taken = 0

    async def take(self, command: Take) -> Taken:
        """Take it, or be gone."""
        if self.dies_after is not None and self.taken >= self.dies_after:
            raise Killed
        self.taken += 1
        return await self.pen.take(command)

    async def take_few(self, commands: Sequence[Take]) -> frozenset[str]:
        """Many together, but not where it dies between two."""
        return frozenset() if self.dies_after is not None else await self.pen.take_few(commands)


async def tuned(town: Timeline, change: Any, note: str = "Tuned") -> int:
    """Save what `change` makes of the timings in force."""
    async with town.sessions.begin() as session:
        policy = await policy_versions.current(session)
        return await policy_versions.save(session, change(policy), note, None, town.now)


async def in_force(town: Timeline) -> Policy:
    """The timings in force."""
    async with town.sessions() as session:
        return await policy_versions.current(session)


async def begun(town: Timeline, version: int, choice: Choice | None = None, rate: int = 6000) -> int:
    """A retiming that runs."""
    async with town.sessions.begin() as session:
        return await retiming.begin(session, version, choice or Choice(), None, town.now, rate)


def fan_of(town: Timeline) -> FanOut:
    """The fan-out, stepped by hand."""
    return FanOut(town.sessions, town.door, lambda: town.now, Mortal(town.sessions))


async def finished(town: Timeline, number: int, fan: FanOut | None = None) -> None:
    """Step until it is over."""
    fan = fan or fan_of(town)
    while not (await fan.go_on(number)).over:
        pass


async def outcomes(town: Timeline, number: int) -> dict[str, str | None]:
    """What became of each request of the list."""
    async with town.sessions() as session:
        rows = await session.exec(select(RunItem).where(RunItem.run == number))
        return {row.reference: row.outcome for row in rows}


async def clocks(town: Timeline) -> dict[str, tuple[Any, ...]]:
    """Of each open request: its version, promised time, and the tier and due instant of each open task."""
    async with town.sessions() as session:
        rows = (await session.exec(select(ServiceRequest).order_by(ServiceRequest.reference))).all()
        tasks = (await session.exec(select(Task).where(col(Task.done_at).is_(None)).order_by(Task.id))).all()
    of = {
        row.reference: tuple((t.id, t.tier, t.due, t.accept_by) for t in tasks if t.reference == row.reference)
        for row in rows
    }
    return {
        row.reference: (row.policy_version, row.standard_due, of[row.reference]) for row in rows if row.state in OPEN
    }


def halved(policy: Policy) -> Policy:
    """Every tier has half its time; a single day or hour becomes forty minutes."""

    def half(time: Any) -> Any:
        return replace(time, amount=time.amount // 2) if time.amount > 1 else parse("40m")

    timings = {code: replace(one, tiers=tuple(map(half, one.tiers))) for code, one in policy.timings.items()}
    areas = {code: replace(one, tiers=tuple(map(half, one.tiers))) for code, one in policy.areas.items()}
    procedures = {
        code: replace(
            one,
            stages={
                name: replace(stage, timing=replace(stage.timing, tiers=tuple(map(half, stage.timing.tiers))))
                for name, stage in one.stages.items()
            },
        )
        for code, one in policy.procedures.items()
    }
    return replace(policy, timings=timings, areas=areas, procedures=procedures)


def holiday(policy: Policy, day: datetime) -> Policy:
    """That day is a holiday in every calendar that closes."""
    calendars = {
        code: one if one.never_closes else replace(one, holidays=one.holidays | {day.date()})
        for code, one in policy.calendars.items()
    }
    return replace(policy, calendars=calendars)


CATEGORIES = ("no-supply", "voltage", "wrong-bill", "meter-fault", "burnt-meter", "streetlight")


async def busy_town(town: Timeline, many: int = len(CATEGORIES)) -> None:
    """So many categories at two offices on hold, some at vacant and charged posts, transferred, reopened, resolved, dangerous, and applications."""
    for number, (category, locality) in enumerate(product(CATEGORIES[:many], ("gizri", "rehri"))):
        one = await town.file(category, locality=locality)
        officer = (await town.task(one)).handler
        await town.officer(one, Act.ACCEPT, officer)
        limit = town.now + timedelta(hours=2 + 7 * number)
        await town.officer(one, Act.HOLD, officer, reason="premises-locked", limit=limit)
    for category, locality in zip(CATEGORIES[:many], ("gizri", "rehri") * 3, strict=False):
        await town.file(category, locality=locality)
        town.now += timedelta(minutes=7)
    async with town.sessions.begin() as session:
        fills = (await session.exec(select(Fill).where(Fill.post == "service-manager-rehri"))).all()
        for fill in fills:
            fill.until = town.now
    await leave(town, "chitra", town.now + A_MINUTE, town.now + timedelta(days=2), stand_in="esha")
    danger = await town.file("wire-down")
    await town.officer(danger, Act.ACCEPT, (await town.task(danger)).handler)
    first = await town.file("voltage")
    await town.officer(first, Act.TRANSFER, (await town.task(first)).handler, office="rehri", words="Theirs")
    closed = await town.file("no-supply")
    officer = (await town.task(closed)).handler
    done: dict[str, Any] = {"words": "Fuse replaced.", "cause": "fuse-blown"}
    await town.officer(closed, Act.ACCEPT, officer)
    await town.officer(closed, Act.RESOLVE, officer, put_right=town.now, **done)
    await town.consumer(closed, Act.CONFIRM)
    await town.consumer(closed, Act.REOPEN)
    asked = await town.file("no-supply")
    await town.officer(asked, Act.RESOLVE, (await town.task(asked)).handler, put_right=town.now, **done)
    await town.post()
    await apply(town, "new-connection")
    request = await apply(town, "new-connection")
    await request.walk(until="payment")


async def foretold(town: Timeline, policy: Policy) -> Forecast:
    """What the timings would do."""
    async with town.sessions() as session:
        return await forecast(session, policy, town.now)


async def moves(town: Timeline, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """Every escalation that really happened in between."""
    async with town.sessions() as session:
        asked = select(Event).where(Event.kind == EventKind.ESCALATED, Event.at >= since, Event.at <= until)
        rows = (await session.exec(asked)).all()
    return sorted((row.reference, row.data["tier"], row.data["post"], row.at) for row in rows)


def told(course: Any) -> list[tuple[Any, ...]]:
    """The moves of a course in the same words."""
    until = course.at + AHEAD
    return sorted((one.reference, one.tier, one.post, one.at) for one in course.moves if one.at <= until)


def agree(told: list[tuple[Any, ...]], real: list[tuple[Any, ...]]) -> bool:
    """Whether both are the same, request by request; the story's timers fire some milliseconds late, at each tier anew."""
    assert [move[:-1] for move in told] == [move[:-1] for move in real]
    return all(abs(one[-1] - other[-1]) < LATE for one, other in zip(told, real, strict=True))


WHOLE = pytest.mark.sweep("a town three times as busy")


@pytest.mark.sweep("half a minute more, and the harder half is the next test")
async def test_what_is_foretold_for_the_timings_in_force_is_what_happens(town: Timeline) -> None:
    await busy_town(town)
    since = town.now = town.now + A_MINUTE
    what = await foretold(town, await in_force(town))
    await town.until(since + AHEAD)
    assert told(what.now)
    assert agree(told(what.now), await moves(town, since, town.now))


@pytest.mark.parametrize("many", [2, pytest.param(len(CATEGORIES), marks=WHOLE)])
async def test_what_is_foretold_for_new_timings_is_what_happens_when_they_are_applied(
    town: Timeline, many: int
) -> None:
    await busy_town(town, many)
    since = town.now = town.now + A_MINUTE

    def change(policy: Policy) -> Policy:
        return holiday(halved(policy), since + timedelta(days=1))

    what = await foretold(town, change(await in_force(town)))
    number = await begun(town, await tuned(town, change))
    await finished(town, number)
    assert set((await outcomes(town, number)).values()) <= {Outcome.MOVED, Outcome.ESCALATED}
    await town.until(since + AHEAD)
    assert agree(told(what.then), await moves(town, since, town.now))
    assert told(what.then) != told(what.now)


async def test_killed_stopped_and_taken_back_every_request_has_the_right_version_and_due_instant(
    town: Timeline,
) -> None:
    """A worker dies twice on the way, the run is stopped half way and undone: nothing is left of it but who answers."""
    for number in range(12):
        one = await town.file(("voltage", "wrong-bill")[number % 2])
        await town.officer(one, Act.ACCEPT, (await town.task(one)).handler)
    await town.file("voltage", start=False)
    before, old = await clocks(town), (await in_force(town)).version
    number = await begun(town, await tuned(town, halved), rate=60)
    for _ in range(2):
        fan = fan_of(town)
        dying: Any = fan.pen
        dying.dies_after = 1
        with pytest.raises(Killed):
            await fan.go_on(number)
    fan = fan_of(town)
    for _ in range(2):
        await fan.go_on(number)
    async with town.sessions.begin() as session:
        assert await retiming.steer(session, number, 1, town.now, to=Stage.STOPPED)
    assert (await fan.go_on(number)).over
    done = [reference for reference, outcome in (await outcomes(town, number)).items() if outcome]
    assert 3 <= len(done) <= 6
    half = await clocks(town)
    assert {half[one][0] for one in done} == {old + 1}
    assert all(half[one] == before[one] for one in before if one not in done)
    assert all(half[one][1] == before[one][1] for one in before), "the promised time is never touched"
    assert any(half[one][2][0][2] < before[one][2][0][2] for one in done)
    async with town.sessions.begin() as session:
        back = await retiming.undo(session, number, 1, town.now)
    await finished(town, back)
    assert await clocks(town) == before
    assert (await town.kinds(done[0])).count("retimed") == 2


async def test_one_shortened_past_its_due_goes_up_once_and_what_was_closed_or_changed_is_left_alone(
    town: Timeline,
) -> None:
    late, gone, promised = [await town.file("voltage") for _ in range(3)]
    for one in (late, gone, promised):
        await town.officer(one, Act.ACCEPT, (await town.task(one)).handler)
    await town.hours_pass(3)

    def minutes(policy: Policy) -> Policy:
        tiers = (parse("10m"), parse("20m"), parse("30m"))
        return replace(policy, timings={**policy.timings, "voltage": replace(policy.timings["voltage"], tiers=tiers)})

    version = await tuned(town, minutes)
    number = await begun(town, version, Choice(tier=1, category="voltage"))
    await town.consumer(gone, Act.WITHDRAW)
    async with town.sessions.begin() as session:
        row = await session.get(ServiceRequest, promised)
        assert row is not None
        row.policy_version = version
    await finished(town, number)
    assert await outcomes(town, number) == {
        late: Outcome.ESCALATED, gone: Outcome.CLOSED, promised: Outcome.CHANGED
    }  # fmt: skip
    assert (await town.kinds(late)).count("escalated") == 1
    assert (await town.task(late)).tier == 2
    assert nearest((await town.task(late)).due) == nearest(town.now + timedelta(minutes=20))
