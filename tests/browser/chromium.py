"""One Chromium, and people who look at pages with it: nothing on a page may complain."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response, async_playwright, expect

from tests.wellformed import well_formed

PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
LOCALES = {"en": "en-IN", "hi": "hi-IN", "ur": "ur-PK"}
LARGEST_FIRST_VIEW = 30_000
"""Bytes over the wire: a consumer pays for them."""
PATIENCE = 30_000
"""Milliseconds until something that was to be seen is missed: many times what an idle machine needs, for one in a crowd."""
expect.set_options(timeout=PATIENCE)
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The one without a window first: it shows the same pages for half the work."""


def program() -> str | None:
    """Where Chromium lies: $CHROMIUM, or the first found by name; None when there is none."""
    return os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)


@asynccontextmanager
async def launched(path: str) -> AsyncIterator[Browser]:
    """Chromium, for as long as the block lasts."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Visitor:
    """One person's browser. Keeps what his pages complained of; what a story means to happen is in `forgiven`."""

    context: BrowserContext
    page: Page
    address: str
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Keep an error or a warning of the browser's console."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def failed(self, error: Exception) -> None:
        """Keep an error of a script."""
        self.complaints.append(str(error))

    async def go(self, path: str, status: int = 200) -> Response:
        """Open a page, which must answer `status` and be well-formed HTML."""
        if status >= 400:
            self.forgiven.append(f"status of {status}")
        address = path if "://" in path else self.address + path
        answer = await (opened(self.page, address) if self.scripts else self.page.goto(address))
        assert answer is not None
        assert answer.status == status, (path, answer.status)
        well_formed(await answer.text())
        return answer

    def content(self) -> None:
        """Nothing was complained of but what was meant to happen."""
        bad = [text for text in self.complaints if not any(part in text for part in self.forgiven)]
        assert not bad, bad


@asynccontextmanager
async def visiting(
    browser: Browser, address: str, language: str = "en", *, phone: bool = True, **more: Any
) -> AsyncIterator[Visitor]:
    """Somebody with a browser of his own, on a telephone or at a desk; at the end his pages must be content."""
    context = await browser.new_context(
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        locale=LOCALES[language],
        is_mobile=phone,
        has_touch=phone,
        reduced_motion="reduce",
        **more,
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    visitor = Visitor(context, page, address, scripts=more.get("java_script_enabled", True))
    page.on("console", visitor.heard)
    page.on("pageerror", visitor.failed)
    try:
        yield visitor
    finally:
        await context.close()
    visitor.content()


async def drawn(page: Page) -> None:
    """Wait until a page that was opened stands on the screen: a browser may throw away keys pressed before."""
    await page.wait_for_load_state()
    await page.evaluate("() => new Promise(seen => requestAnimationFrame(() => setTimeout(seen)))")


async def opened(page: Page, address: str) -> Response:
    """Open an address: its page stands on the screen, and the field that is to have the keyboard has it."""
    answer = await page.goto(address)
    assert answer is not None
    await drawn(page)
    return answer


@asynccontextmanager
async def opening(page: Page) -> AsyncIterator[None]:
    """What the block does opens another page, which stands on the screen afterwards.

    An address that is only noted anew, as a part of a page may do when it is fetched, is no other page.
    """
    await page.wait_for_load_state()  # the load of what stands there already is none of what is opened
    async with page.expect_event("load"):
        yield
    await drawn(page)


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
