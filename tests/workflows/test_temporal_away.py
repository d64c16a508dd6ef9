"""Temporal is away: numbers go out, acts are received, and everything is done once it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import col
from temporalio.client import Client

from models.events import Submission
from rules.messages import Take
from rules.terms import Act, Actor, State
from tests.timeline import Timeline
from tests.workflows.conftest import A_MOMENT, come
from tests.workflows.test_drift import begun, relay_of, sent
from workflows.client import Door, NotYet
from workflows.payloads import DATA_CONVERTER


@asynccontextmanager
async def nowhere() -> AsyncIterator[int]:
    """The port of a Temporal that refuses connections."""
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
    yield port


@asynccontextmanager
async def hung() -> AsyncIterator[int]:
    """The port of a Temporal that accepts connections and never answers."""
    held: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for writer in held:
            writer.close()


async def door_to(town: Timeline, port: int) -> Door:
    """A door that connects when first used, for one who waits only a moment."""
    client = await Client.connect(f"127.0.0.1:{port}", lazy=True, data_converter=DATA_CONVERTER)
    return Door(client, town.door.opening, patience=A_MOMENT)


async def waited_long(town: Timeline, take: Take) -> None:
    """The submission lies in the tray for a minute, by the clock on the wall."""
    async with town.sessions.begin() as session:
        here = col(Submission.id) == take.submission
        await session.exec(update(Submission).where(here).values(received=text("now() - interval '1 minute'")))


async def answered(town: Timeline, take: Take) -> Submission:
    """The submission as the tray has it."""
    async with town.sessions() as session:
        found = await session.get(Submission, take.submission)
        assert found is not None
        return found


@pytest.mark.parametrize("temporal_is", [nowhere, hung])
async def test_an_act_is_received_in_time_and_done_by_the_relay_later(
    town: Timeline, temporal_is: Callable[[], AbstractAsyncContextManager[int]]
) -> None:
    complaint = await town.file("no-supply")
    take = await sent(town, complaint, Act.SUPPLY_BACK, Actor.CONSUMER)
    async with temporal_is() as port:
        door = await door_to(town, port)
        async with asyncio.timeout(A_MOMENT.total_seconds() + 20):
            with pytest.raises(NotYet):
                await door.act(take)
    assert ((await answered(town, take)).answered, (await town.row(complaint)).state) == (None, State.ASSIGNED)
    relay = relay_of(town)
    assert await relay.heal() == 0, "it has not waited long enough to be called forgotten"
    await waited_long(town, take)
    assert (await relay.heal(), relay.healed) == (1, 1)
    done = await answered(town, take)
    assert (done.refused, done.number, (await town.row(complaint)).closing) == (None, 4, "word")
    assert await relay.heal() == 0


async def test_a_refusal_found_later_is_kept_as_its_outcome(town: Timeline) -> None:
    complaint = await town.file("no-supply")
    take = await sent(town, complaint, Act.CONFIRM, Actor.CONSUMER)
    async with nowhere() as port:
        with pytest.raises(NotYet):
            await (await door_to(town, port)).act(take)
    await waited_long(town, take)
    assert await relay_of(town).heal() == 1
    assert (await answered(town, take)).refused == "illegal"


async def test_a_relay_that_cannot_reach_it_leaves_everything_for_the_next_look(town: Timeline) -> None:
    complaint = await town.file("no-supply", start=False)
    take = await sent(town, complaint, Act.ADD, Actor.CONSUMER, words="Hurry.")
    await waited_long(town, take)
    async with nowhere() as port:
        relay = relay_of(town, await door_to(town, port))
        assert (await relay.start_new(), await relay.heal()) == (0, 0)
    assert relay.healed == 0
    assert (await town.row(complaint)).claimed_until is None
    assert await relay_of(town).start_new() == 1
    await come(lambda: begun(town, complaint))


async def test_what_was_filed_meanwhile_counts_from_when_it_was_filed(town: Timeline) -> None:
    town.now = town.now.replace(hour=12, minute=30)
    complaint = await town.file("no-supply", start=False)
    registered = town.now
    town.now += timedelta(minutes=10)
    assert await relay_of(town).step() == 1
    await come(lambda: begun(town, complaint))
    task, row = await town.task(complaint), await town.row(complaint)
    assert (task.entered, task.due) == (registered, registered + timedelta(minutes=90))
    assert row.standard_due == registered + timedelta(hours=4)
