"""Twice only if killed between the server's yes and our mark: not by a slow server, a mark that fails, a lost claim or a polite stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Any

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from activities.channels.email import Email
from activities.claimed import Claimed
from activities.held import Held
from activities.outbox import Outbox
from activities.outbox_rows import LEASE, claim
from models.database import engine, sessions_of
from models.outbox import Notification
from tests.activities.mailroom import MailServer
from tests.activities.outbox_room import Room

MAIL = ("email",)


class Patient(MailServer):
    """A mail server that has each mail and says yes to it only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.has = asyncio.Event()
        self.may = asyncio.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = await super().handle_DATA(server, session, envelope)
        self.has.set()
        await self.may.wait()
        return said


@pytest.fixture
async def slow(room: Room) -> AsyncIterator[Patient]:
    """The room's mail server, patient."""
    async with Patient().open() as server:
        room.mail = server
        yield server


async def claimed(room: Room) -> list[Claimed]:
    """All that waits, in a worker's hand."""
    async with room.sessions.begin() as session:
        return await claim(session, 10)


async def mails(room: Room, ids: list[int]) -> list[tuple[str, str]]:
    """The states of these notifications and of their mails."""
    found = [await room.states(id) for id in ids]
    return [(state, attempts["email"]) for state, attempts in found]


async def true(question: Callable[[], bool]) -> None:
    """Wait until it is."""
    async with asyncio.timeout(20):
        while not question():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def test_a_mark_that_fails_is_made_again_until_it_is_made(room: Room, slow: Patient, database_url: str) -> None:
    id = await room.queue(channels=MAIL)
    impatient = engine(database_url, pool=2, milliseconds=1_500)
    box = room.outbox
    box.sessions = sessions_of(impatient)
    with capture_logs() as said:
        step = asyncio.create_task(box.step())
        await slow.has.wait()
        async with room.sessions.begin() as session:
            await session.exec(select(Notification).where(col(Notification.id) == id).with_for_update())
            slow.may.set()
            await true(lambda: any(line["event"] == "not marked yet" for line in said) or step.done())
            assert not step.done()
        assert await step == 1
    await impatient.dispose()
    assert await mails(room, [id]) == [("done", "sent")]
    await room.hasten(id)
    assert await room.outbox.step() == 0
    assert len(slow.mails) == 1


async def test_what_was_accepted_is_marked_though_time_ran_out_for_the_rest(room: Room, slow: Patient) -> None:
    ids = [await room.queue(channels=MAIL) for _ in range(3)]
    mine, left = await claimed(room), 2.0
    since = monotonic() - LEASE.total_seconds() * 2 / 3 + left
    work = asyncio.create_task(room.outbox.deliver(mine, since))
    async with asyncio.timeout(20):
        await slow.has.wait()
    hand = Held(room.sessions, [], since)
    await true(lambda: not hand.well())
    slow.may.set()
    await work
    assert sorted(await mails(room, ids)) == [("done", "sent"), ("waiting", "failed"), ("waiting", "failed")]
    assert len(slow.mails) == 1


async def test_a_claim_is_renewed_while_it_is_in_hand(room: Room) -> None:
    id = await room.queue(channels=MAIL)
    hand = Held(room.sessions, await claimed(room), monotonic() - LEASE.total_seconds())
    assert not hand.well()
    await room.hasten(id)
    await hand.renewed()
    assert hand.well()
    assert await room.outbox.step() == 0


async def test_a_renewal_that_comes_after_the_mark_changes_nothing(room: Room) -> None:
    id = await room.queue(channels=MAIL, email="later@example.org")
    mine = await claimed(room)
    await room.outbox.deliver(mine, monotonic())
    before = (await room.row(id)).next_at
    await Held(room.sessions, mine, monotonic()).renewed()
    assert (await room.row(id)).next_at == before


async def test_a_worker_whose_claim_is_lost_sends_no_more_of_its_batch(room: Room) -> None:
    ids = [await room.queue(channels=MAIL) for _ in range(2)]
    late = await claimed(room)
    await room.hasten(ids[0])
    assert await room.outbox.step() == 1
    hand = Held(room.sessions, late, monotonic())
    await hand.renewed()
    assert not hand.well()
    await room.outbox.deliver(late, hand.since)
    assert len(room.mail.mails) == 1
    assert await mails(room, ids) == [("done", "sent"), ("waiting", "failed")]


async def test_a_worker_that_is_told_to_stop_ends_what_it_began_and_begins_no_more(room: Room, slow: Patient) -> None:
    ids = [await room.queue(channels=MAIL) for _ in range(3)]
    running = asyncio.create_task(room.outbox.run(asyncio.Event()))
    await slow.has.wait()
    running.cancel()
    await asyncio.sleep(0)
    slow.may.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(await mails(room, ids)) == [("done", "sent"), ("waiting", "failed"), ("waiting", "failed")]
    assert len(slow.mails) == 1


async def test_a_server_that_falls_silent_takes_back_no_yes_it_gave(room: Room, slow: Patient) -> None:
    first, second = await room.queue(channels=MAIL), await room.queue(channels=MAIL)
    box: Outbox = room.outbox
    channel = box.channels["email"]
    assert isinstance(channel, Email)
    channel.seconds = 1.0
    slow.may.set()
    step = asyncio.create_task(box.step())
    await slow.has.wait()
    slow.may.clear()
    assert await step == 2
    slow.may.set()
    assert await mails(room, [first, second]) == [("done", "sent"), ("waiting", "failed")]
