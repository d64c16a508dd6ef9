"""A whole utility in real time: web on a port, workflows, relay, outbox, and the page that shows what was sent."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.channels import Channel
from activities.channels.email import Email
from activities.channels.sms import Sms
from activities.facts import Place
from activities.outbox import Outbox
from activities.record import Record
from activities.relay import Relay
from activities.say import Renderer
from embedded.bank import Bank
from embedded.message_store import Caught, Store
from embedded.messages import catch_mail
from embedded.messages import create_app as messages_app
from embedded.postgres import Postgres
from models import database
from models.database import Sessions
from models.events import Event
from models.hints import Hints, listen
from models.people import Fill, Staff
from models.policy_versions import read_toml, save
from models.requests import ServiceRequest, Task
from models.storage import Folder
from models.waiting import Waiting
from tests.passwords import let_in
from tests.served import Quiet, served
from tests.servers import database_of
from tests.timeline import door_of
from web.app import create_app
from web.book import Book
from web.onewindow import Onewindow
from web.uploads.receive import Uploads
from worker import opening

ZONE = ZoneInfo("Asia/Kolkata")
PATIENCE = 30.0
"""Seconds until something that was to happen is missed."""
PAYMENT_SECRET = "the secret that the bank of the stories shares"


@dataclass
class Living:
    """The running parts, and what a story needs to look behind the pages."""

    url: str
    sessions: Sessions
    parts: Callable[[], Onewindow]
    port: int
    messages: str
    store: Store
    server: Quiet | None = None
    serving: asyncio.Task[None] | None = None
    passwords: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def book(self) -> Book:
        """The names people read, as the pages read them."""
        assert self.server is not None
        onewindow: Onewindow = self.server.config.app.state.onewindow  # type: ignore[union-attr]
        return onewindow.book

    async def open(self) -> None:
        """Start the web on its port."""
        app = create_app(self.parts())
        settings = uvicorn.Config(app, "127.0.0.1", self.port, log_level="error")
        self.server = Quiet(settings)
        self.serving = asyncio.create_task(self.server.serve())
        while not self.server.started:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.005)

    async def close(self, *, rudely: bool = False) -> None:
        """Stop the web; rudely, every connection is cut as when its process is killed."""
        assert self.server is not None
        assert self.serving is not None
        onewindow: Onewindow = self.server.config.app.state.onewindow  # type: ignore[union-attr]
        if rudely:
            for connection in list(self.server.server_state.connections):
                connection.transport.abort()
        onewindow.hub.close()
        self.server.over.set()
        await self.serving

    async def policy(self, text: str) -> None:
        """Bring timings into force for new requests."""
        async with self.sessions.begin() as session:
            await save(session, await read_toml(session, text), "for this story", None, datetime.now(UTC))

    async def may_sign_in(self, username: str) -> None:
        """Give somebody a password."""
        if username not in self.passwords:
            async with self.sessions.begin() as session:
                await let_in(session, username)
            self.passwords.add(username)

    async def events(self, reference: str) -> list[Event]:
        """The request's history."""
        async with self.sessions() as session:
            asked = select(Event).where(Event.reference == reference).order_by(col(Event.number))
            return list((await session.exec(asked)).all())

    async def happened(self, reference: str, kind: str, times: int = 1) -> Event:
        """The event of a kind once it has happened so often."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [event for event in await self.events(reference) if event.kind == kind]
                if len(found) >= times:
                    return found[times - 1]
                await asyncio.sleep(0.05)

    async def handler(self, reference: str) -> str:
        """The user name of who does the work."""
        async with self.sessions() as session:
            asked = select(Staff.username).join(Fill, col(Fill.person) == col(Staff.id))
            asked = asked.join(Task, col(Task.handler) == col(Fill.post)).where(Task.reference == reference)
            return (await session.exec(asked)).first() or ""

    def kept(self, to: str, channel: str) -> list[Caught]:
        """The messages that reached one number or address, oldest first."""
        return [one for one in self.store.messages.values() if (one.to, one.channel) == (to, channel)]

    async def sent(self, to: str, channel: str, count: int, like: str = "") -> list[Caught]:
        """The same, of those that match `like`, once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [one for one in self.kept(to, channel) if re.search(like, one.text)]
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.05)


