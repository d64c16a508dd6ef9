"""An administrator tunes the timings: typed, looked ahead, saved, brought to what is open, halted, gone on with, taken back."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page, expect

from activities.fanout import FanOut
from embedded.postgres import Postgres
from tests.browser.chromium import opened, opening
from tests.browser.hall import Hall, hall_on
from tests.browser.looking import faults
from tests.servers import database_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sweep("the administrator's ways through the screens; the forms of each are in tests/web"),
]
MANY = 3


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


class Door:
    """The list is worked through by the pen alone: no workflow waits here."""

    async def look(self, reference: str) -> None:
        """Nobody has to hear of it."""


@dataclass
class Tuning:
    """The administrator's page, and the list that is brought on one step at a time."""

    hall: Hall
    page: Page
    found: dict[str, list[str]] = field(default_factory=dict)

    async def looked(self, name: str) -> None:
        """What axe says of the page as it is; nothing of it is wider than the screen."""
        if folder := os.environ.get("PICTURES"):
            await self.page.screenshot(path=f"{folder}/{name}-{self.page.viewport_size}.png", full_page=True)
        if bad := await faults(self.page):
            self.found[name] = bad
        size = await self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert size[0] <= size[1], (name, size)

    async def sends(self, form: str, to: str = "") -> None:
        """Press the button of a form, or the one that sends it elsewhere."""
        which = f"[formaction='{to}']" if to else ":not([formaction])"
        async with opening(self.page):
            await self.page.locator(f"main form[action='{form}'] button{which}").click()

    @property
    def number(self) -> int:
        """The list this page is about."""
        return int(self.page.url.rpartition("/")[2])

    async def steps(self, *, all: bool = False) -> None:
        """Bring the list on by one step, or to its end."""
        window = self.hall.window
        fan = FanOut(window.sessions, Door(), lambda: window.now, window.record)  # type: ignore[arg-type]
        number = self.number
        while not (await fan.go_on(number)).over and all:
            pass

    async def reads(self, done: int) -> None:
        """The page tells, by itself, that so many are done."""
        await expect(self.page.locator("#progress h2")).to_contain_text(str(done))
        await expect(self.page.locator("#progress tr:last-child td")).to_have_text(str(MANY - done))


async def test_new_timings_reach_open_requests_under_the_eyes_of_who_saved_them(hall: Hall) -> None:
    for _ in range(MANY):
        await hall.window.filed()
    page = await hall.of("vimla")
    tuning = Tuning(hall, page)
    await opened(page, f"{hall.address}/admin")
    await page.locator("[name='no-supply.tier1']").fill("20m")
    await page.locator("#note").fill("Faster in the monsoon")
    await page.locator("[name=apply][value=all]").check()
    await tuning.sends("/admin")
    steering = page.locator("form.steer")
    await expect(steering.first).to_be_visible()
    await tuning.steps(all=True)
    await tuning.reads(MANY)
    await expect(page.locator("form[action$='/undo'] button")).to_be_visible()
    for form in await steering.all():
        await expect(form).to_be_hidden()


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("ur", True)])
async def test_timings_are_tuned_looked_ahead_applied_halted_and_taken_back(
    hall: Hall, language: str, phone: bool
) -> None:
    filed = [await hall.window.filed() for _ in range(MANY)]
    before = {(await hall.window.row(one)).policy_version for one in filed}
    page = await hall.of("vimla", language, phone=phone)
    await page.emulate_media(color_scheme="dark" if phone else "light")
    hall.people["vimla"].forgiven.append("status of 422")
    tuning = Tuning(hall, page)

    await opened(page, f"{hall.address}/admin")
    await tuning.looked("the table")
    time = page.locator("[name='no-supply.tier1']")
    await time.fill("soon")
    await tuning.sends("/admin", "/admin/what-if")
    await expect(page.locator(".summary a[href='#no-supply.tier1']")).to_be_visible()
    await expect(time).to_have_value("soon")
    await tuning.looked("a time nobody understands")

    await time.fill("1m")
    await page.locator("#note").fill("Faster in the monsoon")
    hall.window.now = hall.window.now.replace(minute=hall.window.now.minute + 5)
    await tuning.sends("/admin", "/admin/what-if")
    await expect(page.locator("#differs tbody tr")).to_have_count(1)
    await expect(page.locator("#differs tbody tr")).to_contain_text("1m")
    await tuning.looked("what it would do")
    ahead = page.url
    await page.locator("a[href*='/requests?course=then&window=now&by=&']").first.click()
    await expect(page.locator("tbody tr")).to_have_count(MANY)
    for reference in filed:
        await expect(page.locator("tbody")).to_contain_text(reference[:4])
    await tuning.looked("the list behind a number")
    await opened(page, ahead)

    await page.locator("[name=apply][value=all]").check()
    await page.locator("main form details summary").last.click()
    await page.locator("#rate").fill("30")
    await tuning.looked("the form that saves it")
    await tuning.sends("/admin")
    await tuning.reads(0)
    await tuning.steps()
    await tuning.reads(1)
    await tuning.looked("running")
    run = page.url.removeprefix(hall.address)
    await tuning.sends(f"{run}/pause")
    await tuning.steps()
    await tuning.reads(1)
    await tuning.looked("paused")
    await tuning.sends(f"{run}/resume")
    await tuning.steps(all=True)
    await tuning.reads(MANY)
    await tuning.looked("done")
    assert {(await hall.window.row(one)).policy_version for one in filed}.isdisjoint(before)

    await tuning.sends(f"{run}/undo")
    await tuning.steps(all=True)
    await tuning.reads(MANY)
    await tuning.looked("taken back")
    assert {(await hall.window.row(one)).policy_version for one in filed} == before
    await opened(page, hall.address + run)
    await expect(page.locator("#progress a[href^='/admin/retimings/']")).to_be_visible()
    assert not tuning.found, tuning.found
