"""Two offices become one: everything open goes to the other's posts, and no clock of any request moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from models import moving
from models.audit import Audit
from models.events import Event
from models.moving import CannotMove
from models.moving_back import CannotTakeBack, Why, take_back
from models.people import Feeder, Fill, Locality, Office, Post, Staff
from models.requests import ServiceRequest, Task
from models.runs import Run
from rules.terms import Act, EventKind
from tests.stories.test_retiming import fan_of, finished, outcomes
from tests.timeline import Timeline

HOUR = timedelta(hours=1)


async def clocks(town: Timeline) -> dict[str, tuple[Any, ...]]:
    """Of each request every clock it has: standard, wake, and of each task tier, entry, due, time to take up, reminders."""
    async with town.sessions() as session:
        rows = (await session.exec(select(ServiceRequest).order_by(ServiceRequest.reference))).all()
        tasks = (await session.exec(select(Task).order_by(Task.id))).all()
    return {
        row.reference: (
            row.state, row.policy_version, row.registered_at, row.standard_due, row.wake_at, row.wake_for, row.expected_at,
            row.confirm_by, row.reopen_until,
            *((t.id, t.stage, t.tier, t.entered, t.due, t.accept_by, t.accepted_at, t.reminder_at, t.reminded_at, t.top_at,
               t.beyond_at) for t in tasks if t.reference == row.reference),
        )
        for row in rows
    }  # fmt: skip


async def posts(town: Timeline, office: str) -> set[str]:
    async with town.sessions() as session:
        return set((await session.exec(select(Post.code).where(Post.office == office))).all())


async def administrator(town: Timeline) -> int:
    async with town.sessions() as session:
        return (await session.exec(select(Staff.id).where(Staff.username == "vimla"))).one() or 0


async def test_open_requests_go_over_and_every_clock_stands_as_before(town: Timeline) -> None:
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    filed = [
        await town.file(category, locality="gizri")
        for category in ("no-supply", "voltage", "wrong-bill", "wire-down") * 2
    ]
    await town.hours_pass(3.04)
    assert max([tier for _reference, tier in await tiers(town)]) > 1, "some have climbed"
    before, by = await clocks(town), await administrator(town)
    assert len(before) == len(filed) == 8
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, by, town.now)
    await finished(town, number, fan_of(town))
    assert set((await outcomes(town, number)).values()) == {"done"}
    assert await clocks(town) == before
    old = await posts(town, of)
    async with town.sessions() as session:
        rows = (await session.exec(select(ServiceRequest))).all()
        tasks = (await session.exec(select(Task))).all()
        events = (await session.exec(select(Event).where(Event.kind == EventKind.MOVED.value))).all()
        loads = dict((await session.exec(select(Post.code, Post.open_tasks).where(Post.office == of))).all())
        places = (await session.exec(select(Locality.office).where(col(Locality.office) == of))).all()
        feeders = (await session.exec(select(Feeder.office).where(col(Feeder.office) == of))).all()
        entry = (await session.exec(select(Audit).where(Audit.what == "places"))).one()
        there = await session.get(Office, of)
        fills = (await session.exec(select(Fill.until).where(col(Fill.post).in_(old)))).all()
    assert {row.office for row in rows} == {other}
    assert not old & {post for task in tasks for post in (task.handler, task.answerable)}
    assert sorted(event.reference for event in events) == sorted(filed)
    assert set(loads.values()) == {0}
    assert not places
    assert not feeders
    assert there is not None
    assert (there.until, there.successor) == (town.now, other)
    assert all(until is not None and until <= town.now for until in fills)
    assert entry.after["places.successor"] == other


async def tiers(town: Timeline) -> list[tuple[str, int]]:
    async with town.sessions() as session:
        return list((await session.exec(select(Task.reference, Task.tier))).all())


async def offices(town: Timeline) -> list[str]:
    async with town.sessions() as session:
        live = select(Office.code).where(col(Office.successor).is_(None), Office.area_class != "unplaced")
        return list((await session.exec(live.order_by(Office.code))).all())


async def office_of(town: Timeline, place: str) -> str:
    async with town.sessions() as session:
        return (await session.exec(select(Locality.office).where(Locality.code == place))).one()


async def test_what_falls_due_before_the_list_comes_to_it_goes_to_the_successor(town: Timeline) -> None:
    """The old posts are gone at once; nobody is passed over because the list is slow."""
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    reference = await town.file("no-supply", locality="gizri")
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, await administrator(town), town.now)
    await town.hours_pass(3)
    async with town.sessions() as session:
        asked = select(Event).where(Event.reference == reference, Event.kind == EventKind.ESCALATED.value)
        climbed = (await session.exec(asked.order_by(col(Event.number)))).first()
    assert climbed is not None
    assert "skipped" not in climbed.data
    assert climbed.data["post"] in await posts(town, other)
    await finished(town, number, fan_of(town))
    async with town.sessions() as session:
        row = await session.get(ServiceRequest, reference)
        run = await session.get(Run, number)
    assert row is not None
    assert row.office == other
    assert run is not None
    assert run.act == Act.MOVE


async def test_a_split_takes_the_requests_of_its_places_and_leaves_the_others(town: Timeline) -> None:
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    async with town.sessions() as session:
        rest = (
            await session.exec(select(Locality.code).where(Locality.office == of, Locality.code != "gizri"))
        ).first()
    assert rest is not None
    goes, stays = await town.file("no-supply", locality="gizri"), await town.file("no-supply", locality=rest)
    before = await clocks(town)
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, await administrator(town), town.now, {"gizri"})
    await finished(town, number, fan_of(town))
    assert await clocks(town) == before
    async with town.sessions() as session:
        found = dict((await session.exec(select(ServiceRequest.reference, ServiceRequest.office))).all())
    assert (found[goes], found[stays]) == (other, of)


async def test_an_office_without_somebody_for_the_work_takes_nothing(town: Timeline) -> None:
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    by = await administrator(town)
    async with town.sessions.begin() as session:
        for post in await posts(town, other):
            for fill in (await session.exec(select(Fill).where(Fill.post == post))).all():
                fill.until = town.now
    for target in (other, of, "nowhere"):
        async with town.sessions.begin() as session:
            with pytest.raises(CannotMove):
                await moving.move(session, of, target, by, town.now)
    async with town.sessions() as session:
        there = await session.get(Office, of)
    assert there is not None
    assert there.until is None


async def hands(town: Timeline) -> dict[str, tuple[str, str]]:
    async with town.sessions() as session:
        return {task.id: (task.handler, task.answerable) for task in (await session.exec(select(Task))).all()}


async def fills(town: Timeline) -> list[tuple[Any, ...]]:
    async with town.sessions() as session:
        rows = (await session.exec(select(Fill))).all()
    return sorted((row.post, row.person, row.how, row.since, str(row.until)) for row in rows)


async def test_a_merge_is_taken_back_request_by_request_to_the_post_that_had_it(town: Timeline) -> None:
    of = await office_of(town, "gizri")
    other = next(code for code in await offices(town) if code != of)
    filed = [await town.file(category, locality="gizri") for category in ("no-supply", "voltage", "wrong-bill") * 3]
    await town.hours_pass(3.04)
    by, tomorrow = await administrator(town), town.now + timedelta(days=1)
    async with town.sessions.begin() as session:
        session.add(Fill(post=f"service-manager-{of}", person=by, how="charge", since=tomorrow))
    before, had, filled = await clocks(town), await hands(town), await fills(town)
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, by, town.now)
        with pytest.raises(CannotTakeBack) as early:
            await take_back(session, number, by, town.now)
    assert early.value.why is Why.GOING_ON
    await finished(town, number, fan_of(town))
    since = await town.file("voltage", locality="gizri")
    assert set((await hands(town)).values()).isdisjoint(set(had.values()))
    async with town.sessions.begin() as session:
        back = await take_back(session, number, by, town.now)
    await finished(town, back, fan_of(town))
    assert await outcomes(town, back) == dict.fromkeys([*filed, since], "done")
    now = await clocks(town)
    assert {one: now[one] for one in filed} == before
    assert {id: one for id, one in (await hands(town)).items() if id in had} == had
    assert await fills(town) == filled
    async with town.sessions() as session:
        office, late = await session.get(Office, of), await session.get(ServiceRequest, since)
        assert await office_of(town, "gizri") == of
        with pytest.raises(CannotTakeBack) as twice:
            await take_back(session, number, by, town.now)
    assert twice.value.why is Why.NOTHING
    assert office is not None
    assert (office.until, office.successor) == (None, None)
    assert late is not None
    assert late.office == of


async def test_what_changed_hands_again_is_not_taken_back(town: Timeline) -> None:
    of = await office_of(town, "gizri")
    other, third, *_rest = [code for code in await offices(town) if code != of]
    by = await administrator(town)
    async with town.sessions.begin() as session:
        number = await moving.move(session, of, other, by, town.now, {"gizri"})
    await finished(town, number, fan_of(town))
    async with town.sessions.begin() as session:
        again = await moving.move(session, other, third, by, town.now, {"gizri"})
    await finished(town, again, fan_of(town))
    async with town.sessions() as session:
        with pytest.raises(CannotTakeBack) as refused:
            await take_back(session, number, by, town.now)
    assert refused.value.why is Why.CHANGED
