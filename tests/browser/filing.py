"""Filing a complaint as people do: page by page, by the words on the buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import expect

from languages.catalog import translations
from tests.browser.chromium import Visitor


@dataclass(frozen=True)
class Story:
    """What somebody answers, in his language. `typed` is what he types to find his locality."""

    category: str
    typed: str
    words: str
    phone: str
    email: str = ""
    language: str = "en"

    def _(self, text: str) -> str:
        """A text of the pages as he reads it."""
        found = translations(self.language).gettext(text)
        assert self.language == "en" or found != text, f"not translated: {text}"
        return found


async def file(visitor: Visitor, story: Story, *, script: bool = True) -> str:
    """File it; the number. Ends on the page that follows it."""
    page, _ = visitor.page, story._
    go_on = page.get_by_role("button", name=_("Go on"))
    await visitor.go("/")
    await page.get_by_role("link", name=story.category, exact=True).click()
    await page.get_by_label(_("No"), exact=True).check()
    await go_on.click()
    await page.get_by_label(_("Locality, or PIN code")).fill(story.typed)
    if script:
        await page.locator("#found .choice").first.click()
    await go_on.click()
    if not script:
        await page.locator("#found .choice").first.click()
        await go_on.click()
    await page.get_by_label(_("House and street")).fill("12, Lane 3")
    await go_on.click()
    await page.get_by_label(_("In your own words")).fill(story.words)
    await go_on.click()
    await page.get_by_label(_("Mobile number")).fill(story.phone)
    await page.get_by_label(_("E-mail")).fill(story.email)
    await go_on.click()
    await expect(page.get_by_role("heading", name=_("Check before you send"))).to_be_visible()
    await expect(page.get_by_text(story.words)).to_be_visible()
    await page.get_by_role("button", name=_("Send complaint")).click()
    number = re.sub(r"\D", "", await page.locator(".huge").inner_text())
    await page.get_by_role("link", name=_("See what is happening")).click()
    await expect(page).to_have_url(re.compile(f"/track/{number}"))
    await page.wait_for_load_state()
    return number
