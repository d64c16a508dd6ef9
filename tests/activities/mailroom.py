"""A post office for tests: a real mail server that can refuse, and the real trial gateway, on free ports."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from embedded.message_store import Store
from embedded.messages import create_app
from tests.served import served


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


@contextlib.asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[tuple[str, Store]]:
    """The trial gateway; gives its address for text messages and what it has."""
    store = Store(folder / "messages.jsonl")
    async with served(create_app(store, report_after=0)) as address:
        yield f"{address}/sms", store
    store.close()
