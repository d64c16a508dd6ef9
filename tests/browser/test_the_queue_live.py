"""The open queue on a screen: what changes changes where it stands, and nothing moves under the hand."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from embedded.postgres import Postgres
from rules.terms import Act
from tests.browser.chromium import opened
from tests.browser.hall import Hall, hall_on
from tests.browser.looking import faults
from tests.browser.test_the_ladder_live import waited
from tests.servers import database_of

pytestmark = [pytest.mark.browser, pytest.mark.sweep("one more page that is live")]
ROWS = "table.queue tbody tr"
PLACES = f"""() => [...document.querySelectorAll("{ROWS}")].map(row => [row.dataset.reference, row.getBoundingClientRect().top])"""
WATCH = """() => new MutationObserver(() => {
  if (document.querySelector("#new a") && !window.told) window.told = Date.now();
}).observe(document.body, { subtree: true, childList: true })"""


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


async def places(page: Page) -> tuple[list[str], list[float]]:
    """Which requests stand where on the screen, in pixels from its top."""
    rows = await page.evaluate(PLACES)
    return [reference for reference, _ in rows], [top for _, top in rows]


async def test_what_is_new_waits_within_two_seconds_while_one_types(hall: Hall) -> None:
    window = hall.window
    first, second = [await window.filed(category, phone=None) for category in ("wrong-bill", "voltage")]
    page = await hall.of("chitra")
    await opened(page, f"{hall.address}/desk?view=team")
    await expect(page.locator(ROWS)).to_have_count(2)
    await page.locator("#q").press_sequentially("half ty")
    await page.evaluate(WATCH)
    references, tops = await places(page)

    async with waited() as kept:
        await window.filed("no-supply", phone=None)
        committed = time.time()
        await expect(page.locator("#new a")).to_have_text("1 new: show")
    assert await page.evaluate("window.told") / 1000 - committed < 2 + kept[0], "half a second until it is looked for"
    await window.officer(second, Act.ACCEPT)
    await expect(page.locator(f'[data-reference="{second}"]')).to_contain_text("Work going on")
    await window.consumer(first, Act.WITHDRAW)
    await expect(page.locator(f'[data-reference="{first}"]')).to_contain_text("No longer in this list")
    window.now += timedelta(minutes=5)
    same, still = await places(page)
    assert same == references
    assert still == pytest.approx(tops, abs=2), "letters of another font may be a pixel higher"
    await page.keyboard.type("ped")
    assert await page.locator("#q").input_value() == "half typed"
    assert not await faults(page)

    await page.locator("#new a").click()
    await expect(page.locator(f'[data-reference="{first}"]')).to_have_count(0)
    await expect(page.locator(ROWS)).to_have_count(2)
    await expect(page.locator("#new")).to_be_empty()
