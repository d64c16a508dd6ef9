"""Eid: at nine in the evening a holiday for tomorrow in one zone, taken back at eleven; and what no holiday may move."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import policy_versions
from models.forecast import forecast
from models.policy_calendars import offices_by_zone
from models.retiming import Choice, Outcome, begin, take_back
from rules.holidays import closed_on
from rules.policy import Policy
from rules.terms import Act
from tests.stories.busy import A_FEW, busy_town
from tests.stories.test_foretold import AHEAD, happens, told
from tests.stories.test_retiming import clocks, finished, halved, in_force, outcomes, tuned
from tests.timeline import Timeline

ZONE = "south"
Clocks = dict[str, tuple[Any, ...]]


def next_day(policy: Policy, now: datetime) -> date:
    """The next day on which the office opens."""
    office = policy.calendars["office"]
    return office.next_opening(now).astimezone(ZoneInfo(office.zone)).date()


async def declared(town: Timeline, zone: str | None = ZONE) -> tuple[int, int]:
    """The next day of the office is a holiday, for everything open in the zone; the run's number and the version's."""
    async with town.sessions.begin() as session:
        policy = await policy_versions.current(session)
        changed = closed_on(policy, next_day(policy, town.now), zone, await offices_by_zone(session))
        version = await policy_versions.save(session, changed, "Eid", None, town.now, base=policy.version)
        number = await begin(session, version, Choice(zone=zone), None, town.now, 6000)
    await finished(town, number)
    return number, version


def moved(before: Clocks, after: Clocks) -> set[str]:
    """The requests of which a due instant or a time to take up is another."""
    return {one for one in before if before[one][2] != after[one][2]}


async def test_a_holiday_of_one_zone_moves_what_is_due_there_and_taken_back_nothing_is_left(town: Timeline) -> None:
    await busy_town(town, *A_FEW)
    town.now = town.now.replace(hour=15, minute=29, second=59)  # one second before nine in the evening in Delhi
    await town.until(town.now)
    before = await clocks(town)
    zones = {one: (await town.row(one)).site_zone for one in before}
    town.now += timedelta(seconds=1)
    number, version = await declared(town)
    after = await clocks(town)
    assert set((await outcomes(town, number)).values()) == {Outcome.MOVED}
    there = moved(before, after)
    assert there
    assert {zones[one] for one in there} == {ZONE}
    assert [after[one][1] for one in before] == [before[one][1] for one in before], "the promised time is never touched"
    town.now += timedelta(hours=1)
    filed = await town.file("wrong-bill", locality="gizri")
    mean = (await town.task(filed)).due
    town.now += timedelta(hours=1)
    async with town.sessions.begin() as session:
        back = await take_back(session, version, None, town.now, "The moon was not seen")
    await finished(town, back)
    again = await clocks(town)
    assert {one: again[one] for one in before} == before
    assert (await in_force(town)).sites == {}
    assert (await town.task(filed)).due < mean, "what was filed meanwhile counts as though it had never been"


@pytest.mark.sweep("a forecast held against what happened, once more; test_foretold does it every time")
async def test_each_request_keeps_its_own_times_under_a_holiday_and_what_is_foretold_happens(town: Timeline) -> None:
    """A request of older timings gets the holiday and nothing else; the workflows are told in time."""
    await busy_town(town, *A_FEW)
    old = (await in_force(town)).version
    await tuned(town, halved)
    for number in range(6):
        one = await town.file(("voltage", "wrong-bill")[number % 2], locality=("gizri", "rehri")[number % 2])
        await town.officer(one, Act.ACCEPT, (await town.task(one)).handler)
    await town.until(town.now + timedelta(minutes=1))
    async with town.sessions() as session:
        policy = await policy_versions.current(session)
        shall = closed_on(policy, next_day(policy, town.now), None, await offices_by_zone(session))
        what = await forecast(session, shall, town.now)
    number, version = await declared(town, zone=None)
    async with town.sessions() as session:
        kept = await policy_versions.version(session, version - 1)
        first = await policy_versions.version(session, old)
    assert kept is not None
    assert first is not None
    assert kept.timings == first.timings
    assert kept.calendars == (await in_force(town)).calendars
    assert {one[0] for one in (await clocks(town)).values()} == {version, version - 1}
    assert await happens(town, what.then, AHEAD) != told(what.now, town.now)


async def test_a_transfer_to_a_zone_with_other_hours_moves_no_due_instant(town: Timeline) -> None:
    one = await town.file("voltage", locality="gizri")
    await declared(town)
    due = (await town.task(one)).due
    await town.officer(one, Act.TRANSFER, (await town.task(one)).handler, office="rehri", words="Theirs")
    assert (await town.row(one)).zone == "east"
    assert (await town.task(one)).due == due
