"""Changes reach open pages: heard once, none missed, one rendering for all watchers, streams that end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col

from models.database import engine, sessions_of
from models.policy import Names
from models.policy_versions import raise_edition
from rules.terms import Act
from tests.served import served
from tests.web.window import MONDAY, Window, window_on, words
from web import live
from web.database import Bounded, DatabaseAway
from web.live import Hub
from web.onewindow import Onewindow


@contextlib.asynccontextmanager
async def open_to(window: Window) -> AsyncIterator[str]:
    """The application on a port of its own, looking for changes."""
    async with served(window.app) as address:
        yield address
        window.parts.hub.close()


async def messages(answer: httpx2.Response) -> AsyncIterator[dict[str, str]]:
    """The messages of a stream as field and text."""
    message: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if not line and message:
            yield message
            message = {}
        elif line and not line.startswith(":"):
            name, _, text = line.partition(": ")
            message[name] = message.get(name, "") + text


@pytest.fixture
async def fresh(window: Window, monkeypatch: pytest.MonkeyPatch) -> Window:
    """A window whose hub no test has closed yet, and whose looks stay fresh on a slow machine."""
    monkeypatch.setattr(live, "FRESH", 600.0)
    again = Window(window.sessions)
    again.parts.hub.book = again.parts.book
    await again.parts.hub.look()
    return again


async def test_a_watcher_is_told_once_of_each_change_and_not_of_others(fresh: Window) -> None:
    mine, other = await fresh.filed(), await fresh.filed()
    hub = fresh.parts.hub
    await hub.look()
    told = 0

    async def watch() -> None:
        nonlocal told
        async for _ in hub.changes(mine):
            told += 1

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    assert told == 1
    await fresh.officer(other, Act.ACCEPT)
    await hub.look()
    await asyncio.sleep(0)
    assert told == 1
    await fresh.officer(mine, Act.ACCEPT)
    for _ in range(3):
        await hub.look()
        await asyncio.sleep(0)
    assert told == 2
    hub.close()
    await asyncio.wait_for(watching, 1)
    assert hub.streams == 0


async def test_what_commits_late_is_found_by_a_later_look(fresh: Window) -> None:
    reference = await fresh.filed()
    hub = fresh.parts.hub
    await hub.look()
    async with fresh.sessions.begin() as slow:
        row = await slow.get(type(await fresh.row(reference)), reference)
        assert row is not None
        row.number += 1
        row.changed_at += timedelta(milliseconds=1)
        await slow.flush()
        await hub.look()
        assert hub.newest(reference) == row.number - 1
    await hub.look()
    assert hub.newest(reference) == row.number


async def test_after_a_failed_look_everything_kept_is_forgotten_and_everybody_woken(fresh: Window) -> None:
    reference = await fresh.filed()
    hub, shared = fresh.parts.hub, fresh.app.state.shared
    first = await shared.get(reference)
    assert await shared.get(reference) is first
    watching = hub.changes()
    await anext(watching)
    hub.database = Bounded(sessions_of(engine("postgresql+psycopg://postgres@/none?host=/nonexistent")))
    with pytest.raises(DatabaseAway):
        await hub.look()
    assert await asyncio.wait_for(anext(watching), 1) is False
    assert not hub.fresh
    assert await shared.get(reference) is not first
    await watching.aclose()


async def test_a_thousand_watchers_cost_one_rendering(fresh: Window) -> None:
    reference = await fresh.filed()
    shared = fresh.app.state.shared
    found = await asyncio.gather(*(shared.get(reference) for _ in range(1000)))
    assert len({id(rendering) for rendering in found}) == 1


async def test_a_rendering_begun_before_a_change_is_not_kept_after_it(fresh: Window) -> None:
    reference = await fresh.filed()
    shared = fresh.app.state.shared
    begun = asyncio.create_task(shared.get(reference))
    await asyncio.sleep(0)
    shared.forget(reference)
    before = await begun
    assert await shared.get(reference) is not before


async def test_of_two_web_processes_the_one_that_heard_nothing_is_behind_by_a_look_at_most(
    fresh: Window, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each keeps renderings of its own; one hears of every change by its hint, the other's hints are all lost."""
    monkeypatch.setattr(live, "FRESH", 600.0)  # a slow machine is not one that cannot look
    reference = await fresh.filed()
    async with window_on(database_url) as other:

        async def shown(window: Window, seen: str = "") -> str:
            async with window.visitor() as visitor:
                return words(await visitor.get(f"/track/{reference}{seen}"))

        before = await shown(fresh)
        assert await shown(other) == before
        await fresh.officer(reference, Act.ACCEPT)
        await fresh.parts.hub.look()
        accepted = await shown(fresh)
        assert "is working on your complaint" in accepted
        assert await shown(other) == before
        assert await shown(other, f"?seen={(await fresh.row(reference)).number}") == accepted  # whoever acted there
        assert await shown(other) == accepted
        await fresh.officer(reference, Act.EXPECT, data=CREW)
        await other.parts.hub.look()
        expected = await shown(other)
        assert expected != accepted
        await renamed(fresh, "No light")
        await fresh.parts.hub.look()
        assert "No light" in await shown(fresh)
        assert await shown(other) == expected
        await other.parts.hub.look()
        assert "No light" in await shown(other)
        await fresh.officer(reference, Act.NOTE, words="crew sent")
        await fresh.parts.hub.look()
        noted = await shown(fresh)
        other.parts.hub._looked -= 600.0  # for so long it could not look
        assert await shown(other) == noted
        assert noted != expected


