"""The two doors of the demo's messages: an SMTP handler, and the reports an SMS gateway calls back with."""

from __future__ import annotations

import asyncio
import email
import email.policy
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import httpx2

from embedded.message_store import Caught, Store, stamp

UNREACHABLE = "000"
"""Numbers ending so fail, to show what an undelivered message leads to."""
LONGEST_WAIT = 60.0
TRIES = 30


def body(message: EmailMessage, kind: str) -> str:
    """The part of that kind ("plain" or "html") as text; empty when there is none."""
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n").strip() if part else ""


def dated(message: EmailMessage) -> str:
    """When its sender wrote it; empty when it does not say so."""
    when: datetime | None = getattr(message["date"], "datetime", None)
    return stamp(when) if when is not None and when.tzinfo is not None else ""


class MailCatcher:
    """aiosmtpd's handler: everything is accepted and kept."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the message and say yes; not now, where there is no room for it."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        kept = Caught(
            id=secrets.token_hex(8),
            channel="email",
            to=", ".join(envelope.rcpt_tos),
            sender=str(message["from"] or envelope.mail_from or ""),
            subject=str(message["subject"] or ""),
            text=body(message, "plain"),
            html=body(message, "html"),
            message_id=str(message["message-id"] or ""),
            at=stamp(datetime.now(UTC)),
            state="delivered",
            dated=dated(message),
        )
        try:
            self.store.add(kept)
        except OSError:
            return "452 4.3.1 No room, try again later"
        return "250 OK"


class Reports:
    """Delivery reports: a moment after a message was accepted its sender is called, again and again until it answers."""

    def __init__(self, store: Store, after: float) -> None:
        self.store = store
        self.after = after
        self.client = httpx2.AsyncClient(timeout=5, follow_redirects=False)  # one: each reads every authority there is
        self.running: set[asyncio.Task[None]] = set()

    def begin(self, message: Caught) -> None:
        """Report on `message` in the background."""
        task = asyncio.create_task(self.report(message))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def resume(self) -> None:
        """Begin again what a stop left unreported."""
        for message in self.store.unreported():
            self.begin(message)

    async def report(self, message: Caught) -> None:
        """Settle what became of the message, then tell its sender."""
        await asyncio.sleep(self.after)
        state = "failed" if message.to.endswith(UNREACHABLE) else "delivered"
        at = stamp(datetime.now(UTC))
        self.store.change(message.id, state=state)
        if message.callback:
            await self.tell(message.callback, {"id": message.id, "state": state, "at": at})
        self.store.change(message.id, reported=True)

    async def tell(self, callback: str, body: dict[str, str]) -> None:
        """Call until answered: any answer but "try again" (5xx, 429) ends it."""
        wait = 1.0
        for _ in range(TRIES):
            with suppress(httpx2.HTTPError, httpx2.InvalidURL):
                answer = await self.client.post(callback, json=body)
                if answer.status_code < 500 and answer.status_code != 429:
                    return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def stop(self) -> None:
        """Let go of what waits; the next start resumes it."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        await self.client.aclose()
