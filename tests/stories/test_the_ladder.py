"""Nobody acts, somebody acts, and what moves by itself."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx2
import pytest
from sqlmodel import select

from languages.catalog import use
from languages.labels import skip_label
from models.people import Fill, Leave
from models.queue import Bounds, Sight, View, queue
from rules.ladder import Skip
from rules.terms import Act, Refused, State
from tests.stories.conftest import THE_BEGINNING
from tests.timeline import Timeline
from tests.web.window import Window, checked
from tests.world import demo_profile


@pytest.fixture
def town(through_temporal: Timeline) -> Timeline:
    """Its workflows climb."""
    return through_temporal


def at(clock: str, day: int = 0) -> datetime:
    """That Friday at `clock` in the demo's zone, or so many days later; seconds may be given."""
    hour, minute, *second = map(int, clock.split(":"))
    midnight = THE_BEGINNING - timedelta(hours=9)
    return midnight + timedelta(days=day, hours=hour, minutes=minute, seconds=second[0] if second else 0)


def seconds(instant: datetime | None) -> datetime | None:
    """An instant without its fraction of a second."""
    return instant and instant.replace(microsecond=0)


def nearest(instant: datetime | None) -> datetime | None:
    """An instant to the nearest second."""
    return instant and seconds(instant + timedelta(milliseconds=500))


def passed_over(language: str) -> tuple[str, str]:
    """The title of the manager, and that the same person holds his post, as that language says it."""
    with use(language):
        return demo_profile().roles["service_manager"].titles[language], skip_label(Skip.SAME_PERSON)


async def read(visitor: httpx2.AsyncClient, reference: str, language: str) -> tuple[str, str]:
    """The second tier on the public page of a request, and its line of history that says where it went."""
    page = checked(await visitor.get(f"/track/{reference}", headers={"Accept-Language": language})).text
    rung, log = re.findall('<li class="skipped">(.*?)</li>', page, re.DOTALL), page.partition('class="log"')[2]
    return rung[0], re.findall("<p>(.*?)</p>", log, re.DOTALL)[0]


@asynccontextmanager
async def visited(town: Timeline) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser on the town's pages, now; what it sends goes to the request's workflow."""
    window = Window(town.sessions, now=town.now)
    window.parts.door = town.door
    await window.parts.hub.look()
    async with window.visitor() as visitor:
        yield visitor


async def moves(town: Timeline, reference: str) -> list[tuple[datetime | None, str, str]]:
    """Every escalation: the second it fell due, the post it went to, and why."""
    events = [event for event in await town.events(reference) if event.kind == "escalated"]
    return [(seconds(event.due), event.data["post"], event.data["cause"]) for event in events]


async def in_temporals_pages(town: Timeline, reference: str) -> tuple[str | None, str, list[str]]:
    """What Temporal's own pages say of a request: its title, how it stands, and what each of its timers was for."""
    handle = town.handle(reference)
    title = await (await handle.describe()).static_summary()
    stands: str = (await handle.query("__temporal_workflow_metadata")).current_details
    timers = [
        json.loads(event.user_metadata.summary.data)
        async for event in handle.fetch_history_events()
        if event.HasField("timer_started_event_attributes")
    ]
    return title, stands, timers


