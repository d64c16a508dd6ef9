"""The hash chain that runs within a request's history: a line changed afterwards breaks it."""

from __future__ import annotations

import hashlib
import json

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event


def linked(event: Event, previous: str) -> Event:
    """`event` with the hash of the line before it ("" for the first) and its own. Words and names are not in it."""
    event.previous = previous
    event.hash = digest(event)
    return event


def digest(event: Event) -> str:
    """The hash of a line: over its codes, ids, instants and the hash before it."""
    line = [
        event.reference,
        event.number,
        event.kind,
        event.actor,
        event.at.timestamp(),
        event.due and event.due.timestamp(),
        event.task_id,
        event.post,
        event.person,
        event.data,
        event.words_id,
        event.submission_id,
        event.public,
        event.previous,
    ]
    return hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()


async def broken_history(session: AsyncSession) -> tuple[int, str | None]:
    """How many lines all histories have, and the first that is not as it was written (`reference/number`); None: all are."""
    seen, last = 0, ("", 0, "")
    lines = await session.stream_scalars(select(Event).order_by(col(Event.reference), col(Event.number)))
    async for line in lines:
        number, before = last[1:] if last[0] == line.reference else (0, "")
        if (line.number, line.previous, line.hash) != (number + 1, before, digest(line)):
            return seen, f"{line.reference}/{line.number}"
        seen, last = seen + 1, (line.reference, line.number, line.hash)
    return seen, None
