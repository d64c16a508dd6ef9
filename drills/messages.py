"""What arrived at the mail catcher and the SMS gateway, against what was queued to be said."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from drills.findings import Finding, none_of
from embedded.message_store import Caught
from models.outbox import Attempt, Notification

OURS = re.compile(r"<(notice\.[0-9]+\.[0-9]+)@")
A_SECOND = timedelta(seconds=1)
"""Mails and the catcher note whole seconds."""


def caught_in(file: Path, start: int = 0) -> list[Caught]:
    """Every message of a catcher's file as it was received first, oldest first; `start`: the byte to read from."""
    names = {field.name for field in fields(Caught)}
    found: dict[str, Caught] = {}
    with file.open("rb") as lines:
        lines.seek(start)
        kept = lines.read()
    for line in kept.split(b"\n")[:-1]:
        message = json.loads(line)
        if "channel" in message and message["id"] not in found:
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


async def unsent_and_doubled(
    session: AsyncSession, arrived: Callable[[], Sequence[Caught]], since: datetime, kills: Sequence[datetime]
) -> list[Finding]:
    """Each message sent at least once, and twice only if something was killed between the two."""
    known = set((await session.exec(select(Attempt.sender_id))).all())
    asked = select(Attempt).join(Notification, col(Attempt.notification_id) == col(Notification.id))
    attempts = (await session.exec(asked.where(col(Notification.queued) >= since))).all()
    waiting = select(Notification.key).where(
        Notification.state != "done", col(Notification.queued) >= since, ~col(Notification.together)
    )
    came = by_sender(arrived())
    ids = {attempt.sender_id or "" for attempt in attempts}
    twice = {id: times for id, times in came.items() if len(times) > 1}
    return [
        none_of("notices not done", (await session.exec(waiting)).all(), len({a.notification_id for a in attempts})),
        none_of("messages that never came", [id for id in ids if id not in came], len(ids)),
        none_of("messages nobody sent", [id for id in came if id not in known], len(came)),
        none_of("messages come twice without a kill", unexplained(twice, kills), len(came)),
        Finding("messages come twice after a kill", True, f"{len(twice)} of {len(came)}"),
    ]


def unexplained(twice: Mapping[str, Sequence[datetime]], kills: Sequence[datetime]) -> list[str]:
    """Messages that came again although nothing was killed since the time before."""
    return [
        id
        for id, times in twice.items()
        if any(
            not any(first - A_SECOND <= kill <= second + A_SECOND for kill in kills)
            for first, second in pairwise(times)
        )
    ]
