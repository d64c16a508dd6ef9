"""Everything a consumer does, in a browser that runs no script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import visiting
from tests.browser.filing import Story, file
from tests.browser.living import Living

pytestmark = [pytest.mark.browser, pytest.mark.sweep("one more way through the screens: without script")]

DARK = Story("No supply", "Giz", "The whole lane is dark.", "98100 00063")
PHONE = "+919810000063"
CODE = r"(?<!\d)\d{6}(?!\d)"


async def test_file_track_prove_and_withdraw_without_script(town: Living, browser: Browser) -> None:
    async with visiting(browser, town.address, java_script_enabled=False) as consumer:
        page = consumer.page
        consumer.forgiven.append("status of 422")
        reference = await file(consumer, DARK, script=False)
        await town.happened(reference, "assigned")

        await consumer.go("/")
        await page.get_by_label("Where does it stand?").fill(reference)
        await page.get_by_role("button", name="Show it").click()
        await expect(page.locator(".chip.assigned")).to_be_visible()

        await page.get_by_role("link", name="See more or act").click()
        await page.get_by_label("Last 4 digits of your mobile number").fill(PHONE[-4:])
        await page.get_by_role("button", name="Send me a code").click()
        said = await town.sent(PHONE, "sms", 1, CODE)
        found = re.search(CODE, said[0].text)
        assert found is not None
        await page.get_by_label("The code from the message").fill(found[0])
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_text("Only you see this")).to_be_visible()
        await expect(page.get_by_text(DARK.words)).to_be_visible()

        await page.get_by_role("link", name="Take the complaint back").click()
        await page.get_by_role("button", name="Take the complaint back").click()
        await expect(page.locator(".summary")).to_contain_text("Choose a reason.")
        await page.get_by_role("radio").first.check()
        await page.get_by_role("button", name="Take the complaint back").click()
        await expect(page.locator(".good")).to_contain_text("It is done")
        await expect(page.locator(".chip.withdrawn")).to_be_visible()
