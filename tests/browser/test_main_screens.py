"""The screens most people see: readable by everybody, small, and without scrolling what is happening, by when, whom to ring, what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import cycle

import pytest
from playwright.async_api import Browser, Page, expect

from embedded.postgres import Postgres
from tests.browser.chromium import LARGEST_FIRST_VIEW, PHONE, transferred, visiting
from tests.browser.hall import Hall, hall_on
from tests.browser.looking import everybody, faults, looked_at
from tests.browser.screens import STATES, Screen
from tests.browser.town_of_screens import FILED, TOKEN, Town, town_on
from tests.servers import database_of

pytestmark = pytest.mark.browser
SWEEP = pytest.mark.sweep("more pages looked at as the one in Urdu is")

TO_DO = ".todo, #progress .two .button"
"""What to do: a sentence, or the two buttons by which a consumer ends a wait."""
WAITING_FOR_A_TIME = frozenset({"received", "assigned", "in_progress", "escalated", "on_hold", "resolved"})
ORDER = """shown => {
  const text = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT), places = [];
  for (let node; (node = text.nextNode()); )
    for (let at = 0; at < node.length; at++) {
      if (!/[0-9]/.test(node.data[at])) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      places.push([node.data[at], range.getBoundingClientRect().left]);
    }
  return places.sort((one, other) => one[1] - other[1]).map(([digit]) => digit).join("");
}"""
"""The digits of an element as they stand on the screen, from the left."""


@pytest.fixture(scope="module")
async def screens(browser: Browser, postgres: Postgres) -> AsyncIterator[Town]:
    """The town with a complaint in every state."""
    async with database_of(postgres) as url, town_on(url, whole=False) as town:
        yield town


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


async def below_the_fold(page: Page, *places: str) -> list[str]:
    """Those of the places that are not wholly on the first screenful."""
    hidden = []
    for place in places:
        box = await page.locator(place).first.bounding_box()
        if box is None or box["y"] < 0 or box["y"] + box["height"] > PHONE["height"]:
            hidden.append(f"{place} {box}")
        elif box["x"] < 0 or box["x"] + box["width"] > PHONE["width"] + 0.5:
            hidden.append(f"{place} sideways {box}")
    return hidden


@SWEEP
@pytest.mark.parametrize("language", ["hi", "ur"])
async def test_everything_that_matters_is_seen_without_scrolling(
    screens: Town, browser: Browser, language: str
) -> None:
    found = {}
    async with visiting(browser, screens.address, language) as consumer:
        for state in STATES:
            await consumer.go(f"/track/{screens.of[state]}")
            matters = [".ring", ".number", "#progress h1", TO_DO, ".whom"]
            if state in WAITING_FOR_A_TIME:
                matters.append(".bywhen")
            if hidden := await below_the_fold(consumer.page, *matters):
                found[state] = hidden
            width = await consumer.page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"], f"{state}: {width} wide"
    assert not found, found


async def test_in_urdu_on_a_small_telephone_all_is_there_readable_and_numbers_keep_their_order(hall: Hall) -> None:
    reference = await hall.window.filed()
    consumer = await hall.consumer("ur")
    await consumer.go(f"/track/{reference}")
    page = consumer.page
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert await page.locator(".number").evaluate(ORDER) == reference
    assert await page.locator(".ring").evaluate(ORDER) == "18000004827"
    assert await page.locator(".whom").evaluate(ORDER) == "18000004827"
    assert not await below_the_fold(page, ".ring", ".number", "#progress h1", TO_DO, ".whom", ".bywhen")
    assert not await faults(page)


@SWEEP
async def test_axe_finds_nothing_serious_on_the_main_screens(screens: Town, browser: Browser) -> None:
    of = screens.of
    consumers = [
        Screen("home", "/"),
        Screen("file", f"/file/{TOKEN}/where"),
        Screen("track", f"/track/{of['resolved']}", "own"),
    ]
    staff = [Screen("request", f"/desk/requests/{of['assigned']}", "chitra"), Screen("timings", "/admin", "vimla")]
    for place, (language, screen) in enumerate(zip(cycle(("hi", "ur", "en")), [*consumers, *staff], strict=False)):
        async with everybody(browser, screens, language, with_axe=True) as people:
            assert await looked_at(people, [(place, screen)]) == {}


@SWEEP
async def test_axe_would_find_a_fault(screens: Town, browser: Browser) -> None:
    async with everybody(browser, screens, "en") as people:
        page = await people.see(Screen("home", "/"), "light")
        await page.evaluate("document.querySelector('h1 label').remove()")
        await page.evaluate("document.querySelector('main').prepend(document.createElement('img'))")
        found = await faults(page)
    assert {fault.split(":")[0] for fault in found} >= {"image-alt", "label"}, found


@SWEEP
async def test_the_first_view_of_a_consumer_page_is_small(screens: Town, browser: Browser) -> None:
    paths = ["/", "/file", f"/file/{TOKEN}/what", f"/file/{FILED}/done"]
    paths += ["/apply", f"/track/{screens.of['beyond']}", f"/answer/{screens.question}"]
    sizes = {path: await transferred(browser, screens.address, path) for path in paths}
    assert all(5_000 < size < LARGEST_FIRST_VIEW for size in sizes.values()), sizes
