"""A small utility whose clock stands where a test puts it: its pages on a port, its staff signed in, its pen at hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from playwright.async_api import Browser, Page

from models.staff import sign_in
from rules.messages import Look
from tests.browser.chromium import Visitor, opened, visiting
from tests.passwords import PASSWORD, let_in
from tests.served import served
from tests.web.window import MONDAY, Window, window_on
from web.app import create_app


@dataclass
class Hall:
    """Where the pages are, and the browsers of those who looked so far in this test."""

    window: Window
    address: str
    browser: Browser
    held: AsyncExitStack
    people: dict[str, Visitor] = field(default_factory=dict)

    async def of(self, username: str, language: str = "en", *, phone: bool = False) -> Page:
        """The page of somebody of the staff, signed in; in English and on a wide screen unless said."""
        if username not in self.people:
            async with self.window.sessions.begin() as session:
                await let_in(session, username)
            token = await sign_in(self.window.sessions, username, PASSWORD, self.window.now)
            self.people[username] = await self.held.enter_async_context(
                visiting(self.browser, self.address, language, phone=phone)
            )
            await self.people[username].context.add_cookies(
                [self._cookie("staff", token), self._cookie("language", language)]
            )
        return self.people[username].page

    async def consumer(self, language: str = "en", **more: Any) -> Visitor:
        """A consumer on his telephone."""
        return await self.held.enter_async_context(visiting(self.browser, self.address, language, **more))

    def _cookie(self, name: str, value: str) -> Any:
        return {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}

    async def desk(self, username: str, reference: str) -> Page:
        """The page of a request, as somebody of the staff opens it."""
        page = await self.of(username)
        await opened(page, f"{self.address}/desk/requests/{reference}")
        return page

    async def taken_in(self, reference: str) -> str:
        """What the relay does with a new request: it is given to somebody."""
        await self.window.record.look(Look(reference, self.window.now))
        return reference


def number_on(text: str) -> str:
    """The complaint number as it stands on a page, without its hyphens."""
    found = re.search(r"\d{4}-\d{4}-\d", text)
    assert found is not None, text
    return found[0].replace("-", "")


@asynccontextmanager
async def hall_on(url: str, browser: Browser) -> AsyncIterator[Hall]:
    """The hall over a database of its own, on a Monday at half past three."""
    async with window_on(url) as window:
        window.now = MONDAY + timedelta(hours=5, minutes=30)
        async with served(create_app(window.parts)) as address, AsyncExitStack() as people:
            yield Hall(window, address, browser, people)
