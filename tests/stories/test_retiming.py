"""New timings for what is under way: whatever is interrupted or taken back leaves no trace. That what was foretold happens: `test_foretold`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from activities.fanout import FanOut
from activities.record import Record
from models import policy_versions, retiming, runs
from models.database import Sessions
from models.events import Event
from models.requests import ServiceRequest, Task
from models.retiming import Choice, Outcome
from models.runs import Run, RunItem, Stage
from rules.durations import parse
from rules.messages import Take, Taken
from rules.policy import Policy
from rules.states import OPEN
from rules.terms import Act
from tests.stories.test_the_ladder import nearest
from tests.timeline import Timeline

A_MINUTE = timedelta(minutes=1)


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


async def test_new_timings_that_move_no_instant_of_a_request_are_no_line_of_its_public_history(town: Timeline) -> None:
    same, moved = await town.file("voltage"), await town.file("wrong-bill")

    def bills_sooner(policy: Policy) -> Policy:
        return replace(policy, timings={**policy.timings, "wrong-bill": halved(policy).timings["wrong-bill"]})

    version = await tuned(town, bills_sooner)
    await finished(town, await begun(town, version))
    async with town.sessions() as session:
        lines = select(Event.reference, Event.public).where(col(Event.kind) == "retimed")
        assert dict((await session.exec(lines)).all()) == {same: False, moved: True}
    assert {one[0] for one in (await clocks(town)).values()} == {version}


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


async def test_many_that_new_timings_send_up_come_to_one_person_at_no_more_than_he_may_have_a_minute(
    town: Timeline,
) -> None:
    """What fell due stays as it is, that it waits is a line of its history, and danger does not wait."""
    many = [await town.file("voltage") for _ in range(3)]
    town.now += timedelta(hours=1)
    danger = await town.file("wire-down")
    town.now += 2 * A_MINUTE

    def minutes(policy: Policy) -> Policy:
        tiers = (parse("1m"), parse("5h"), parse("5h"))
        timings = {code: replace(policy.timings[code], tiers=tiers) for code in ("voltage", "wire-down")}
        limits = replace(policy.limits, escalations_per_minute=1)
        return replace(policy, timings={**policy.timings, **timings}, limits=limits)

    number, began = await begun(town, await tuned(town, minutes)), town.now
    await finished(town, number)
    became = await outcomes(town, number)
    waiting = [one for one in many if became[one] == Outcome.MOVED]
    assert (became[danger], len(waiting)) == (Outcome.ESCALATED, 2)
    due = {one: (await town.task(one)).due for one in waiting}
    assert all(instant is not None and instant < began for instant in due.values())
    await town.until(began + 2 * A_MINUTE)
    went = {one: [event for event in await town.events(one) if event.kind == "escalated"] for one in (*many, danger)}
    assert all(len(events) == 1 for events in went.values())
    assert sorted(went[one][0].at - began for one in many) == [timedelta(0), A_MINUTE, 2 * A_MINUTE]
    assert went[danger][0].at == began
    assert {one: went[one][0].due for one in waiting} == due
    assert [one for one in many if "put_off" in await town.kinds(one)] == waiting


async def test_how_long_the_rest_takes_is_told_by_the_real_pace_and_is_never_less_than_the_rate_allows(
    town: Timeline,
) -> None:
    reference = await town.file("voltage", start=False)

    async def seconds(rate: int, ages: Sequence[float]) -> float:
        """Of a list of a hundred at this rate, with so many done so many seconds ago."""
        async with town.sessions.begin() as session:
            run = Run(act=Act.RETIME.value, at=town.now, rate=rate, state=Stage.STOPPED.value)
            session.add(run)
            await session.flush()
            now = (await session.exec(select(func.clock_timestamp()))).one()
            for number in range(100):
                item = RunItem(run=run.id or 0, reference=reference, task_id=str(number))
                if number < len(ages):
                    item.outcome, item.at = "moved", now - timedelta(seconds=ages[number])
                session.add(item)
            await session.flush()
            return (await runs.progress(session, run.id or 0)).seconds

    slow = [20 * part / 40 for part in range(1, 41)]
    assert await seconds(600, slow) == pytest.approx(30, rel=0.1), "forty in twenty seconds, sixty left"
    assert await seconds(60, slow) == 60, "it was faster before the rate was lowered"
    assert await seconds(600, [3.0] * 40) == 6, "too early to tell"
    assert await seconds(600, [600.0] * 20 + slow) == pytest.approx(20, rel=0.1), "it had been paused"
