"""A mail server that refuses, then is slow, then takes mails and dies before it says so: each mail comes, twice only then."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aiosmtpd.smtp import SMTP

from drills.ending import counted
from drills.findings import Finding, within
from drills.messages import by_sender, caught_in
from drills.people import Caller, NotTaken, consumer_of
from drills.smtp_away import mail_port, texted
from drills.stack import Kill
from drills.turn import Turn
from drills.waiting import caught_up, until
from embedded.message_gateway import MailCatcher
from embedded.message_store import Caught, Store

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


BAD = (Mood.REFUSES, Mood.SLOW, Mood.DIES)


class Moody(MailCatcher):
    """A mail catcher with moods; `taken` are the instants at which it took a mail and did not say so in time.

    `met` is how many mails met it in each mood.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.mood = Mood.REFUSES
        self.taken: list[datetime] = []
        self.met: Counter[Mood] = Counter()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """Yes to each recipient, or not now."""
        if self.mood is Mood.REFUSES:
            self.met[self.mood] += 1
            return "451 4.3.0 Not now"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, and say so, or not."""
        mood = self.mood
        said = await super().handle_DATA(server, session, envelope)
        self.met[mood] += 1
        if mood in (Mood.SLOW, Mood.DIES):
            self.taken.append(datetime.now(UTC))
        if mood is Mood.SLOW:
            await asyncio.sleep(SLOWER)
        if mood is Mood.DIES:
            server.transport.abort()
        return said

    async def met_now(self) -> int:
        """How many mails met it in the mood it is in."""
        return self.met[self.mood]


async def drill(turn: Turn) -> list[Finding]:
    """File in each mood, the bad ones in an order left to chance, until it was met; then the server is well."""
    kept, slowest = turn.folder / "mails.jsonl", 0.0

    def arrived() -> list[Caught]:
        return caught_in(turn.stack.messages) + caught_in(kept)

    async with listening(mail_port(turn), Moody(Store(kept))) as moody:
        for mood in (*turn.chance.sample(BAD, len(BAD)), Mood.WELL):
            moody.mood = mood
            slowest = max(slowest, await filed(turn, mood))
            met, _ = await until(moody.met_now, FILED.__le__, SOON)
            turn.did(mood)
            if not met:
                raise NotTaken(f"no mail met the server as it {mood}")
        left, took = await caught_up(turn.sessions, LATER)
        turn.promised.kills += [Kill(at, "mail server") for at in moody.taken]
        found = await counted(turn, LATER, arrived=arrived)
    twice = [id for id, times in by_sender(caught_in(kept)).items() if len(times) > 1]
    return [
        within("text messages out whatever the mail server does", slowest, SOON),
        within("all mails out once the server was well", None if left else took, LATER),
        Finding(
            "mails that came again",
            len(twice) <= len(moody.taken),
            f"{len(twice)}, {len(moody.taken)} taken without a word",
        ),
        *found,
    ]


async def filed(turn: Turn, mood: Mood) -> float:
    """A few complaints; seconds until each of their consumers had a text message."""
    caller, keys = Caller(turn.stack), [turn.key(mood, one) for one in range(FILED)]
    for key in keys:
        await asyncio.sleep(turn.chance.uniform(0, 0.5))
        turn.promised.numbers[key] = await caller.filed(key, "no-supply")
    phones = {consumer_of(key)["phone"] for key in keys}
    _, took = await until(lambda: texted(turn), phones.issubset, SOON + 1)
    return took


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