@asynccontextmanager
async def living(postgres: Postgres, temporal: WorkflowEnvironment, pen: Record, folder: Path) -> AsyncIterator[Living]:
    """Everything of `onewindow run` in this process, on a database of its own."""
    async with AsyncExitStack() as held:
        url = await held.enter_async_context(database_of(postgres))
        engine = database.engine(url)
        held.push_async_callback(engine.dispose)
        sessions = database.sessions_of(engine)
        config: Any = temporal.client.config()
        client = Client(**{**config, "interceptors": []})
        store = Store(folder / "messages.jsonl")
        held.callback(store.close)
        port = free_port()
        bank = Bank(f"http://127.0.0.1:{port}", PAYMENT_SECRET)
        messages = await held.enter_async_context(served(messages_app(store, report_after=0, bank=bank)))
        mail = await catch_mail(store, "127.0.0.1", 0)
        held.callback(mail.close)
        smtp = f"smtp://127.0.0.1:{mail.sockets[0].getsockname()[1]}"
        hints = await work(held, url, sessions, client, Ways(f"http://127.0.0.1:{port}", smtp, messages))
        pen.sessions = sessions
        pen.policies.kept.clear()
        pen.committed = hints.give
        held.callback(setattr, pen, "committed", lambda: None)
        at = Where(url, f"http://127.0.0.1:{port}", messages, folder)
        parts = await web_parts(sessions, client, hints, at)
        running = Living(url, sessions, parts, port, messages, store)
        await running.open()
        yield running
        await running.close()
        await forget(sessions, client)


async def forget(sessions: Sessions, client: Client) -> None:
    """End the workflows of this town: its database is about to go."""
    async with sessions() as session:
        references = (await session.exec(select(ServiceRequest.reference))).all()
    for reference in references:
        with suppress(RPCError):
            await client.get_workflow_handle(reference).terminate("the story is told")


@dataclass(frozen=True)
class Ways:
    """Where pages are, and the two ways out."""

    public_url: str
    smtp: str
    messages: str


async def work(held: AsyncExitStack, url: str, sessions: Sessions, client: Client, ways: Ways) -> Hints:
    """The loops of a worker: relay, outbox, hints."""
    door = await door_of(client, sessions)

    async def start(row: Waiting) -> bool:
        return await door.start(opening(row))

    channels: dict[str, Channel] = {
        "email": Email(ways.smtp, "onewindow@gizri.example"),
        "sms": Sms(f"{ways.messages}/sms", f"{ways.public_url}/api/v1/receipts/sms"),
    }
    relay = Relay(sessions, door, start)
    outbox = Outbox(sessions, channels, Renderer(Place(ways.public_url, ZONE)), tell=door.act)
    hints, stop = Hints(sessions), asyncio.Event()
    loops = (relay.run(), outbox.run(stop), hints.run(), listen(url, relay.hint, outbox.hint))
    tasks = [asyncio.create_task(loop) for loop in loops]

    async def end() -> None:
        stop.set()
        await tasks[1]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    held.push_async_callback(end)
    return hints


@dataclass(frozen=True)
class Where:
    """The database, where consumers find the pages, where messages and bank are, and a folder for documents."""

    url: str
    public_url: str
    messages: str
    folder: Path


async def web_parts(sessions: Sessions, client: Client, hints: Hints, at: Where) -> Callable[[], Onewindow]:
    """How the parts of one web process are made; a new one is made for each start."""

    async def hint() -> None:
        hints.give()

    door = await door_of(client, sessions, hint=hint, patience=timedelta(seconds=0.8 * PATIENCE))

    def made() -> Onewindow:
        return Onewindow(
            sessions, door, lambda: datetime.now(UTC), ZONE, "a secret of the browser stories",
            public_url=at.public_url, messages_url=at.messages, listen_url=at.url,
            payment_secret=PAYMENT_SECRET, payment_url=f"{at.messages}/bank?note={{note}}&amount={{amount}}&back={{back}}",
            uploads=Uploads(Folder(at.folder / "documents")),
        )  # fmt: skip

    return made


def free_port() -> int:
    """A port nobody uses at present."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port
