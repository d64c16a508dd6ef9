"""A town seen from its officers' desks: the real application over the real database and pen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI
from sqlmodel import col, update

from embedded.postgres import Postgres
from models.people import Post, StaffSession
from models.staff import hashed
from tests.by_the_pen import town_by_the_pen
from tests.passwords import PASSWORD, let_in
from tests.servers import database_of
from tests.stories.applying import Application
from tests.timeline import Timeline
from tests.web.window import PATIENT, app_over
from tests.wellformed import well_formed
from web.onewindow import Onewindow

MONDAY_NOON = datetime(2027, 5, 10, 6, 30, tzinfo=UTC)
"""Monday 10 May 2027, noon in the demo's zone."""
ADDRESS = "http://localhost:8000"
FULL_HANDS = 1000
SAME_SITE = {"sec-fetch-site": "same-origin"}


@dataclass
class Desk:
    """The town, its application, and the browsers of those who signed in."""

    town: Timeline
    app: FastAPI
    onewindow: Onewindow
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    signed_in: dict[str, datetime] = field(default_factory=dict)
    brought: dict[str, tuple[Application, datetime]] = field(default_factory=dict)
    """Applications that were brought to a stage and left alone since, with the instant they stand at: to be copied."""

    def stranger(self) -> httpx2.AsyncClient:
        """A browser nobody signed in with, on an English page."""
        transport = httpx2.ASGITransport(app=self.app)
        cookies = {"language": "en"}
        return httpx2.AsyncClient(transport=transport, base_url=ADDRESS, headers=SAME_SITE, cookies=cookies)

    async def of(self, username: str) -> httpx2.AsyncClient:
        """The browser of somebody, signed in; again when the session would have idled meanwhile."""
        if username not in self.browsers:
            async with self.onewindow.sessions.begin() as session:
                await let_in(session, username)
            self.browsers[username] = self.stranger()
        browser, before = self.browsers[username], self.signed_in.get(username)
        idle = before is not None and self.town.now - before > timedelta(minutes=25)
        if before is None or (idle and not await self.still_there(browser)):
            answer = await browser.post("/sign-in", data={"username": username, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            browser.cookies.set("language", "en", domain="localhost.local")
        if before is None or idle:
            self.signed_in[username] = self.town.now
        return browser

    async def still_there(self, browser: httpx2.AsyncClient) -> bool:
        """Let somebody's session be as though it began now; whether there is one that was not ended."""
        token = hashed(browser.cookies.get("staff", "", domain="localhost.local"))
        mine = update(StaffSession).where(col(StaffSession.token_hash) == token, ~col(StaffSession.ended))
        renewed = mine.values(started=self.town.now, used=self.town.now).returning(StaffSession.person)
        async with self.onewindow.sessions.begin() as session:
            return (await session.exec(renewed)).first() is not None

    async def work_goes_to(self, post: str) -> None:
        """Work at a post's office is given to this post from now on: the colleagues have their hands full."""
        async with self.onewindow.sessions.begin() as session:
            here = await session.get_one(Post, post)
            colleagues = (col(Post.office) == here.office, col(Post.role) == here.role, col(Post.code) != post)
            await session.exec(update(Post).where(*colleagues).values(open_tasks=FULL_HANDS))

    async def page(self, username: str, address: str, status: int = 200) -> str:
        """A page as somebody sees it; it must be well-formed HTML."""
        answer = await (await self.of(username)).get(address)
        assert answer.status_code == status, (answer.status_code, answer.text[:2000])
        return well_formed(answer.text)

    async def act(
        self, username: str, reference: str, act: str, *, page: str | None = None, **fields: str
    ) -> httpx2.Response:
        """Open the request's page (or use `page`, opened before) and send one of its forms."""
        opened = page or await self.page(username, f"/desk/requests/{reference}")
        await self.town.bring(reference)
        data = {"token": hidden(opened, "token"), "seen": hidden(opened, "seen"), **fields}
        return await (await self.of(username)).post(f"/desk/requests/{reference}/{act}", data=data)


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


def plain(page: str) -> str:
    """What one reads: without tags, white space in single blanks."""
    body = page.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


@asynccontextmanager
async def opened(postgres: Postgres) -> AsyncIterator[Desk]:
    """A fresh town on a Monday at noon, its requests brought on by the pen, and its application."""
    async with database_of(postgres) as url, town_by_the_pen(url, MONDAY_NOON) as town, desk_of(town) as desk:
        yield desk


@asynccontextmanager
async def desk_of(town: Timeline) -> AsyncIterator[Desk]:
    """The application of a town."""
    onewindow = Onewindow(
        town.sessions,
        town.door,
        lambda: town.now,
        ZoneInfo("Asia/Kolkata"),
        "a secret of the tests",
        messages_url="http://caught.example/",
    )
    onewindow.database.seconds = onewindow.hub.database.seconds = PATIENT
    await onewindow.database.read(onewindow.book.refresh)
    desk = Desk(town, app_over(onewindow), onewindow)
    yield desk
    for browser in desk.browsers.values():
        await browser.aclose()
