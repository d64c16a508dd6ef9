"""Every screen in three languages and both colour schemes: readable by everybody, well-formed, small, without a complaint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from embedded.postgres import Postgres
from languages.catalog import LANGUAGES
from tests.browser.chromium import LARGEST_FIRST_VIEW, PHONE, transferred
from tests.browser.looking import STAFF, everybody, looked_at
from tests.browser.screens import casework_screens, every_screen, staff_screens
from tests.browser.screens_of_applying import application_screens, applying_screens
from tests.browser.town_of_applications import APPLYING
from tests.browser.town_of_screens import Town, town_on
from tests.servers import database_of

pytestmark = [pytest.mark.browser, pytest.mark.sweep("some hundred screens; five of them are in test_main_screens")]


@pytest.fixture(scope="module")
async def screens(browser: Browser, postgres: Postgres) -> AsyncIterator[Town]:
    """The town with a request in every state."""
    async with database_of(postgres) as url, town_on(url) as town:
        yield town


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


async def test_no_screen_of_the_staff_is_wider_than_a_telephone(screens: Town, browser: Browser) -> None:
    wide = {}
    async with everybody(browser, screens, "ur", phone=True) as people:
        for screen in [*staff_screens(screens), *casework_screens(screens)]:
            page = await people.see(screen, "light")
            if (width := await page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
                wide[screen.name] = width
    assert not wide


async def test_the_first_view_of_a_page_of_an_application_is_small(screens: Town, browser: Browser) -> None:
    for path in (f"/apply/{APPLYING}/check", f"/track/{screens.of['to_pay']}"):
        assert 5_000 < await transferred(browser, screens.address, path) < LARGEST_FIRST_VIEW, path
