"""A new connection from the first tile to the light: applied for, photographed, visited, paid and switched on, on a telephone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from models.policy_versions import current
from tests.browser.chromium import Visitor, opening, visiting
from tests.browser.living import Living
from tests.browser.test_three_people import STAY, same_page
from tests.web.applicant import Officers
from tests.web.files import photograph

pytestmark = [pytest.mark.browser, pytest.mark.sweep("one more way through the screens: an application's")]

PHONE = "98100 00061"
LATER = "Landlord's consent"


async def photographed(page: Page, paper: str, photo: Path, button: str) -> None:
    """Photograph a paper from the list."""
    await page.get_by_role("link", name=paper, exact=True).tap()
    await page.get_by_label("Photograph it now").set_input_files(photo)
    await page.get_by_role("button", name=button).tap()


async def apply(visitor: Visitor, photo: Path) -> str:
    """A tenant applies for 3 kW and photographs all papers but one; the number. Ends on the page that follows it."""
    page = visitor.page
    go_on = page.get_by_role("button", name="Go on")
    await visitor.go("/")
    await page.get_by_role("link", name="New connection", exact=True).tap()
    await expect(page.get_by_role("radio", name="New connection")).to_be_checked()
    await go_on.tap()
    await page.get_by_label("Locality, or PIN code").fill("Giz")
    await page.locator("#found .choice").first.tap()
    await go_on.tap()
    await page.get_by_role("radio", name="Tenant").check()
    await go_on.tap()
    await page.get_by_label("Load in kW").fill("3")
    await go_on.tap()
    await page.get_by_label("Name").fill("Rubina Demo")
    await page.get_by_label("Mobile number").fill(PHONE)
    await page.get_by_label("House and street").fill("12, Lane 3")
    await go_on.tap()
    for paper in ("Photo", "Proof of who you are", "Rent agreement"):
        await photographed(page, paper, photo, "Keep this")
    await expect(page.get_by_text("Completed")).to_have_count(3)
    await page.get_by_role("link", name="Go on", exact=True).tap()
    await expect(page.get_by_role("heading", name="Check before you send")).to_be_visible()
    await page.get_by_role("button", name="Send application").tap()
    number = re.sub(r"\D", "", await page.locator(".huge").inner_text())
    await page.get_by_role("link", name="See what is happening").tap()
    return number


async def proves(page: Page, town: Living) -> None:
    """Ask for a code, and type the one that comes by text message."""
    await page.get_by_role("link", name="See more or act").tap()
    await page.get_by_label("Last 4 digits of your mobile number").fill(PHONE[-4:])
    await page.get_by_role("button", name="Send me a code").tap()
    came = await town.sent("+919810000061", "sms", 1, r"\b\d{6}\b")
    code = re.search(r"\b\d{6}\b", came[-1].text)
    assert code is not None
    await page.get_by_label("The code from the message").fill(code[0])
    await page.get_by_role("button", name="Go on").tap()


async def officers_of(town: Living, reference: str) -> Officers:
    """Those who work it, through tray and workflow."""
    async with town.sessions() as session:
        procedure = (await current(session)).procedures["new-connection"]
    parts = town.parts()
    return Officers(town.sessions, parts.door.act, lambda: datetime.now(UTC), reference, procedure)


async def test_applied_for_photographed_visited_paid_and_switched_on(
    town: Living, browser: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "paper.jpg"
    photo.write_bytes(photograph(size=(1200, 1600)))
    async with visiting(browser, town.address) as applicant:
        page = applicant.page
        reference = await apply(applicant, photo)
        office = await officers_of(town, reference)
        await town.happened(reference, "assigned")
        await proves(page, town)
        await photographed(page, LATER, photo, "Send this")
        await expect(page.get_by_text("At the latest:").first).to_be_visible()
        await page.evaluate(STAY)

        await office.finish("documents")
        async with opening(page):
            await page.locator(".dates button").first.tap()
        await expect(page.locator("#progress h1")).to_contain_text("We will come for a visit")
        await page.evaluate(STAY)
        await office.finish("visit")
        await office.finish("feasibility", outcome="feasible")
        await office.finish("note")
        await expect(page.locator("#progress h1")).to_contain_text("Your demand note is ready")
        assert await same_page(page)

        await page.get_by_role("link", name="Pay", exact=True).tap()
        await page.get_by_role("link", name="Pay now at the bank").tap()
        await page.get_by_role("button", name="Pay Rs 5,700.00 in full").tap()
        await expect(page.get_by_role("status")).to_contain_text("The utility has it.")
        await page.get_by_role("link", name="Back to the demand note").tap()
        await expect(page.get_by_role("status")).to_contain_text("It is paid.")
        async with opening(page):
            await page.locator("a.back").tap()
        await page.evaluate(STAY)

        for stage in ("agreement", "material", "meter", "handover"):
            await office.finish(stage)
        await expect(page.get_by_text("Is there light?")).to_be_visible()
        await expect(page.get_by_text("seal")).to_be_visible()
        assert await same_page(page)
        await page.get_by_role("button", name="Yes, it is done").tap()
        await expect(page.locator(".chip.closed")).to_be_visible()
