"""The application over a real database, with a door straight to the pen, and browsers without script to visit it."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI
from sqlmodel import col, select
from starlette.routing import BaseRoute

from activities.record import Record
from models.database import Sessions, sessions_of
from models.intake import New, register
from models.outbox import Notification
from models.people import Fill
from models.requests import ServiceRequest, Task
from models.tray import put
from rules.messages import ItIsTime, Look, Take, Taken
from rules.terms import Act, Actor, Channel, Kind
from tests.again import again
from tests.by_the_pen import Straight
from tests.engines import engine
from tests.wellformed import well_formed
from web.app import create_app
from web.onewindow import Onewindow

MONDAY = datetime(2027, 5, 10, 4, 30, tzinfo=UTC)
"""Monday 10 May 2027, ten in the morning in the demo's zone."""
NUMBERS = itertools.count(1)
PHONE = "+919800000017"
PATIENT = 30.0
"""Seconds after which a database is away: a slow machine is not."""


@dataclass
class Window:
    """The application, its clock, and hands to bring a request where a test needs it."""

    sessions: Sessions
    now: datetime = MONDAY
    secret: str = "a secret of at least thirty-two letters"
    record: Record = field(init=False)
    brought: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Requests that were brought somewhere and left alone since, with the instant they stand at: to be copied."""
    door: Straight = field(init=False)
    parts: Onewindow = field(init=False)

    def __post_init__(self) -> None:
        self.record = Record(self.sessions)
        self.door = Straight(self.record, lambda: self.now)
        self.parts = Onewindow(self.sessions, self.door, lambda: self.now, ZoneInfo("Asia/Kolkata"), self.secret)
        self.parts.database.seconds = self.parts.hub.database.seconds = PATIENT
        self.app = app_over(self.parts)

    def visitor(self, language: str = "en", **headers: str) -> httpx2.AsyncClient:
        """A browser without script."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        told = {"Accept-Language": language, "Accept": "text/html", "Sec-Fetch-Site": "same-origin", **headers}
        return httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=told)

    async def filed(self, category: str = "no-supply", **more: object) -> str:
        """A request filed and assigned now; its reference."""
        reference = await self.registered(category, **more)
        await self.record.look(Look(reference, self.now))
        return reference

    async def registered(self, category: str = "no-supply", **more: object) -> str:
        """A request filed now and not given to anybody yet; its reference."""
        given: dict[str, object] = {
            "locality": "gizri",
            "phone": PHONE,
            "name": "Asha Demo",
            "address": "12, Lane 3",
            **more,
        }
        new = New(
            Kind.COMPLAINT, category, Channel.WEB, "en", "No light in the lane", f"token-{next(NUMBERS)}", self.now,
            **given,  # type: ignore[arg-type]
        )  # fmt: skip
        async with self.sessions.begin() as session:
            row = await register(session, new, self.parts.book.policies)
        return row.reference

    async def brought_to(self, where: str, walk: Callable[[], Awaitable[str]]) -> str:
        """A request as this walk leaves it, and the time then: the walk is taken once and its request copied for each."""
        if where not in self.brought:
            self.brought[where] = (await walk(), self.now)
        first, self.now = self.brought[where]
        async with self.sessions.begin() as session:
            return await again(session, first)

    async def passes(self, time: timedelta, *references: str) -> None:
        """Let time pass; each request's timer fires at its instants."""
        until = self.now + time
        for reference in references:
            while (wake := (await self.row(reference)).wake_at) is not None and wake <= until:
                await self.record.it_is_time(ItIsTime(reference, wake))
        self.now = until

    async def row(self, reference: str) -> ServiceRequest:
        """The request's row as it is now."""
        async with self.sessions() as session:
            found = await session.get(ServiceRequest, reference)
        assert found is not None
        return found

    async def officer(self, reference: str, act: Act, **more: object) -> Taken:
        """The handler does something."""
        async with self.sessions.begin() as session:
            task = (await session.exec(select(Task).where(Task.reference == reference))).one()
            fill = (await session.exec(select(Fill).where(Fill.post == task.handler))).first()
            id = f"officer-{next(NUMBERS)}"
            person = fill.person if fill else None
            await put(
                session, id=id, reference=reference, act=act, actor=Actor.OFFICER, at=self.now, post=task.handler,
                person=person, task_id=task.id, **more,  # type: ignore[arg-type]
            )  # fmt: skip
        return await self.record.take(Take(reference, id, act))

    async def consumer(self, reference: str, act: Act, **more: object) -> Taken:
        """The consumer does something."""
        id = f"consumer-{next(NUMBERS)}"
        async with self.sessions.begin() as session:
            await put(
                session, id=id, reference=reference, act=act, actor=Actor.CONSUMER, at=self.now,
                **more,  # type: ignore[arg-type]
            )  # fmt: skip
        return await self.record.take(Take(reference, id, act))

    async def resolved(self, reference: str, **more: str) -> None:
        """A quarter of an hour later the handler says that it was put right five minutes ago; `more` goes with it."""
        self.now += timedelta(minutes=15)
        put_right = (self.now - timedelta(minutes=5)).isoformat()
        taken = await self.officer(
            reference, Act.RESOLVE, data={"cause": "fuse-blown", "put_right": put_right, **more}, words="Done"
        )
        assert taken.refused is None

    async def newest_notice(self, reference: str, kind: str) -> Notification:
        """The newest notification of a kind."""
        question = select(Notification).where(Notification.reference == reference, Notification.kind == kind)
        async with self.sessions() as session:
            found = (await session.exec(question.order_by(col(Notification.id).desc()))).first()
        assert found is not None
        return found

    async def proves(self, visitor: httpx2.AsyncClient, reference: str) -> None:
        """The visitor asks for a code and types it."""
        await visitor.post(f"/track/{reference}/code", data={"last_four": PHONE[-4:]})
        code = (await self.newest_notice(reference, "code")).data["code"]
        answer = await visitor.post(f"/track/{reference}/session", data={"code": code})
        assert answer.status_code == 303


def app_over(parts: Onewindow) -> FastAPI:
    """The application over these parts; what FastAPI finds out about its routes at their first use, it finds out once."""
    app = create_app(parts)
    app.router.routes[:] = _routes()
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    nobody: Any = None
    nowhere = sessions_of(engine("postgresql+psycopg://nowhere"))
    return tuple(create_app(Onewindow(nowhere, nobody, lambda: MONDAY, ZoneInfo("UTC"), "")).router.routes)


@asynccontextmanager
async def window_on(url: str) -> AsyncIterator[Window]:
    """A window on a database of its own, its names read."""
    own = engine(url)
    window = Window(sessions_of(own))
    await window.parts.hub.look()
    yield window
    await own.dispose()


def words(answer: httpx2.Response) -> str:
    """The text of a page's main part, tags and runs of blanks taken out."""
    main = answer.text.partition("<main")[2].partition("</main>")[0] or answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def checked(answer: httpx2.Response) -> httpx2.Response:
    """The answer, once its page was read as strictly as a parser can."""
    well_formed(answer.text)
    return answer