CREW = {"until": (MONDAY + timedelta(hours=1)).isoformat(), "reason": "crew-on-the-way"}


async def renamed(window: Window, name: str) -> None:
    """An administrator calls the category of the tests otherwise."""
    async with window.sessions.begin() as session:
        given = update(Names).where(col(Names.kind) == "category", col(Names.code) == "no-supply")
        await session.exec(given.values(labels={"en": name}))
        await raise_edition(session)


async def test_nothing_for_long_is_said_to_be_quiet(fresh: Window) -> None:
    watching = fresh.parts.hub.changes("nobody", quiet_after=0.01)
    assert [await anext(watching), await anext(watching)] == [False, True]
    await watching.aclose()


async def test_an_open_page_hears_within_a_second_and_catches_up_after_a_lost_connection(fresh: Window) -> None:
    reference = await fresh.filed()
    async with open_to(fresh) as address, httpx2.AsyncClient(base_url=address, timeout=5) as visitor:
        number = (await fresh.row(reference)).number
        async with visitor.stream("GET", f"/track/{reference}/live?seen={number}") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            stream = messages(answer)
            await fresh.officer(reference, Act.ACCEPT)
            began = asyncio.get_running_loop().time()
            message = await anext(stream)
            assert asyncio.get_running_loop().time() - began < live.PERIOD + 3, "half a second until it is looked for"
            assert message["id"] == str(number + 1)
            assert "is working on your complaint" in message["data"]
        await fresh.officer(reference, Act.NOTE, words="crew sent")
        await fresh.officer(
            reference, Act.RESOLVE, data={"cause": "fuse-blown", "put_right": fresh.now.isoformat()}, words="x"
        )
        lost = {"Last-Event-ID": message["id"]}
        async with visitor.stream("GET", f"/track/{reference}/live?seen=1", headers=lost) as answer:
            caught_up = await anext(messages(answer))
        assert int(caught_up["id"]) == (await fresh.row(reference)).number


async def test_a_stream_of_a_request_that_is_over_finishes_and_one_of_none_is_not_found(fresh: Window) -> None:
    reference = await fresh.filed()
    async with fresh.sessions.begin() as session:
        row = await session.get(type(await fresh.row(reference)), reference)
        assert row is not None
        row.over = True
    async with open_to(fresh) as address, httpx2.AsyncClient(base_url=address, timeout=5) as visitor:
        async with visitor.stream("GET", f"/track/{reference}/live?seen=99") as answer:
            assert [message["event"] async for message in messages(answer)] == ["finished"]
        assert (await visitor.get("/track/100000007/live")).status_code == 404


async def test_an_open_stream_ends_as_it_should_when_the_database_goes_away(fresh: Window) -> None:
    reference = await fresh.filed()
    nowhere = sessions_of(engine("postgresql+psycopg://postgres@/none?host=/nonexistent"))
    async with (
        open_to(fresh) as address,
        httpx2.AsyncClient(base_url=address, timeout=5) as visitor,
        visitor.stream("GET", f"/track/{reference}/live") as answer,
    ):
        stream = messages(answer)
        assert reference in (await anext(stream))["data"]
        fresh.parts.database.questions = fresh.parts.hub.database.questions = nowhere
        assert [message async for message in stream] == []


async def test_streams_end_at_once_when_the_server_is_told_to_stop(fresh: Window) -> None:
    reference = await fresh.filed()
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as held:
        address = await held.enter_async_context(open_to(fresh))
        visitor = await held.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=5))
        answer = await held.enter_async_context(visitor.stream("GET", f"/track/{reference}/live?seen=99"))
        fresh.parts.hub.close()
        began = loop.time()
        assert [message async for message in messages(answer)] == []
        assert loop.time() - began < 3


def test_the_hub_is_built_with_the_window_and_not_fresh_before_its_first_look(window: Window) -> None:
    parts = Onewindow(window.sessions, window.door, lambda: window.now, window.parts.zone, "x" * 32)
    assert isinstance(parts.hub, Hub)
    assert not parts.hub.fresh
