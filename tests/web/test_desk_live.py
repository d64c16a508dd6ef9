"""The queue's page: what it lists, how one finds a number, and that it changes while one looks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape

import httpx2
import pytest

from embedded.postgres import Postgres
from rules.terms import Act
from tests.served import served
from tests.stories.applying import apply
from tests.web.desk_town import Desk, opened, plain

RO, SM = "asha", "chitra"


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


@pytest.fixture(scope="module")
async def address(desk: Desk) -> AsyncIterator[str]:
    """The application served on a port, for what streams."""
    async with served(desk.app) as address:
        yield address
        desk.onewindow.hub.close()


async def streamed(browser: httpx2.AsyncClient, address: str) -> AsyncIterator[str]:
    """What a live address sends, one event at a time."""
    async with browser.stream("GET", address, headers={"accept": "text/event-stream"}, timeout=20) as answer:
        assert answer.status_code == 200
        lines: list[str] = []
        async for line in answer.aiter_lines():
            if line:
                lines.append(line)
            elif lines:
                yield "\n".join(lines)
                lines = []


async def watcher(desk: Desk, username: str) -> httpx2.AsyncClient:
    cookies = {"staff": (await desk.of(username)).cookies["staff"], "language": "en"}
    return httpx2.AsyncClient(cookies=cookies)


async def test_the_queue_lists_what_is_mine_and_finds_a_number(desk: Desk) -> None:
    reference = await desk.town.file("no-supply")
    handler = (await desk.town.task(reference)).handler
    username, other = (RO, "bilal") if handler.endswith("1") else ("bilal", RO)
    words = plain(await desk.page(username, "/desk"))
    for shown in (f"{reference[:4]}-{reference[4:8]}-{reference[8]}", "No supply", "Due in 1 h 30 min", "Not taken up yet",
                  "You do the work", "You answer for it", "All 1", "Due today 1", "Overdue 0"):  # fmt: skip
        assert shown in words
    assert reference[:4] not in plain(await desk.page(other, "/desk"))
    browser = await desk.of(username)
    found = await browser.post("/desk/search", data={"q": reference})
    assert found.headers["location"] == f"/desk/requests/{reference}"
    swapped = await browser.post("/desk/search", data={"q": "123456789"})
    assert "Two digits may be swapped." in plain(swapped.text)
    assert (await browser.get("/desk", params={"after": "nonsense~x", "view": "mine"})).status_code == 200
    wrong = await browser.get("/desk", params={"view": "everything", "tier": "x' or 1=1", "kind": "complaint"})
    assert wrong.status_code == 422
    assert "There is no such part of the queue: everything. You see all of it." in plain(wrong.text)
    assert "Escalated: there is no “x&#39; or 1=1”. It was left out." in plain(wrong.text)
    assert reference in wrong.text
    await desk.town.consumer(reference, Act.WITHDRAW)


async def test_the_open_queue_changes_within_a_second_and_ends_with_the_session(desk: Desk, address: str) -> None:
    browser = await watcher(desk, RO)
    events = streamed(browser, f"{address}/desk/live")
    assert "Nothing here now." in await anext(events)
    while True:
        reference = await desk.town.file("no-supply")
        if (await desk.town.task(reference)).handler == "relationship-officer-gizri-1":
            break
    async with asyncio.timeout(10):
        while "1 new: show" not in (shown := await anext(events)):
            pass
    assert reference not in shown
    assert f"row-{reference}" in await desk.page(RO, "/desk")
    await (await desk.of(RO)).post("/sign-out")
    desk.signed_in.pop(RO)
    await desk.town.officer(reference, Act.ACCEPT, "relationship-officer-gizri-1")
    async with asyncio.timeout(10):
        assert "event: finished" in await anext(events)
    await events.aclose()  # type: ignore[attr-defined]
    await browser.aclose()


async def test_the_open_page_of_a_request_says_that_something_happened(desk: Desk, address: str) -> None:
    reference = await desk.town.file("voltage")
    number = (await desk.town.row(reference)).number
    post = (await desk.town.task(reference)).handler
    browser = await watcher(desk, SM)
    events = streamed(browser, f"{address}/desk/requests/{reference}/live?seen={number}")
    assert "Something happened since" not in await anext(events)
    await desk.town.officer(reference, Act.ACCEPT, post)
    async with asyncio.timeout(10):
        changed = await anext(events)
    assert "Something happened since you opened this page." in changed
    assert "Work going on" in changed
    assert "<form" not in changed
    await events.aclose()  # type: ignore[attr-defined]
    await browser.aclose()


async def test_the_open_page_of_an_application_and_the_queue_show_the_stages_that_open(
    desk: Desk, address: str
) -> None:
    asked = await apply(desk.town, "new-connection", "owner")
    await asked.walk(until="agreement")
    number = (await asked.row()).number
    browser = await watcher(desk, SM)
    page = streamed(browser, f"{address}/desk/requests/{asked.reference}/live?seen={number}")
    before = await anext(page)
    assert 'id="open-agreement"' in before
    assert 'id="open-material"' in before
    done = list(asked.procedure.stages["material"].checklist)
    assert (await asked.officer("material", Act.FINISH, checks=done)).refused is None
    async with asyncio.timeout(10):
        changed = await anext(page)
    assert "Something happened since you opened this page." in changed
    assert 'id="open-agreement"' in changed
    assert 'id="open-material"' not in changed
    assert "<form" not in changed
    await page.aclose()  # type: ignore[attr-defined]
    await browser.aclose()
    holder = RO if (await asked.task("agreement")).handler.endswith("1") else "bilal"
    own = await watcher(desk, holder)
    opened = await (await desk.of(holder)).get("/desk?view=mine")
    row = f"row-{asked.reference}-agreement"
    assert row in opened.text
    queue = streamed(own, address + unescape(re.findall(r'sse:connect="([^"]+)"', opened.text)[0]))
    assert row in await anext(queue)
    await asked.do("agreement")
    async with asyncio.timeout(10):
        while "No longer in this list" not in (shown := await anext(queue)):
            pass
    assert row in shown
    await queue.aclose()  # type: ignore[attr-defined]
    await own.aclose()
