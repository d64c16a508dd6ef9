"""Row and workflow part, as in a crash, and meet again: by a look, by the next act, by the relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, text, update
from sqlmodel import col, select
from temporalio.client import Client

from activities.record import Record
from activities.relay import Relay
from models import waiting
from models.figures import working
from models.requests import ServiceRequest
from models.tray import put
from models.waiting import Waiting
from rules.messages import ItIsTime, Take, Taken
from rules.terms import Act, Actor, State
from tests.timeline import IDS, Timeline
from tests.workflows.conftest import come, is_running
from workflows.client import Door, NoSuchRequest
from workflows.polled import LATELY, Polled


@pytest.fixture
def evening(town: Timeline) -> Timeline:
    """The town at six in the evening of that Friday."""
    town.now = town.now.replace(hour=12, minute=30)
    return town


async def sent(
    town: Timeline,
    reference: str,
    act: Act,
    actor: Actor,
    post: str | None = None,
    words: str | None = None,
    **data: Any,
) -> Take:
    """Something in the tray that nobody has taken yet."""
    id = f"sent-{next(IDS)}"
    plain = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}
    async with town.sessions.begin() as session:
        await put(
            session, id=id, reference=reference, act=act, actor=actor, at=town.now, post=post, data=plain, words=words
        )
    return Take(reference, id, act)


async def behind_its_back(town: Timeline, reference: str, act: Act, **data: Any) -> Taken:
    """The officer's act committed, and then the worker that wrote it died: the workflow was never told."""
    officer = (await town.task(reference)).handler
    take = await sent(town, reference, act, Actor.OFFICER, officer, **data)
    return await Record(town.sessions).take(Take(reference, take.submission, act, town.now))


