"""A day at the desk without a mouse: single keys, lists with a second thought, the next one, and the way on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import col, delete, select

from activities.fanout import FanOut
from embedded.postgres import Postgres
from models.bulk import SECOND_THOUGHT
from models.events import Event
from models.people import Fill
from models.runs import Run
from rules.terms import Act
from tests.browser.chromium import drawn, opened, visiting
from tests.browser.hall import Hall, hall_on
from tests.browser.looking import faults
from tests.servers import database_of

pytestmark = [pytest.mark.browser, pytest.mark.sweep("four more ways through the screens")]
HERE = "document.activeElement.closest('tr')?.dataset.reference"


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    """An office in which one officer does all the work."""
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        async with made.window.sessions.begin() as session:
            await session.exec(delete(Fill).where(col(Fill.post) == "relationship-officer-gizri-2"))
        yield made


async def keys(page: Page, *pressed: str) -> None:
    """Press one after another, each on a page whose script is at work."""
    for key in pressed:
        await drawn(page)
        await page.keyboard.press(key)


async def lines(page: Page) -> list[str]:
    """The requests of the queue, from above."""
    await drawn(page)
    return list(await page.eval_on_selector_all("tr[data-reference]", "all => all.map(row => row.dataset.reference)"))


async def sends(hall: Hall) -> None:
    """The worker does every list that waits, once its ten seconds are over."""
    hall.window.now += SECOND_THOUGHT
    fan = FanOut(hall.window.sessions, hall.window.door, lambda: hall.window.now)  # type: ignore[arg-type]
    async with hall.window.sessions() as session:
        numbers = (await session.exec(select(Run.id))).all()
    for number in numbers:
        while not (await fan.go_on(number or 0)).over:
            pass


async def kinds(hall: Hall, reference: str) -> list[str]:
    """What happened to a request."""
    async with hall.window.sessions() as session:
        asked = select(Event.kind).where(Event.reference == reference).order_by(col(Event.number))
        return list((await session.exec(asked)).all())


async def test_a_queue_is_worked_by_single_keys_with_undo_and_without(hall: Hall) -> None:
    for _ in range(4):
        await hall.window.filed()
    page = await hall.of("asha")
    await opened(page, f"{hall.address}/desk")
    filed = await lines(page)
    await keys(page, "?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await faults(page) == []
    await keys(page, "Escape", "j", "x", "j", "x", "j", "k")
    assert await page.evaluate(HERE) == filed[1]
    await expect(page.locator(".pickbar b")).to_have_text("2")
    fifth = await hall.window.filed()
    await expect(page.locator(f"tr[data-reference='{fifth}'], .new a").first).to_be_visible()
    await expect(page.locator("[name=task]:checked")).to_have_count(2)

    await keys(page, "n")
    await expect(page.locator("textarea")).to_be_focused()
    await drawn(page)
    await page.keyboard.type("jjk: crew is told")
    await keys(page, "Control+Enter")
    await expect(page.get_by_role("status")).to_contain_text("Nothing is sent yet.")
    assert await faults(page) == []
    await keys(page, "z")
    await expect(page.get_by_role("status").first).to_contain_text("Undone. Nothing was sent.")
    await sends(hall)
    assert "noted" not in await kinds(hall, filed[0]) + await kinds(hall, filed[1])

    await keys(page, "u")
    await expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    filed = await lines(page)
    await keys(page, "j", "x", "j", "x", "s")
    await expect(page.locator("[data-begin] select")).to_be_focused()
    await drawn(page)
    await keys(page, "ArrowDown", "Tab")
    await page.keyboard.type("Fuse put back.")
    await keys(page, "Control+Enter")
    await expect(page.get_by_role("status")).to_contain_text("Nothing is sent yet.")
    await sends(hall)
    await expect(page.get_by_role("status")).to_contain_text("2 of 2 done.")
    for reference in filed[:2]:
        assert (await kinds(hall, reference)).count("resolved") == 1
    assert "resolved" not in await kinds(hall, filed[2])


async def test_a_request_is_worked_by_single_keys_and_the_way_leads_on(hall: Hall) -> None:
    for _ in range(2):
        await hall.window.filed()
    page = await hall.of("asha")
    await opened(page, f"{hall.address}/desk?view=mine")
    first, second = await lines(page)
    await keys(page, "t")
    await expect(page.get_by_role("status")).to_contain_text("Done")
    assert "accepted" in await kinds(hall, first)
    await opened(page, f"{hall.address}/desk?view=mine")
    await keys(page, "j", "Enter")
    await expect(page.locator(".way")).to_contain_text("This is the first of the list.")
    await keys(page, "j")
    await expect(page.locator(".way")).to_contain_text("This is the last of the list.")
    assert second in page.url
    await keys(page, "a")
    await expect(page.get_by_role("status")).to_contain_text("Done")
    await expect(page.locator(".way")).to_contain_text("This is the last of the list.")
    await keys(page, "n")
    await page.keyboard.type("kk? /n")
    assert second in page.url
    await keys(page, "Control+Enter")
    await expect(page.get_by_role("status")).to_contain_text("Done: Write a note")
    await keys(page, "s")
    await expect(page.locator("#act-resolve select")).to_be_focused()
    await keys(page, "ArrowDown", "Tab")
    await page.keyboard.type("Fuse put back.")
    await keys(page, "Control+Enter")
    await expect(page.get_by_role("status")).to_contain_text("Done: It is put right")
    assert {"accepted", "noted", "resolved"} <= set(await kinds(hall, second))
    await keys(page, "k")
    await expect(page.locator("h1")).to_contain_text(first[:4])
    await keys(page, "u")
    await expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    await keys(page, "/")
    await expect(page.locator("[data-key='/']")).to_be_focused()


async def test_single_keys_do_nothing_once_turned_off(hall: Hall) -> None:
    await hall.window.filed()
    page = await hall.of("asha")
    await opened(page, f"{hall.address}/account")
    await page.get_by_role("button", name="Turn single keys off").click()
    await expect(page.locator("#keyboard")).to_contain_text("Single keys are off.")
    await opened(page, f"{hall.address}/desk")
    await keys(page, "j", "x", "?", "t")
    await expect(page.get_by_role("heading", name="My queue")).to_be_visible()
    assert await page.evaluate("document.activeElement.tagName") == "BODY"
    assert await page.locator("dialog").count() == 0


async def test_on_a_small_telephone_a_selection_is_within_reach_of_a_thumb(hall: Hall) -> None:
    filed = [await hall.window.filed() for _ in range(2)]
    await hall.window.officer(filed[0], Act.ACCEPT)
    desk = await hall.of("asha")
    cookies = await desk.context.cookies()
    async with visiting(hall.browser, hall.address) as phone:
        await phone.context.add_cookies(cookies)  # type: ignore[arg-type]
        await phone.go("/desk")
        page = phone.page
        await page.locator(".pick").first.tap()
        await expect(page.locator(".pickbar b")).to_have_text("1")
        for box in [
            *[await one.bounding_box() for one in await page.locator(".pickbar .quick .button").all()],
            await page.locator(".pick").first.bounding_box(),
            await page.locator(".takenext .button").bounding_box(),
        ]:
            assert box is not None
            assert min(box["width"], box["height"]) >= 44, box
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.locator(".pickbar").get_by_role("button", name="put right").tap()
        await expect(page.locator("[data-begin]")).to_be_visible()
        await drawn(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        assert await faults(page) == []
