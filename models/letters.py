"""What was written to a consumer and what he wrote, as one thread: for himself, after the proof, and for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event
from models.requests import Words
from rules.terms import EventKind


@dataclass(frozen=True)
class Written:
    """One message: `own` the consumer's. `words` None where they were erased, `document` "" where no photo came with it."""

    number: int
    at: datetime
    own: bool
    words: str | None
    document: str


async def thread(session: AsyncSession, reference: str) -> tuple[Written, ...]:
    """What was written about a request, oldest first; what somebody else wrote down for him is his as well."""
    rows = await session.exec(
        select(Event, Words.body)
        .outerjoin(Words, col(Words.id) == col(Event.words_id))
        .where(Event.reference == reference, col(Event.kind).in_((EventKind.MESSAGED, EventKind.ADDED)))
        .order_by(col(Event.number))
    )
    return tuple(_written(event, words) for event, words in rows.all())


def _written(event: Event, words: str | None) -> Written:
    document = str(event.data.get("document", ""))
    return Written(event.number, event.at, event.kind == EventKind.ADDED, words, document)
