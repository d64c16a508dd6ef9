"""An officer works a new connection from its papers to the handover, by keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import col, delete

from embedded.postgres import Postgres
from models import cases
from models.people import Fill
from models.staff import sign_in
from rules.terms import Act, Actor
from tests.browser.chromium import Visitor, opening, visiting
from tests.passwords import PASSWORD, let_in
from tests.served import served
from tests.servers import database_of
from tests.web.stages_at_hand import AtHand, applied_for
from tests.web.window import MONDAY, Window, window_on
from web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.sweep("one more way through the screens: without a mouse")]
FOCUSED = """() => {
  const at = document.activeElement
  return [at.tagName, at.type || "", ((at.labels && at.labels[0]) || at).innerText || ""]
}"""
MOST_TABS = 150


@pytest.fixture
async def window(postgres: Postgres) -> AsyncIterator[Window]:
    """A town in which one officer of the office does all the work."""
    async with database_of(postgres) as url, window_on(url) as window:
        async with window.sessions.begin() as session:
            await session.exec(delete(Fill).where(col(Fill.post) == "relationship-officer-gizri-2"))
            await let_in(session, "asha")
        window.now = MONDAY
        yield window


async def signed_in(visitor: Visitor, window: Window) -> None:
    """A session of now; an older one has ended with the days that passed."""
    token = await sign_in(window.sessions, "asha", PASSWORD, window.now)
    for name, value in (("staff", token), ("language", "en")):
        await visitor.context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])


async def reach(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        _tag, _type, said = await page.evaluate(FOCUSED)
        if words in said:
            return
    raise AssertionError(f"no way by keyboard to: {words}")


async def end(page: Page, button: str, *typed: str) -> None:
    """Open the form of a stage, fill in what it asks for in its order, and send it."""
    await reach(page, button)
    await page.keyboard.press("Enter")
    left = list(typed)
    before: object = None
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        tag, kind, said = await page.evaluate(FOCUSED)
        if tag == "BUTTON":
            assert button in said
            break
        here = await page.evaluate("document.activeElement.name + (document.activeElement.value || '')")
        if kind in ("checkbox", "radio"):
            await page.keyboard.press("Space")
        elif tag == "INPUT" and kind == "text" and left and here != before:
            await page.keyboard.type(left.pop(0))
        before = here
    async with opening(page):
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("Done")
    assert not left


async def test_from_the_papers_to_the_handover_without_a_mouse(window: Window, browser: Browser) -> None:
    asked = await applied_for(window)
    await asked.hand_in("photo", "identity", "ownership")
    async with (
        served(create_app(window.parts)) as address,
        visiting(browser, address, phone=False) as visitor,
    ):
        page = visitor.page
        await signed_in(visitor, window)
        await visitor.go("/desk")
        await reach(page, asked.reference[:4])
        async with opening(page):
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="New connection")).to_be_visible()
        await end(page, "All papers are good")
        await visit(asked)
        await signed_in(visitor, window)
        async with opening(page):
            await page.reload()
        await end(page, "The visit is done")
        await end(page, "Decide")
        await end(page, "Issue the demand note")
        await asked.paid()
        async with opening(page):
            await page.reload()
        await end(page, "The work is done")
        await end(page, "The work is done")
        await end(page, "The meter is fitted", "M-7001", "S-12", "3")
        await end(page, "It is handed over")
        await expect(page.locator(".chip.done")).to_be_visible()
    assert (await window.row(asked.reference)).state == "done"


async def visit(asked: AtHand) -> None:
    """The applicant chooses a date, and it comes; a meter lies in stock."""
    slots = (await asked.task("visit")).data["slots"]
    await asked.sent(Act.SLOT, Actor.CONSUMER, data={"slot": slots[0]["key"]})
    asked.window.now = datetime.fromisoformat(slots[0]["start"]) + timedelta(minutes=20)
    async with asked.window.sessions.begin() as session:
        await cases.stock(session, {"M-7001": None})
