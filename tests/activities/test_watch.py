"""The bounds of trust in the clock on the real database: what is measured, and who is mailed, when, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, delete, select, update

from activities.watch import Watch
from models import alarms, trust
from models.alarms import Alarms, Settings
from models.audit import Audit
from models.chain import linked
from models.database import Sessions
from models.events import Event, Submission
from models.intake import register
from models.outbox import Notification
from models.policy import Healing, WorkerHeartbeat
from models.requests import ServiceRequest
from models.tray import put
from rules.alarms import Bounds, Watched
from rules.terms import Act, Actor
from tests.activities.outbox_room import Room
from tests.models.test_intake import NEW

NOW = datetime.now(UTC).replace(microsecond=0)
ADDRESSES = ("desk@power.example", "night@power.example")


@pytest.fixture
async def town(sessions: Sessions) -> AsyncIterator[Sessions]:
    """One worker at work, two addresses, nothing that waits."""
    async with sessions.begin() as session:
        await session.exec(update(ServiceRequest).values(over=True, started_at=NOW))
        for table in (Event, Notification, Submission, Healing, WorkerHeartbeat):
            await session.exec(delete(table))
        session.add(WorkerHeartbeat(worker="a worker", at=NOW + timedelta(days=1)))
        await session.exec(
            update(Alarms).values(bounds={}, addresses=list(ADDRESSES), language="en", told=[], mailed_at=None)
        )
    yield sessions
    async with sessions.begin() as session:
        await session.exec(delete(Notification))


async def waits(sessions: Sessions, at: datetime, **more: object) -> None:
    """A message that waits since `at`."""
    row = {
        "reference": "",
        "number": 0,
        "kind": "closed",
        "language": "en",
        "channels": ["email"],
        "queued": at,
        "next_at": at,
    }
    async with sessions.begin() as session:
        session.add(Notification(key=f"test {at} {more}", **{**row, **more}))


async def mails(sessions: Sessions) -> list[Notification]:
    async with sessions() as session:
        asked = select(Notification).where(Notification.kind == "alarm").order_by(col(Notification.id))
        return list((await session.exec(asked)).all())


async def measured(sessions: Sessions, at: datetime = NOW) -> dict[Watched, float | None]:
    async with sessions() as session:
        return trust.values(await trust.readings(session, at))


async def test_where_nothing_waits_there_is_nothing_to_be_late(town: Sessions) -> None:
    found = await measured(town)
    assert found == {**dict.fromkeys(Watched), Watched.WORKERS: 1, Watched.HEALED: 0}


async def test_the_oldest_of_everything_that_waits_is_found(town: Sessions) -> None:
    def ago(minutes: int) -> datetime:
        return NOW - timedelta(minutes=minutes)

    async with town.begin() as session:
        late, new = [
            (await register(session, replace(NEW, token=f"{NOW} {name}", at=ago(9)))).reference for name in "ab"
        ]
        row = update(ServiceRequest).where(col(ServiceRequest.reference) == late)
        await session.exec(row.values(started_at=NOW, wake_at=ago(7)))
        await session.exec(
            update(ServiceRequest).where(col(ServiceRequest.reference) == new).values(registered_at=ago(6))
        )
        await session.exec(delete(Notification))
        await put(session, id=f"sent {NOW}", reference=late, act=Act.ADD, actor=Actor.CONSUMER, at=NOW)
        await session.exec(update(Submission).values(received=ago(5)))
        session.add_all([Healing(at=ago(59), rows=2), Healing(at=ago(1), rows=3), Healing(at=ago(61), rows=100)])
        session.add(WorkerHeartbeat(worker="a dead one", at=NOW - trust.ALIVE))
    await waits(town, ago(90), together=True, next_at=NOW + timedelta(hours=3))  # for the morning
    await waits(town, ago(80), together=True, next_at=ago(3))
    await waits(town, ago(4), next_at=NOW + timedelta(minutes=10))  # tried, and to be tried again
    assert await measured(town) == {
        Watched.LATENESS: None, Watched.OVERDUE: 420, Watched.NOT_STARTED: 360, Watched.UNANSWERED: 300,
        Watched.OUTBOX: 240, Watched.WORKERS: 1, Watched.HEALED: 5,
    }  # fmt: skip
    async with town() as session:
        found = await trust.readings(session, NOW)
    assert (found[Watched.OVERDUE].first, found[Watched.NOT_STARTED].first) == ((late,), (new,))


async def test_lateness_is_spread_over_its_columns_and_what_was_put_off_counts_from_its_turn(town: Sessions) -> None:
    async with town.begin() as session:
        reference = (await register(session, replace(NEW, token=f"late {NOW}", at=NOW - timedelta(days=40)))).reference
        fired = [
            (0.5, {}),
            (3, {}),
            (30, {}),
            (7200, {}),
            (2, {trust.PUT_OFF: (NOW - timedelta(seconds=12)).isoformat()}),
        ]
        for number, (late, data) in enumerate(fired, 2):
            recorded = NOW - timedelta(seconds=10)
            due = recorded - timedelta(seconds=late if not data else 3000)
            line = Event(
                reference=reference, number=number, kind="escalated", actor="system", at=NOW - timedelta(days=39),
                due=due, recorded=recorded, data=data,
            )  # fmt: skip
            session.add(linked(line, ""))
        old = Event(
            reference=reference, number=9, kind="escalated", actor="system", at=NOW, due=NOW - timedelta(days=3),
            recorded=NOW - timedelta(days=2),
        )  # fmt: skip
        session.add(linked(old, ""))
    async with town() as session:
        hour = await trust.lateness(session, NOW, trust.HOUR)
    assert hour.columns == (1, 2, 0, 1, 0, 0, 1)
    assert (hour.count, hour.middle, hour.most, hour.put_off, hour.outage) == (5, 3, 7200, 1, 1)


async def test_one_mail_when_a_bound_breaks_none_while_it_stays_and_one_when_all_is_well(town: Sessions) -> None:
    first, second = Watch(town), Watch(town)
    assert not await first.look(NOW)
    await waits(town, NOW - timedelta(minutes=6))
    assert sorted(await asyncio.gather(first.look(NOW), second.look(NOW))) == [False, True]
    assert [row.address for row in await mails(town)] == list(ADDRESSES)
    for minutes in (1, 20, 600):
        assert not await second.look(NOW + timedelta(minutes=minutes))
    async with town.begin() as session:
        await session.exec(update(Notification).where(col(Notification.kind) == "closed").values(state="done"))
    assert not await second.look(NOW + timedelta(minutes=14))
    assert await second.look(NOW + timedelta(minutes=15))
    assert not await first.look(NOW + timedelta(minutes=40))
    said = await mails(town)  # of which none was sent yet, and that is no alarm of its own
    assert len(said) == 4
    assert (
        [one["what"] for one in said[0].data["broken"]] == [one["what"] for one in said[2].data["well"]] == ["outbox"]
    )


async def test_nobody_is_mailed_without_an_address_and_the_first_one_hears_of_what_is_broken(town: Sessions) -> None:
    await waits(town, NOW - timedelta(minutes=6))
    async with town.begin() as session:
        await alarms.keep(session, Settings(Bounds()), 1, NOW)
    assert not await Watch(town).look(NOW)
    async with town.begin() as session:
        await alarms.keep(session, Settings(Bounds(), ADDRESSES[:1], "hi"), 1, NOW)
    assert await Watch(town).look(NOW)
    assert [(row.address, row.language) for row in await mails(town)] == [(ADDRESSES[0], "hi")]
    async with town() as session:
        kept = (
            await session.exec(select(Audit).where(Audit.what == alarms.WHAT).order_by(col(Audit.id).desc()))
        ).first()
    assert kept is not None
    assert kept.after == {"alarms.addresses": ADDRESSES[0], "alarms.language": "hi"}


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
async def test_the_mail_leaves_by_the_outbox_with_what_broke_and_the_way_to_the_page(
    town: Sessions, room: Room, language: str
) -> None:
    async with town.begin() as session:
        await session.exec(update(Alarms).values(addresses=[ADDRESSES[0]], language=language))
        session.add(Healing(at=NOW, rows=7))
    assert await Watch(town).look(NOW)
    await room.outbox.step()
    mail = room.mail.mails[-1]
    assert mail["To"] == ADDRESSES[0]
    text = mail.get_body(("plain",)).get_content()
    assert "7" in text
    assert "https://onewindow.example/admin/clock" in text
    if language == "en":
        assert mail["Subject"] == "Alarm: Rows put together again"
        assert "Broken: Rows put together again: 7 (at most 0)" in text
