"""Every screen in three languages and both colour schemes: readable by everybody, well-formed, small, without a complaint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from playwright.async_api import Browser

from embedded.postgres import Postgres
from languages.catalog import LANGUAGES
from tests.browser.chromium import visiting
from tests.browser.looking import STAFF, Everybody, everybody, faults
from tests.browser.screens import Screen, casework_screens, every_screen
from tests.browser.screens_of_applying import application_screens, applying_screens
from tests.browser.town_of_applications import APPLYING
from tests.browser.town_of_screens import FILED, TOKEN, Town, town_on
from tests.conftest import database_of

pytestmark = pytest.mark.browser

SCHEMES = ("light", "dark")
LARGEST_FIRST_VIEW = 30_000


@pytest.fixture(scope="module")
async def screens(browser: Browser, postgres: Postgres) -> AsyncIterator[Town]:
    """The town with a request in every state."""
    async with database_of(postgres) as url, town_on(url) as town:
        yield town


async def looked_at(people: Everybody, screens: Sequence[tuple[int, Screen]]) -> dict[str, list[str]]:
    """What axe finds on these screens, every other one in the dark."""
    found = {}
    for place, screen in screens:
        scheme = SCHEMES[place % 2]
        page = await people.see(screen, scheme)
        if bad := await faults(page):
            found[f"{screen.name} ({scheme})"] = bad
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_axe_finds_nothing_serious_on_any_screen(screens: Town, browser: Browser, language: str) -> None:
    numbered = list(enumerate(every_screen(screens), LANGUAGES.index(language)))
    away = [one for one in numbered if one[1].away]  # these take the database from all others
    staff = [one for one in numbered if one[1].who in STAFF]
    consumers = [one for one in numbered if one not in away and one not in staff]
    async with everybody(browser, screens, language, with_axe=True) as people:
        both = await asyncio.gather(looked_at(people, consumers), looked_at(people, staff))
        found = {**both[0], **both[1], **await looked_at(people, away)}
    assert not found, "\n".join(f"{name}: {bad}" for name, bad in found.items())


async def test_axe_finds_nothing_serious_on_any_screen_of_casework(screens: Town, browser: Browser) -> None:
    numbered = list(enumerate(casework_screens(screens)))
    for place, language in enumerate(LANGUAGES):  # each screen in one of the languages
        async with everybody(browser, screens, language, with_axe=True) as people:
            assert await looked_at(people, numbered[place :: len(LANGUAGES)]) == {}


async def test_axe_finds_nothing_serious_on_any_screen_of_applying(screens: Town, browser: Browser) -> None:
    numbered = list(enumerate([*applying_screens(screens), *application_screens(screens)]))
    for place, language in enumerate(LANGUAGES):  # each screen in one of the languages
        async with everybody(browser, screens, language, with_axe=True) as people:
            assert await looked_at(people, numbered[place :: len(LANGUAGES)]) == {}


async def test_axe_would_find_a_fault(screens: Town, browser: Browser) -> None:
    async with everybody(browser, screens, "en") as people:
        page = await people.see(every_screen(screens)[0], "light")
        await page.evaluate("document.querySelector('h1 label').remove()")
        await page.evaluate("document.querySelector('main').prepend(document.createElement('img'))")
        found = await faults(page)
    assert {fault.split(":")[0] for fault in found} >= {"image-alt", "label"}, found


async def transferred(browser: Browser, address: str, path: str) -> int:
    """How many bytes the first view of a page takes over the wire, in a browser that was never here."""
    async with visiting(browser, address, "hi") as visitor:
        wire = await visitor.context.new_cdp_session(visitor.page)
        sizes: list[int] = []
        wire.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
        await wire.send("Network.enable")
        await visitor.page.goto(address + path, wait_until="load")
        await visitor.page.wait_for_load_state("domcontentloaded")
        return sum(sizes)


async def test_the_first_view_of_a_consumer_page_is_small(screens: Town, browser: Browser) -> None:
    paths = ["/", "/file", f"/file/{TOKEN}/what", f"/file/{FILED}/done"]
    paths += ["/apply", f"/apply/{APPLYING}/check", f"/track/{screens.of['to_pay']}"]
    paths += [f"/track/{screens.of['beyond']}", f"/answer/{screens.question}"]
    sizes = {path: await transferred(browser, screens.address, path) for path in paths}
    assert all(5_000 < size < LARGEST_FIRST_VIEW for size in sizes.values()), sizes
