"""A post office for tests: a real mail server that can refuse, and the real trial gateway, on free ports."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP

from embedded.message_store import Store
from embedded.messages import create_app


@dataclass
class MailServer:
    """Keeps mails; refuses `gone@…` for good and `later@…` for now."""

    mails: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Refuse by name."""
        if address.startswith("gone@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the mail."""
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def connected(self) -> SMTP:
        """One more connection."""
        self.connections += 1
        return SMTP(self, enable_SMTPUTF8=True)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[MailServer]:
        """Answer on `port`, or a free one the first time, for as long as the block lasts."""
        server = await asyncio.get_running_loop().create_server(self.connected, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()


class Quiet(uvicorn.Server):
    """A server that leaves Ctrl-C to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """`app` on a free port; gives its address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = Quiet(uvicorn.Config(app, log_level="warning", lifespan="on"))
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.005)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@contextlib.asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[tuple[str, Store]]:
    """The trial gateway; gives its address for text messages and what it has."""
    store = Store(folder / "messages.jsonl")
    async with served(create_app(store, report_after=0)) as address:
        yield f"{address}/sms", store
    store.close()
