"""The counter in the tests: somebody on the call centre's posts, signed in, over the application of this module."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2
from sqlmodel import col, select

from models.events import Event
from models.people import Fill, Staff, StaffSession
from models.requests import Consumer, ServiceRequest
from models.staff import hashed
from tests.web.window import Window, checked

SPEAKING = "call-centre-1"


@dataclass
class Agent:
    """One signed-in person and his browser."""

    window: Window
    browser: httpx2.AsyncClient
    id: int

    async def page(self, address: str, status: int = 200) -> httpx2.Response:
        """A page, well-formed."""
        answer = await self.browser.get(address)
        assert answer.status_code == status, (address, answer.status_code, answer.text[:500])
        return checked(answer)

    async def look_up(self, typed: str) -> httpx2.Response:
        """What the search field finds."""
        answer = await self.browser.post("/counter", data={"q": typed})
        assert answer.status_code in (200, 303)
        return answer if answer.status_code == 303 else checked(answer)

    async def says(self, reference: str, act: str, **fields: str) -> httpx2.Response:
        """Open the request's page and send what the caller says."""
        opened = await self.page(f"/counter/requests/{reference}")
        data = {"token": hidden(opened.text, "token"), "seen": hidden(opened.text, "seen"), **fields}
        return await self.browser.post(f"/counter/requests/{reference}/{act}", data=data)

    async def files(self, **fields: str) -> httpx2.Response:
        """Fill in the one-page form and send it."""
        blank = await self.page("/counter/new")
        typed = {
            "token": hidden(blank.text, "token"),
            "danger": "no",
            "category": "no-supply",
            "locality": "Gizri",
            "language": "hi",
            "channel": "call",
            **fields,
        }
        return await self.browser.post("/counter/requests", data=typed)


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


async def agent(window: Window, username: str = "tara") -> Agent:
    """Somebody of the staff, signed in on an English page."""
    token = f"token-of-{username}"
    async with window.sessions.begin() as session:
        person = (await session.exec(select(Staff).where(Staff.username == username))).one()
        known = await session.get(StaffSession, hashed(token))
        row = known or StaffSession(
            token_hash=hashed(token), person=person.id or 0, started=window.now, used=window.now
        )
        row.started = row.used = window.now
        session.add(row)
    browser = window.visitor()
    browser.cookies.set("staff", token, domain="localhost.local")
    browser.cookies.set("language", "en", domain="localhost.local")
    return Agent(window, browser, person.id or 0)


async def sits_on(window: Window, person: int, post: str) -> None:
    """Give somebody another post."""
    async with window.sessions.begin() as session:
        session.add(Fill(post=post, person=person, how="charge", since=window.now))


async def events(window: Window, reference: str) -> list[Event]:
    """The history of a request."""
    async with window.sessions() as session:
        question = select(Event).where(Event.reference == reference).order_by(col(Event.number))
        return list((await session.exec(question)).all())


async def by_phone(window: Window, phone: str) -> list[ServiceRequest]:
    """The requests of a phone, oldest first."""
    async with window.sessions() as session:
        question = (
            select(ServiceRequest)
            .join(Consumer, col(Consumer.id) == col(ServiceRequest.consumer_id))
            .where(Consumer.phone == phone)
            .order_by(col(ServiceRequest.registered_at), ServiceRequest.reference)
        )
        return list((await session.exec(question)).all())
