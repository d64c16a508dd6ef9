"""The ladder watched on a telephone, in Hindi, in real time, through a lost connection."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from languages.catalog import use
from models.events import Event
from tests.browser.chromium import Visitor, visiting
from tests.browser.filing import Story, file
from tests.browser.living import Living
from tests.browser.looking import faults

pytestmark = pytest.mark.browser

IN_SECONDS = """
[complaint.no-supply]
accept = "none"
tiers = ["6s", "9s", "40s"]
standard = "60s"
"""
PHONE, MAIL = "+919810000041", "consumer@demo.example"
HINDI = re.compile("[\u0900-\u097f]")

WATCH = """() => {
  window.watched = [];
  const look = () => {
    const title = document.querySelector(".ladder [aria-current=step] h3")?.textContent.trim();
    if (watched.at(-1)?.title !== title) watched.push({ title, at: Date.now() });
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
}"""


async def shown_at(page: Page, title: str) -> float:
    """The instant (Unix seconds, by the page's clock) at which the page first named `title` as who must act."""
    await expect(page.locator(".ladder [aria-current=step] h3")).to_have_text(title)
    watched = await page.evaluate("window.watched")
    return next(float(one["at"]) for one in watched if one["title"] == title) / 1000


def within_a_second(shown: float, event: Event, kept_waiting: float) -> None:
    """What was shown was shown within one second of the instant it fell due, and not before.

    `kept_waiting` is how long a busy machine kept the town and its servers from running at all: nothing on an idle one.
    """
    assert isinstance(event.due, datetime)
    late = shown - event.due.timestamp()
    recorded = (event.recorded - event.due).total_seconds()
    assert -0.05 <= late < 1 + kept_waiting, f"shown {late:.2f} s after it fell due, recorded after {recorded:.2f} s"


@asynccontextmanager
async def waited() -> AsyncIterator[list[float]]:
    """How long everything here stood ready and had no core while the block ran, in the list's one place."""
    kept, before = [0.0], waits()
    yield kept
    kept[0] = sum(wait - before.get(thread, 0.0) for thread, wait in waits().items())


def waits() -> dict[str, float]:
    """Seconds that each thread of this process and of those below it has waited for a core; empty where nobody counts."""
    above: dict[str, str] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            above[status.parent.name] = status.read_text().rpartition(")")[2].split()[1]
    ours = {pid for pid in above if str(os.getpid()) in ancestors(pid, above)}
    found = {}
    for pid in ours:
        for counted in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                found[counted.parent.name] = int(counted.read_text().split()[1]) / 1e9
    return found


def ancestors(pid: str, above: dict[str, str]) -> set[str]:
    """A process and all above it."""
    line = {pid}
    while (pid := above.get(pid, "0")) != "0" and pid not in line:
        line.add(pid)
    return line


async def test_the_page_stays_open_and_shows_each_officer_within_a_second(town: Living, browser: Browser) -> None:
    await town.policy(IN_SECONDS)
    async with visiting(browser, town.address, "hi") as consumer:
        with use("hi"):
            titles = [town.book.title(post) for post in ("service-manager-gizri", "zone-head-south")]
            roles = [town.book.label("role", role) for role in ("service_manager", "zone_head")]
            category = town.book.label("category", "no-supply")
        story = Story(category, "गिज़", "गली में बिजली नहीं है।", "98100 00041", MAIL, "hi")
        reference = await file(consumer, story)
        page = consumer.page
        await page.evaluate(WATCH)

        async with waited() as kept:
            manager = await shown_at(page, titles[0])
        within_a_second(manager, await town.happened(reference, "escalated"), kept[0])

        consumer.forgiven += [
            "ERR_CONNECTION",
            "ERR_INCOMPLETE_CHUNKED_ENCODING",
            "ERR_INTERNET_DISCONNECTED",
            "htmx:sse:error",
        ]
        async with waited() as kept:
            await town.close(rudely=True)
            await asyncio.sleep(1)
            await town.open()
            head = await shown_at(page, titles[1])
        within_a_second(head, await town.happened(reference, "escalated", 2), kept[0])
        assert len(await page.evaluate("window.watched")) == 3, "the same page, never loaded anew"
        await expect(page.locator("#progress h1")).to_have_text(HINDI)

        await says_that_it_is_offline(consumer)
        await told_in_hindi(town, consumer, reference, roles)


async def says_that_it_is_offline(consumer: Visitor) -> None:
    """Without a connection the open page says so, until there is one again."""
    notice = consumer.page.locator("#offline")
    await consumer.context.set_offline(True)
    await expect(notice).to_be_visible()
    await consumer.context.set_offline(False)
    await expect(notice).to_be_hidden()


async def told_in_hindi(town: Living, consumer: Visitor, reference: str, roles: list[str]) -> None:
    """Three text messages and three mails are on the page of messages, in Hindi, with the number."""
    for channel, to in (("sms", PHONE), ("email", MAIL)):
        said = await town.sent(to, channel, 3)
        assert all(HINDI.search(one.text) for one in said), said
        for role, one in zip(roles, said[1:3], strict=True):
            assert role in one.text, (role, one.text)
    await consumer.go(f"{town.messages}/?q={reference}")
    await expect(consumer.page.get_by_text(PHONE)).to_have_count(3)
    await expect(consumer.page.get_by_text(MAIL)).to_have_count(3)
    assert not await faults(consumer.page)