async def test_nobody_acts_through_three_tiers(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    await town.officer(complaint, Act.ACCEPT, officer)
    await town.until(at("22:05"))
    assert await moves(town, complaint) == [
        (at("19:30"), "service-manager-gizri", "timer"),
        (at("20:30"), "zone-head-south", "timer"),
    ]
    assert [(lapse.tier, lapse.post) for lapse in await town.lapses(complaint)] == [
        (1, officer),
        (2, "service-manager-gizri"),
        (3, "zone-head-south"),
    ]
    assert "beyond" in await town.kinds(complaint)
    async with town.sessions() as session:
        for post in (officer, "service-manager-gizri", "zone-head-south"):
            page = await queue(session, Sight((post,)), View.ALL, Bounds(town.now, town.now))
            assert [row.reference for row in page.rows] == [complaint], f"not in the queue of {post}"
    title, stands, timers = await in_temporals_pages(town, complaint)
    assert title == f"no-supply {complaint}"
    assert "**in_progress**" in stands
    assert f"answerable zone-head-south (tier 3), handler {officer}, next: top at 2027-05-15 " in stands
    assert timers[:5] == ["accept, tier 1", "reminder, tier 1", "due, tier 1", "reminder, tier 2", "due, tier 2"]
    words = "Go there yourself and telephone me."
    assert (await town.officer(complaint, Act.DIRECT, "zone-head-south", words=words, by=at("22:30"))).refused is None
    resolved = await town.officer(
        complaint, Act.RESOLVE, officer, words="Fuse replaced.", cause="fuse-blown", put_right=at("22:04")
    )
    assert (resolved.refused, resolved.standing.state) == (None, State.RESOLVED)


async def test_a_request_nobody_takes_up_goes_to_a_colleague_once_and_then_up(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    first = (await town.task(complaint)).handler
    await town.until(at("18:21"))
    second = (await town.task(complaint)).handler
    assert {first, second} == {"relationship-officer-gizri-1", "relationship-officer-gizri-2"}
    await town.until(at("18:41"))
    task = await town.task(complaint)
    assert (task.handler, task.answerable, task.tier) == (second, "service-manager-gizri", 2)
    assert [seconds(event.due) for event in await town.events(complaint) if event.kind == "not_taken_up"] == [
        at("18:20"),
        at("18:40"),
    ]


async def test_friday_evening_over_a_holiday_past_a_manager_on_leave(town: Timeline) -> None:
    town.now = at("17:20")
    complaint = await town.file("wrong-bill", language="hi")
    task = await town.task(complaint)
    officer, person = task.handler, task.answerable_person
    assert (task.due, person is not None) == (at("17:30", 4), True)
    async with town.sessions.begin() as session:
        manager = (await session.exec(select(Fill).where(Fill.post == "service-manager-gizri"))).one()
        session.add(Leave(person=manager.person, since=at("09:00", 3), until=at("09:00", 10)))
        session.add(Fill(post="service-manager-gizri", person=person or 0, how="charge", since=at("09:00", 3)))
    await town.until(at("17:31", 4))
    task = await town.task(complaint)
    assert (task.handler, task.answerable, task.tier) == (officer, "zone-head-south", 3)
    move = next(event for event in await town.events(complaint) if event.kind == "escalated")
    assert (move.due, seconds(move.at)) == (at("17:30", 4), at("17:30", 4))
    assert move.data["skipped"] == [
        {"tier": 2, "post": "service-manager-gizri", "role": "service_manager", "why": "same_person"}
    ]
    await town.post()
    said = {"hi": town.said_to("+919810000001")[-1:], "en": town.said_to("+91 55500 00110")[-1:], "ur": []}
    async with visited(town) as visitor:
        for language, messages in said.items():
            for text in (*messages, *await read(visitor, complaint, language)):
                assert all(word in text for word in passed_over(language)), (language, text)


async def test_resolved_falsely_denied_escalated_silent_and_reopened(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    assert (await town.row(complaint)).standard_due == at("22:00")
    officer = (await town.task(complaint)).handler
    town.now = at("18:10")
    await town.officer(complaint, Act.ACCEPT, officer)
    await town.until(at("19:15"))
    done = {"words": "All in order.", "cause": "fuse-blown"}
    await town.officer(complaint, Act.RESOLVE, officer, put_right=at("19:10"), **done)
    await town.post()
    link = re.findall("/answer/[A-Za-z0-9_-]+", town.said_to("+919810000001")[-1])[0]
    await town.until(at("21:40"))
    await town.bring(complaint)
    async with visited(town) as visitor:
        assert (await visitor.get(link)).status_code == 200
        assert (await town.row(complaint)).state == "resolved", "opening it changes nothing"
        assert (await visitor.post(link, data={"answer": "not_repaired"})).status_code == 303
    task, row = await town.task(complaint), await town.row(complaint)
    assert (task.handler, task.answerable, task.tier) == (officer, "service-manager-gizri", 2)
    assert (row.state, row.standard_due) == ("in_progress", at("22:00"))
    await town.until(at("21:59:59"))
    assert (await town.consumer(complaint, Act.ESCALATE)).refused is Refused.TOO_EARLY
    await town.until(at("22:00"))
    assert (await town.consumer(complaint, Act.ESCALATE)).refused is None
    assert (await town.task(complaint)).answerable == "zone-head-south"
    await town.until(at("23:30"))
    await town.officer(complaint, Act.RESOLVE, officer, put_right=at("23:25"), **done)
    await town.post()
    await town.until(at("00:01", 2))
    row = await town.row(complaint)
    assert (row.state, row.closing, row.within_standard) == ("closed", "silence", False)
    await town.until(at("10:00", 3))
    assert (await town.consumer(complaint, Act.REOPEN)).refused is None
    row = await town.row(complaint)
    assert (row.state, row.reopened, row.closing) == ("in_progress", 1, None)
    await town.until(at("11:00", 3))
    await town.officer(complaint, Act.RESOLVE, officer, put_right=at("10:55", 3), **done)
    await town.consumer(complaint, Act.CONFIRM)
    row = await town.row(complaint)
    assert (row.closing, row.within_standard) == ("word", False)


async def test_a_hold_stops_both_clocks_and_ends_by_itself_at_its_limit(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    officer = (await town.task(complaint)).handler
    town.now = at("18:10")
    limit = at("20:10")
    held = await town.officer(complaint, Act.HOLD, officer, reason="premises-locked", limit=limit)
    assert (held.refused, held.standing.tasks[0].due, held.standing.standard_due) == (None, None, None)
    await town.until(at("20:20"))
    task, row = await town.task(complaint), await town.row(complaint)
    assert (nearest(task.due), nearest(row.standard_due)) == (at("21:30"), at("24:00"))
    assert row.state == "in_progress"
    again = await town.officer(complaint, Act.HOLD, officer, reason="premises-locked")
    assert again.refused is Refused.HOLD_LIMIT


async def test_my_supply_is_back_closes_by_word(town: Timeline) -> None:
    town.now = at("18:00")
    complaint = await town.file("no-supply")
    await town.until(at("18:15"))
    await town.consumer(complaint, Act.SUPPLY_BACK)
    row = await town.row(complaint)
    assert (row.state, row.closing, row.within_standard) == ("closed", "word", True)
    assert seconds(row.put_right_at) == at("18:15")


async def test_over_once_it_can_no_longer_be_reopened(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    await town.consumer(complaint, Act.SUPPLY_BACK)
    await town.hours_pass(7 * 24 + 1)
    assert (await town.row(complaint)).over
    await town.handle(complaint).result()
    late = await town.door_only(complaint, Act.REOPEN)
    assert late.refused is Refused.REOPENING_PAST
