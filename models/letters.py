"""What was written to a consumer and what he wrote, as one thread: for himself, after the proof, and for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event
from models.papers import Document
from models.requests import Words
from rules.papers import WORK_PHOTO
from rules.terms import EventKind

LETTERS = (EventKind.MESSAGED, EventKind.ADDED)
FOR_HIM = (
    col(Event.kind).in_(LETTERS),
    col(Event.data)["written"].as_boolean(),
    col(Document.paper) == WORK_PHOTO,
)
"""Messages, what was written to him with something else (what exactly is waited for), and photos of the work."""


@dataclass(frozen=True)
class Written:
    """One message: `own` the consumer's. `words` None where they were erased, `document` "" where no photo came with it.

    `work`: no message, but the photo an officer took of what he put right.
    """

    number: int
    at: datetime
    own: bool
    words: str | None
    document: str
    work: bool = False


async def thread(session: AsyncSession, reference: str) -> tuple[Written, ...]:
    """What was written about a request and photographed of its work, oldest first; what somebody wrote down for him is his as well."""
    rows = await session.exec(
        select(Event, Words.body)
        .outerjoin(Words, col(Words.id) == col(Event.words_id))
        .outerjoin(Document, col(Document.id) == col(Event.data)["document"].as_string())
        .where(Event.reference == reference, or_(*FOR_HIM))
        .order_by(col(Event.number))
    )
    return tuple(_written(event, words) for event, words in rows.all())


def _written(event: Event, words: str | None) -> Written:
    document = str(event.data.get("document", ""))
    work = event.kind not in LETTERS and not event.data.get("written")
    return Written(event.number, event.at, event.kind == EventKind.ADDED, None if work else words, document, work)
