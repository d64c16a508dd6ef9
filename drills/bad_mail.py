"""A mail server that refuses, then is slow, then takes mails and dies before it says so: each mail comes, twice only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aiosmtpd.smtp import SMTP

from drills.auditor import Promised, audit
from drills.findings import Finding, none_of, within
from drills.messages import by_sender, caught_in
from drills.people import Caller
from drills.stack import Chosen, running
from drills.waiting import caught_up, until
from embedded.message_gateway import MailCatcher
from embedded.message_store import Caught, Store
from embedded.ports import free_ports

FILED = 3
"""Complaints in each mood."""
SLOWER = 11.0
"""Seconds an answer takes: longer than it is waited for."""
SOON, LATER = 15.0, 150.0
"""Seconds in which a text message must be out whatever the mail server does, and every mail once it is well again."""


class Mood(StrEnum):
    """How the server is: it refuses for now, it answers too late, it dies after it took a mail, it is well."""

    REFUSES = "refuses"
    SLOW = "slow"
    DIES = "dies"
    WELL = "well"


class Moody(MailCatcher):
    """A mail catcher with moods; `taken` are the instants at which it took a mail and did not say so in time."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.mood = Mood.REFUSES
        self.taken: list[datetime] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """Yes to each recipient, or not now."""
        if self.mood is Mood.REFUSES:
            return "451 4.3.0 Not now"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, and say so, or not."""
        said = await super().handle_DATA(server, session, envelope)
        if self.mood in (Mood.SLOW, Mood.DIES):
            self.taken.append(datetime.now(UTC))
        if self.mood is Mood.SLOW:
            await asyncio.sleep(SLOWER)
        if self.mood is Mood.DIES:
            server.transport.abort()
        return said


async def drill(chosen: Chosen) -> list[Finding]:
    """File in each mood; then the server is well."""
    [port] = free_ports(1)
    async with running(chosen, SMTP_URL=f"smtp://127.0.0.1:{port}") as stack, stack.sessions() as sessions:
        kept = stack.folder.parent / "mails.jsonl"
        promised, caller, slowest = Promised(datetime.now(UTC)), Caller(stack), 0.0

        def arrived() -> list[Caught]:
            return caught_in(stack.messages) + caught_in(kept)

        async def texts() -> int:
            return sum(message.channel == "sms" for message in caught_in(stack.messages))

        async with listening(port, Moody(Store(kept))) as moody:
            for mood in Mood:
                moody.mood = mood
                before = FILED + await texts()
                for one in range(FILED):
                    key = f"{mood}-{one}-{promised.since.timestamp():.0f}"
                    promised.numbers[key] = await caller.filed(key, "no-supply")
                _, took = await until(texts, before.__le__, SOON + 1)
                slowest = max(slowest, took)
                await asyncio.sleep(0 if mood is Mood.WELL else max(chosen.away, 8))
            left, took = await caught_up(sessions, LATER)
            promised.kills += moody.taken
            async with sessions() as session:
                found = await audit(session, promised, arrived)
        twice = [id for id, times in by_sender(caught_in(kept)).items() if len(times) > 1]
    return [
        within("text messages out whatever the mail server does", slowest, SOON),
        none_of("left undone", left, 4),
        within("all mails out once the server was well", took, LATER),
        Finding(
            "mails that came again",
            len(twice) <= len(moody.taken),
            f"{len(twice)}, {len(moody.taken)} taken without a word",
        ),
        *found,
    ]


@asynccontextmanager
async def listening(port: int, moody: Moody) -> AsyncIterator[Moody]:
    """The server, for as long as the block lasts."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(moody, enable_SMTPUTF8=True, hostname="drill"), "127.0.0.1", port)
    try:
        yield moody
    finally:
        server.close()
        moody.store.close()
