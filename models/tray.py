"""The tray: whatever comes in for a request is one insert, kept with its outcome."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.requests import Words
from rules.terms import Act, Actor, Codes


async def put(
    session: AsyncSession,
    *,
    id: str,
    reference: str,
    act: Act,
    actor: Actor,
    at: datetime,
    person: int | None = None,
    post: str | None = None,
    task_id: str | None = None,
    seen: int | None = None,
    data: Codes | None = None,
    words: str | None = None,
) -> None:
    """Put one submission into the tray; a repeated `id` changes nothing. `seen` is the event number being looked at."""
    if (await session.exec(select(Submission.id).where(Submission.id == id))).first() is not None:
        return
    words_id = None
    if words:
        said = Words(reference=reference, body=words)
        session.add(said)
        await session.flush()
        words_id = said.id
    values = {
        "id": id,
        "reference": reference,
        "act": act.value,
        "actor": actor.value,
        "person": person,
        "post": post,
        "task_id": task_id,
        "seen": seen,
        "data": data or {},
        "words_id": words_id,
        "at": at,
        "received": func.clock_timestamp(),
    }
    await session.exec(insert(Submission).values(**values).on_conflict_do_nothing(index_elements=["id"]))
