"""No mail server for a while: text messages go out at once, mails once it is there, each once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from drills.auditor import Promised, audit
from drills.findings import Finding, none_of, within
from drills.messages import by_sender, caught_in
from drills.people import Caller
from drills.stack import ROOT, Chosen, Stack, running
from drills.waiting import caught_up, until
from embedded.message_store import Caught
from embedded.ports import free_ports

MANY = 4
SOON = 15.0
"""Seconds in which a text message must be out, mail server or not."""
LATER = 60.0
"""Seconds in which mails must be out once there is a server: the longest pause after so short an absence."""


async def drill(chosen: Chosen) -> list[Finding]:
    """File while nobody listens for mail, then let somebody listen."""
    smtp, page = free_ports(2)
    async with running(chosen, SMTP_URL=f"smtp://127.0.0.1:{smtp}") as stack, stack.sessions() as sessions:
        promised, caller = Promised(datetime.now(UTC)), Caller(stack)
        for number in range(MANY):
            key = f"mail-{number}-{promised.since.timestamp():.0f}"
            promised.numbers[key] = await caller.filed(key, "no-supply")
        texts, quick = await until(lambda: came(stack), lambda found: len(found) >= 2 * MANY, SOON)
        await asyncio.sleep(chosen.away)
        early = [message for message in caught_in(stack.messages) if message.channel == "email"]
        kept = stack.folder.parent / "mails.jsonl"
        async with mail_server(smtp, page, kept):
            left, took = await caught_up(sessions, LATER)
            async with sessions() as session:
                found = await audit(session, promised, lambda: caught_in(stack.messages) + caught_in(kept))
        mails = [times for times in by_sender(caught_in(kept)).values() if len(times) != 1]
    return [
        within("text messages out without a mail server", quick if len(texts) >= 2 * MANY else None, SOON),
        none_of("mails before there was a server", early, 2 * MANY),
        none_of("left undone", left, 4),
        within("mails out once there was one", took, LATER),
        none_of("mails not exactly once", mails, 2 * MANY),
        *found,
    ]


async def came(stack: Stack) -> list[Caught]:
    """The text messages that came so far."""
    return [message for message in caught_in(stack.messages) if message.channel == "sms"]


@asynccontextmanager
async def mail_server(smtp: int, page: int, kept: Path) -> AsyncIterator[None]:
    """A mail server for as long as the block lasts."""
    arguments = ["--smtp-port", str(smtp), "--http-port", str(page), "--store", str(kept)]
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "embedded.messages", *arguments, cwd=ROOT, env=dict(os.environ)
    )
    try:
        yield
    finally:
        server.terminate()
        await server.wait()
