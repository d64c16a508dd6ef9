"""No mail server for a while: text messages go out at once, mails once it is there, each once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.messages import by_sender, caught_in
from drills.people import Caller, consumer_of
from drills.stack import ROOT, Chosen, Stack, running
from drills.turn import Turn
from drills.waiting import until
from embedded.ports import free_ports

MANY = 4
SOON = 15.0
"""Seconds in which a text message must be out, mail server or not."""
LATER = 60.0
"""Seconds in which mails must be out once there is a server: the longest pause after so short an absence."""


def mailless(chosen: Chosen) -> AbstractAsyncContextManager[Stack]:
    """A stack whose mail server is not there unless a drill is it."""
    [port] = free_ports(1)
    return running(chosen, SMTP_URL=f"smtp://127.0.0.1:{port}")


def mail_port(turn: Turn) -> int:
    """Where its mail server is looked for."""
    return int(turn.stack.environ["SMTP_URL"].rpartition(":")[2])


async def drill(turn: Turn) -> list[Finding]:
    """File while nobody listens for mail, then let somebody listen."""
    caller, kept = Caller(turn.stack), turn.folder / "mails.jsonl"
    for number in range(MANY):
        await asyncio.sleep(turn.chance.uniform(0, 0.5))
        key = turn.key("mail", number)
        turn.promised.numbers[key] = await caller.filed(key, "no-supply")
    phones = {consumer_of(key)["phone"] for key in turn.promised.numbers}
    told, quick = await until(lambda: texted(turn), phones.issubset, SOON)
    await asyncio.sleep(turn.chosen.away)
    early = [message for message in turn.caught() if message.channel == "email"]
    turn.did("without a mail server")
    async with mail_server(mail_port(turn), free_ports(1)[0], kept):
        found = await counted(turn, LATER, arrived=lambda: caught_in(turn.stack.messages) + caught_in(kept))
    mails = [times for times in by_sender(caught_in(kept)).values() if len(times) != 1]
    return [
        within("text messages out without a mail server", quick if phones <= told else None, SOON),
        none_of("mails before there was a server", early, MANY),
        none_of("mails not exactly once", mails, len(by_sender(caught_in(kept)))),
        *found,
    ]


async def texted(turn: Turn) -> set[str]:
    """Who was sent a text message so far."""
    return {message.to for message in turn.caught() if message.channel == "sms"}


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