async def test_after_a_look_the_next_due_instant_fires_at_its_second(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply")
    expected = town.now + timedelta(minutes=15)
    written = await behind_its_back(town, complaint, Act.EXPECT, until=expected, reason="crew-on-the-way")
    assert (written.refused, written.standing.wake_at) == (None, expected)
    standing = await town.door.look(complaint)
    assert (standing.wake_at, standing.number) == (expected, written.number)
    await town.until(expected)
    missed = [event for event in await town.events(complaint) if event.kind == "expected_missed"]
    assert [event.due for event in missed] == [expected]


async def test_a_timer_set_too_early_finds_nothing_due_and_is_set_anew(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply")
    early = (await town.row(complaint)).wake_at
    assert early is not None
    await behind_its_back(town, complaint, Act.ACCEPT)
    later = (await town.row(complaint)).wake_at
    assert later is not None
    assert later > early
    town.now = early
    await town.bring(complaint)
    await town.until(later + timedelta(hours=3))
    kinds = await town.kinds(complaint)
    assert (kinds.count("not_taken_up"), kinds.count("reminded"), kinds.count("escalated")) == (0, 3, 2)
    assert await is_running(town, complaint)


async def test_the_next_act_brings_them_together_too(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply")
    limit = town.now + timedelta(hours=1)
    await behind_its_back(town, complaint, Act.HOLD, reason="premises-locked", limit=limit)
    answer = await town.consumer(complaint, Act.ADD, words="The neighbour has the key.")
    assert (answer.standing.state, answer.standing.wake_at) == (State.ON_HOLD, limit)
    await town.until(limit)
    assert "hold_ended" in await town.kinds(complaint)


async def test_what_the_timer_wrote_before_the_worker_died_is_not_written_twice(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply")
    due = (await town.row(complaint)).wake_at
    assert due is not None
    await Record(town.sessions).it_is_time(ItIsTime(complaint, due))
    before = await town.kinds(complaint)
    town.now = due
    await town.bring(complaint)
    await town.door.look(complaint)
    assert await town.kinds(complaint) == before
    notices = [notice.key for notice in await town.notices(complaint)]
    assert len(notices) == len(set(notices))


# Before there is a workflow


async def test_withdrawn_before_its_workflow_existed(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply", start=False)
    taken = await town.door.act(await sent(town, complaint, Act.WITHDRAW, Actor.CONSUMER))
    assert (taken.refused, taken.standing.state, taken.standing.over) == (None, State.WITHDRAWN, True)
    await town.handle(complaint).result()
    assert await town.kinds(complaint) == ["registered", "assigned", "withdrawn"]
    assert (await town.door.look(complaint)).over
    assert sum(await town.loads("relationship_officer", "gizri")) == 0


async def test_acted_on_before_its_workflow_existed_it_is_given_to_somebody_first(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply", start=False)
    added = await town.door.act(await sent(town, complaint, Act.ADD, Actor.CONSUMER, words="The gate is open."))
    assert (added.refused, added.standing.state) == (None, State.ASSIGNED)
    assert added.standing.wake_at == town.now + timedelta(minutes=20)
    await town.until(town.now + timedelta(minutes=20))
    assert "not_taken_up" in await town.kinds(complaint)


async def test_what_was_written_is_in_the_history_as_codes_alone(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply", description="The lamp at Haveli Lane 7 sparks.", phone="+919810000099")
    await town.consumer(complaint, Act.ADD, words="Ask for Meena Example.")
    history = await town.handle(complaint).fetch_history()
    plain = b"".join(event.SerializeToString() for event in history.events)  # in JSON what was sent is not to be read
    assert b"no-supply" in plain
    for personal in (b"Haveli", b"9810000099", b"Meena", b"sparks"):
        assert personal not in plain


async def test_the_door_knows_no_request_that_does_not_exist(evening: Timeline) -> None:
    with pytest.raises(NoSuchRequest):
        await evening.door.look("999999990")
    complaint = await evening.file("no-supply")
    for _ in range(2):
        with pytest.raises(NoSuchRequest):
            await evening.door.act(Take(complaint, "never sent", Act.ADD))
    assert await is_running(evening, complaint)


# The relay


def relay_of(town: Timeline, door: Door | None = None, polls: Callable[[], Awaitable[bool]] | None = None) -> Relay:
    """A worker's relay, stepped by hand."""
    entrance = door or town.door

    async def start(row: Waiting) -> bool:
        opening = await entrance.opening(row.reference)
        assert opening is not None
        return await entrance.start(opening)

    return Relay(town.sessions, entrance, start, polls=polls)


async def test_a_worker_that_lives_and_asks_for_no_work_is_not_counted(evening: Timeline) -> None:
    there, long_ago = evening.client, datetime.now(UTC) - LATELY
    address = there.service_client.config.target_host
    idle = await Client.connect(address, namespace=there.namespace, identity="worker that only lives")
    away = await Client.connect("127.0.0.1:1", lazy=True)
    assert await Polled(idle).lately(), "begun just now, it has time to ask"
    assert await Polled(away, long_ago).lately(), "a Temporal that is away is not held against it"
    for client, counted in ((idle, False), (there, True)):
        await relay_of(evening, polls=Polled(client, long_ago).lately).alive()
        async with evening.sessions() as session:
            assert await working(session) == counted


async def test_an_open_row_whose_time_passed_is_looked_at(evening: Timeline) -> None:
    town = evening
    complaint = await town.file("no-supply")
    await behind_its_back(town, complaint, Act.EXPECT, until=town.now + timedelta(minutes=15), reason="crew-on-the-way")
    relay = relay_of(town)
    assert await relay.heal() == 0
    await overslept(town, complaint)
    assert (await relay.heal(), relay.healed) == (1, 1)
    await come(lambda: missed(town, complaint))
    assert await relay.heal() == 0


async def overslept(town: Timeline, reference: str) -> None:
    """The row says that something fell due a minute ago, by the clock on the wall."""
    ago = text("now() - interval '1 minute'")
    async with town.sessions.begin() as session:
        here = col(ServiceRequest.reference) == reference
        await session.exec(update(ServiceRequest).where(here).values(wake_at=ago, expected_at=ago))


async def missed(town: Timeline, reference: str) -> bool:
    """Whether the expected time was counted as broken."""
    return (await town.row(reference)).expected_missed == 1


async def test_safety_is_started_first_then_the_oldest(evening: Timeline) -> None:
    town = evening
    filed = []
    for category in ("no-supply", "voltage", "wire-down", "no-supply", "sparks"):
        filed.append(await town.file(category, start=False))
        town.now += timedelta(minutes=1)
    async with town.sessions.begin() as session:
        claimed = [row.reference for row in await waiting.not_started(session, 2, 9)]
        others = [row.reference for row in await waiting.not_started(session, 4, 9)]
    assert (claimed, others) == ([filed[2], filed[4], filed[0], filed[1]], [filed[3]])


async def test_however_many_wait_some_are_begun_at_a_time_and_danger_at_once(
    evening: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = evening
    monkeypatch.setattr("activities.relay.UNDER_WAY", 3)
    begins: list[str] = []

    async def start(row: Waiting) -> bool:
        begins.append(row.category)
        return True

    one = Relay(town.sessions, town.door, start)
    for _ in range(5):
        await town.file("no-supply", start=False)
    assert (await one.start_new(), await one.start_new()) == (3, 0)
    await town.file("wire-down", start=False)
    assert await one.start_new() == 1
    assert begins == ["no-supply"] * 3 + ["wire-down"]
    async with town.sessions.begin() as session:
        first = col(ServiceRequest.reference).in_(one.begun[:2])
        await session.exec(update(ServiceRequest).where(first).values(started_at=func.now()))
    assert await one.start_new() == 1, "the danger waits beside them, and has its place too"


async def test_what_was_only_received_is_started_in_batches_and_once(evening: Timeline) -> None:
    town = evening
    filed = [await town.file("no-supply", start=False) for _ in range(7)]
    first, second = relay_of(town), relay_of(town)
    assert (await first.step(), await second.step()) == (7, 0)
    for reference in filed:
        await come(lambda reference=reference: begun(town, reference))  # type: ignore[misc]
    assert await second.start_new() == 0
    assert {len(await town.kinds(reference)) for reference in filed} == {2}


async def test_what_was_begun_is_left_to_its_workflow_and_what_was_not_is_tried_again(evening: Timeline) -> None:
    town = evening
    well, ill = [await town.file("no-supply", start=False) for _ in range(2)]
    tried: list[str] = []

    async def start(row: Waiting) -> bool:
        tried.append(row.reference)
        if row.reference == ill:
            raise RuntimeError("Temporal is away")
        return True

    relay = Relay(town.sessions, town.door, start)
    assert (await relay.start_new(), await relay.start_new()) == (1, 0)
    assert sorted(tried) == sorted([well, ill, ill])
    later = col(ServiceRequest.claimed_until) > func.now() + 2 * waiting.LEASE
    async with town.sessions() as session:
        left = (await session.exec(select(ServiceRequest.reference).where(later))).all()
    assert left == [well], "however long its workflow waits for a pen, it is not begun again every fifteen seconds"


async def begun(town: Timeline, reference: str) -> bool:
    """Whether its workflow has read the row."""
    return (await town.row(reference)).started_at is not None
