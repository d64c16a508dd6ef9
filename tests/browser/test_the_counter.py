"""The call centre works by keyboard; the counter prints what stands in for a telephone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from embedded.postgres import Postgres
from models.requests import ServiceRequest
from tests.browser.chromium import drawn, opened, opening
from tests.browser.hall import Hall, hall_on, number_on
from tests.browser.looking import faults
from tests.servers import database_of

pytestmark = [pytest.mark.browser, pytest.mark.sweep("three more ways through the screens")]
CALLER = "98100 00084"


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


async def focused(page: Page) -> str:
    """The name or the words of what has the keyboard."""
    asked = "(at => at === document.body ? '' : at.innerText || at.name || '')(document.activeElement)"
    return str(await page.evaluate(asked))


async def alt(page: Page, key: str) -> None:
    """Press the key of an entry, with Alt: Playwright's own keyboard sends no letter with it."""
    devtools = await page.context.new_cdp_session(page)
    pressed = {"modifiers": 1, "key": key, "unmodifiedText": key, "windowsVirtualKeyCode": ord(key.upper())}
    await devtools.send("Input.dispatchKeyEvent", {"type": "keyDown", **pressed})
    await devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
    await devtools.detach()


async def pages(page: Page) -> int:
    """How many sheets the page is on paper."""
    await drawn(page)
    return len(PdfReader(BytesIO(await page.pdf(format="A5"))).pages)


async def to(page: Page, words: str) -> None:
    """Go on by the tabulator until a button of these words has the keyboard, and press it: it opens another page."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if words in await focused(page):
            async with opening(page):
                await page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard never came to {words}: it is at {await focused(page)}")


async def test_a_call_is_written_down_without_touching_the_mouse(hall: Hall) -> None:
    page = await hall.of("tara")
    await opened(page, f"{hall.address}/counter")
    assert await focused(page) == "q"
    await page.keyboard.press("Escape")
    assert await focused(page) == "", "the field is left, and a single letter is a key"
    async with opening(page):
        await page.keyboard.press("s")
    assert await focused(page) == "q"
    await page.keyboard.type(CALLER)
    async with opening(page):
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="On the telephone")).to_be_visible()
    await to(page, "On the telephone")
    await expect(page.locator("#phone")).to_have_value("+919810000084")
    await alt(page, "0")
    await expect(page.locator("[name=danger][value=no]")).to_be_checked()
    await alt(page, "2")
    await page.keyboard.type("No sup")
    await alt(page, "3")
    await page.keyboard.type("Gizri")
    await expect(page.locator("#places option").first).to_be_attached()
    await alt(page, "5")
    await page.keyboard.type("There are sparks at the pole.")
    await alt(page, "7")
    await page.keyboard.type("Zubeida Example")
    async with opening(page):
        await alt(page, "f")

    await expect(page.locator(".asked")).to_contain_text("Ask: is there danger now?")
    await expect(page.locator(".asked")).to_be_focused()
    await page.locator("#name").focus()
    async with opening(page):
        await page.keyboard.press("Enter")  # a stray Enter decides nothing: it is asked again
    await expect(page.locator(".asked")).to_contain_text("Ask: is there danger now?")
    await to(page, "No danger now")
    await expect(page.get_by_role("status")).to_contain_text("It is filed. Read the number out in groups.")
    first = await hall.taken_in(number_on(await page.locator("h1").inner_text()))
    assert (await hall.window.row(first)).channel == "call"
    assert await faults(page) == []

    await opened(page, f"{hall.address}/counter")
    await expect(page.locator("input:focus")).to_be_visible()
    await page.keyboard.type(CALLER)
    async with opening(page):
        await page.keyboard.press("Enter")
    await expect(page.locator("#open-title")).to_be_visible()
    await to(page, "Called again")
    await expect(page.locator("main")).to_contain_text("1 time")
    await expect(page.locator(".aloud")).to_contain_text("Your complaint is with the relationship officer")
    assert (await hall.window.row(first)).repeats == 1


async def test_a_slip_stands_in_for_a_telephone_and_the_answer_is_taken_at_the_counter(hall: Hall) -> None:
    reference = await hall.window.filed(phone=None)
    await hall.window.resolved(reference)
    page = await hall.of("tara")
    await opened(page, f"{hall.address}/counter/requests/{reference}")
    await page.get_by_role("button", name="Print a slip").press("Enter")
    code = (await page.locator(".paper .code").inner_text()).strip()
    await page.emulate_media(media="print")
    await expect(page.locator(".no-print").first).to_be_hidden()
    await expect(page.locator(".paper .qr svg")).to_be_visible()
    assert await pages(page) == 1
    await page.emulate_media(media="screen")

    at_home = await hall.consumer()
    await at_home.go(f"/track/{reference}/code")
    await at_home.page.locator("details:has(#slip) > summary").tap()
    await at_home.page.get_by_label("code on your slip").fill(code)
    await at_home.page.locator("form[action$=slip] button").tap()
    await expect(at_home.page.get_by_role("button", name="No, it is not put right")).to_be_visible()

    await opened(page, f"{hall.address}/counter/requests/{reference}")
    await page.get_by_role("button", name="No, it is not put right").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Done")
    assert (await hall.window.row(reference)).state == "in_progress"
    track = await hall.consumer("ur")
    await track.go(f"/track/{reference}")
    assert await faults(track.page) == []


async def test_a_slip_in_urdu_is_one_sheet_too(hall: Hall) -> None:
    reference = await hall.window.filed(phone=None)
    async with hall.window.sessions.begin() as session:
        row = await session.get(ServiceRequest, reference)
        assert row is not None
        row.language = "ur"
        session.add(row)
    page = await hall.of("usman")
    await page.context.add_cookies([{"name": "language", "value": "ur", "domain": "127.0.0.1", "path": "/"}])
    await opened(page, f"{hall.address}/counter/requests/{reference}")
    await page.locator("form[action$=slip] button").click()
    await expect(page.locator(".paper[lang=ur] .code")).to_be_visible()
    await page.emulate_media(media="print")
    assert await pages(page) == 1
