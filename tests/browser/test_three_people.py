"""The whole life of a complaint by three people with a browser each, and the timings changed by a fourth."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import select

from languages import spoken
from models.requests import ServiceRequest, Task
from tests.browser.chromium import Visitor, drawn, opened, opening, visiting
from tests.browser.filing import Story, file
from tests.browser.living import ZONE, Living
from tests.passwords import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.sweep("two more ways through the screens; each form is in tests/web")]

NO_LIGHT = Story("No supply", "Def", "The whole lane is dark.", "98100 00052")
PHONE = "+919810000052"
STAY = "window.neverLoadedAnew = true"


async def sign_in(visitor: Visitor, town: Living, username: str) -> Page:
    """Sign in by the form; the page one's work lies on."""
    await town.may_sign_in(username)
    page = visitor.page
    await visitor.go("/sign-in")
    await page.get_by_label("User name").fill(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    await page.evaluate(STAY)
    return page


async def act(page: Page, name: str) -> None:
    """Open the form of an action."""
    await drawn(page)
    form = page.locator(f"#act-{name}")
    if not await form.locator("> summary").is_visible():
        await page.locator("details.more > summary").click()
    await form.locator("> summary").click()


async def resolve(page: Page, words: str) -> None:
    """Say that it is put right now."""
    await act(page, "resolve")
    form = page.locator("#act-resolve")
    await form.get_by_label("What was the cause?").select_option(index=1)
    await form.get_by_label("What was done?").fill(words)
    async with opening(page):
        await form.get_by_role("button", name="It is put right").click()
    await expect(page.locator(".done")).to_contain_text("Done")


async def same_page(page: Page) -> bool:
    """Whether the page was never loaded anew since it was marked."""
    return bool(await page.evaluate("window.neverLoadedAnew === true"))


async def shown(page: Page, reference: str, words: str) -> None:
    """What came into the open list meanwhile waits until one asks for it."""
    await expect(page.locator("#new a")).to_have_text("1 new: show")
    assert await same_page(page)
    await page.locator("#new a").click()
    await expect(page.locator(f"[data-reference='{reference}']")).to_contain_text(words)


async def answer(town: Living, visitor: Visitor, question: int, button: str) -> None:
    """Open the link of the first or second question, which came by text message, and tap one of its two buttons."""
    asked = await town.sent(PHONE, "sms", question, "/answer/")
    link = re.search(r"http\S+/answer/\S+", asked[-1].text)
    assert link is not None
    await visitor.go(link[0])
    await visitor.page.get_by_role("button", name=button).tap()
    await expect(visitor.page.locator(".good")).to_contain_text("Thank you")


async def test_filed_worked_on_denied_resolved_again_and_closed(town: Living, browser: Browser) -> None:
    async with (
        visiting(browser, town.address) as consumer,
        visiting(browser, town.address) as elsewhere,
        visiting(browser, town.address, phone=False) as officer,
        visiting(browser, town.address, phone=False) as manager,
    ):
        desk = await sign_in(officer, town, "danish")
        await expect(desk.get_by_text("Nothing here now.")).to_be_visible()
        above = await sign_in(manager, town, "esha")

        reference = await file(consumer, NO_LIGHT)
        track = consumer.page
        await track.evaluate(STAY)
        await shown(desk, reference, "No supply")

        await desk.locator(f"[data-reference='{reference}'] a.number").click()
        await desk.get_by_role("button", name="Take it up").click()
        await expect(desk.locator(".done")).to_contain_text("Done")
        await expect(track.locator(".chip.in_progress")).to_be_visible()

        await act(desk, "expect")
        form = desk.locator("#act-expect")
        await form.get_by_role("radio").first.check()
        async with opening(desk):
            await form.get_by_role("button", name="In 1 hour").click()
        expected = (await town.happened(reference, "expected")).data["until"]
        await resolve(desk, "Fuse at the pole replaced.")
        assert expected
        await expect(track.locator(".chip.resolved")).to_be_visible()

        await answer(town, elsewhere, 1, "No, it is not put right")
        await shown(above, reference, "You answer for it")
        await expect(track.locator(".ladder [aria-current=step]")).to_contain_text("Service manager")

        await opened(desk, f"{town.address}/desk/requests/{reference}")
        await resolve(desk, "Cable joint mended as well.")
        await answer(town, elsewhere, 2, "Yes, it is put right")
        await expect(track.locator(".chip.closed")).to_be_visible()
        assert await same_page(track)
        await expect(above.locator(f"[data-reference='{reference}']")).to_contain_text("No longer in this list")


async def test_a_timing_changed_by_the_administrator_counts_for_the_next_complaint(
    town: Living, browser: Browser
) -> None:
    async with visiting(browser, town.address, phone=False) as administrator:
        page = await sign_in(administrator, town, "vimla")
        await page.get_by_label("No supply: Relationship officer", exact=True).fill("45m")
        await page.get_by_label("Why does it change?").fill("Two crews more since this month.")
        await page.get_by_role("button", name="Save as a new version").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved as version 2")
        await administrator.go("/admin/audit")
        await expect(page.get_by_role("heading", name="Two crews more since this month.")).to_be_visible()

    async with visiting(browser, town.address) as consumer:
        reference = await file(consumer, NO_LIGHT)
        await town.happened(reference, "assigned")
        async with town.sessions() as session:
            request = (await session.exec(select(ServiceRequest).where(ServiceRequest.reference == reference))).one()
            task = (await session.exec(select(Task).where(Task.reference == reference))).one()
        assert request.policy_version == 2
        assert task.due == request.registered_at + timedelta(minutes=45)
        await expect(consumer.page.locator(".ladder [aria-current=step]")).to_contain_text(spoken.clock(task.due, ZONE))
