"""What arrived at the mail catcher and the SMS gateway, against what was queued to be said."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.channels.email import SECONDS
from drills.findings import Finding, none_of
from drills.stack import Kill
from embedded.message_store import Caught
from models.outbox import Attempt, Notification

OURS = re.compile(r"<(notice\.[0-9]+\.[0-9]+)@")
A_SECOND = timedelta(seconds=1)
"""Mails and the catcher note whole seconds."""
SILENCE = timedelta(seconds=SECONDS) - A_SECOND
"""A mail noted so long after it was written was taken, but its sender had given up waiting for the yes."""
A_NIGHT = timedelta(hours=12)
"""For longer nobody is to wait for what he is told together; a storm's pause is minutes."""
DOUBLES = frozenset({"worker", "postgres", "messages", "all", "disk", "mail server"})
"""What can end between a server's yes and our mark: who sends, who says yes, and where it is marked."""


def caught_in(file: Path, start: int = 0) -> list[Caught]:
    """Every message of a catcher's file as it was received first, oldest first, with when it came again; `start`: the byte to read from."""
    names = {field.name for field in fields(Caught)}
    found: dict[str, Caught] = {}
    with file.open("rb") as lines:
        lines.seek(start)
        kept = lines.read()
    for line in kept.split(b"\n")[:-1]:
        message = json.loads(line)
        before = found.get(message["id"])
        if before is not None:
            found[message["id"]] = replace(before, again=message.get("again", before.again))
        elif "channel" in message:
            found[message["id"]] = Caught(**{name: value for name, value in message.items() if name in names})
    return list(found.values())


def by_sender(caught: Iterable[Caught]) -> dict[str, list[datetime]]:
    """When each message left, by the id its sender gave it: a mail when it was written, a text message when it came.

    What a killed worker had just handed over lies in the line of a busy server, which notes it some seconds after the kill.
    """
    found: dict[str, list[datetime]] = defaultdict(list)
    for message in caught:
        ours = OURS.match(message.message_id)
        found[ours[1] if ours else message.id].append(datetime.fromisoformat(message.dated or message.at))
    return found


def in_silence(caught: Iterable[Caught]) -> set[str]:
    """Mails that were taken without a word for as long as one is waited for, by the id their sender gave them."""
    late = [
        one
        for one in caught
        if one.dated and datetime.fromisoformat(one.at) - datetime.fromisoformat(one.dated) >= SILENCE
    ]
    return {ours[1] for one in late if (ours := OURS.match(one.message_id))}


def handed_over(caught: Iterable[Caught]) -> dict[str, list[datetime]]:
    """When each text message was handed to the gateway, by its id. Its reader has it once: the gateway knows the id."""
    return {one.id: [*map(datetime.fromisoformat, (one.at, *one.again))] for one in caught if one.channel == "sms"}


def kept_for_later(until: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a notice rightly waits to be told with others: untried, and until an instant after `until` but within a night."""
    tried = select(Attempt.id).where(col(Attempt.notification_id) == col(Notification.id)).exists()
    at = col(Notification.next_at)
    return and_(col(Notification.together), at > until, at < col(Notification.queued) + A_NIGHT, ~tried)


async def unsent_and_doubled(
    session: AsyncSession, arrived: Callable[[], Sequence[Caught]], since: datetime, kills: Sequence[Kill]
) -> list[Finding]:
    """Each message sent at least once, by each channel under one id, and twice only if what can double it was killed between."""
    known = set((await session.exec(select(Attempt.sender_id))).all())
    asked = select(Attempt).join(Notification, col(Attempt.notification_id) == col(Notification.id))
    attempts = (await session.exec(asked.where(col(Notification.queued) >= since))).all()
    waiting = select(Notification.key).where(
        Notification.state != "done", col(Notification.queued) >= since, ~kept_for_later(func.now())
    )
    caught = arrived()
    came, silent = by_sender(caught), in_silence(caught)
    ids = {attempt.sender_id or "" for attempt in attempts}
    tried = Counter((attempt.notification_id, attempt.channel) for attempt in attempts)
    return [
        none_of("notices not done", (await session.exec(waiting)).all(), len({a.notification_id for a in attempts})),
        none_of("messages that never came", [id for id in ids if id not in came], len(ids)),
        none_of("messages nobody sent", [id for id in came if id not in known], len(came)),
        none_of("notices begun anew under another id", [key for key, times in tried.items() if times > 1], len(tried)),
        *twice("messages come", came, kills, silent),
        Finding("mails taken without a word in time", True, f"{len(silent)} of {len(came)}"),
        *twice("text messages handed over", handed_over(caught), kills),
    ]


def twice(
    what: str, times: Mapping[str, Sequence[datetime]], kills: Sequence[Kill], silent: Container[str] = ()
) -> list[Finding]:
    """What happened more than once: never without a kill that explains it, and how often with one. What is `silent` explains itself."""
    without = [id for id in unexplained(times, kills) if id not in silent]
    after = sum(len(instants) > 1 for instants in times.values()) - len(without)
    return [
        none_of(f"{what} twice without a kill", without, len(times)),
        Finding(f"{what} twice after a kill", True, f"{after} of {len(times)}"),
    ]


def unexplained(times: Mapping[str, Sequence[datetime]], kills: Sequence[Kill]) -> list[str]:
    """Messages that came again although nothing that can double them was killed since the time before."""
    doubling = [kill.at for kill in kills if kill.part in DOUBLES]
    return [
        id
        for id, instants in times.items()
        if any(
            not any(first - A_SECOND <= kill <= second + A_SECOND for kill in doubling)
            for first, second in pairwise(instants)
        )
    ]
