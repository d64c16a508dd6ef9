"""The tray: whatever comes in for a request is one insert, kept with its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.requests import Words
from rules.terms import Act, Actor, Codes


class More(TypedDict, total=False):
    """What a submission may say beside who does what.

    `seen` is the event number being looked at, `words_id` words that are kept already, `run` the list it stands on.
    """

    person: int | None
    post: str | None
    task_id: str | None
    seen: int | None
    data: Codes | None
    words: str | None
    words_id: int | None
    run: int | None


async def put_all(session: AsyncSession, rows: Sequence[Mapping[str, object]], act: Act, at: datetime) -> None:
    """Put the system's own submissions into the tray, one for each row of id, reference and data; repeated ids change nothing."""
    if not rows:
        return
    table = SQLModel.metadata.tables["submission"]  # the table itself: one statement for all, made once
    same = {"act": act.value, "actor": Actor.SYSTEM.value, "at": at}
    told = insert(table).values(received=func.clock_timestamp()).on_conflict_do_nothing(index_elements=["id"])
    await session.exec(told, params=[{**row, **same} for row in rows])


async def names(session: AsyncSession, id: str, document: str) -> bool:
    """Whether this submission came with that document: sent twice, it has the first one's, or none."""
    data = (await session.exec(select(Submission.data).where(Submission.id == id))).first()
    return data is not None and data.get("document") == document


async def put(
    session: AsyncSession,
    *,
    id: str,
    reference: str,
    act: Act,
    actor: Actor,
    at: datetime,
    **more: Unpack[More],
) -> None:
    """Put one submission into the tray; a repeated `id` changes nothing."""
    # not left to the statement below alone: inserting what the pen is just answering may end as a deadlock of the two
    if (await session.exec(select(Submission.id).where(Submission.id == id))).first() is not None:
        return
    words_id = more.get("words_id")
    if words := more.get("words"):
        said = Words(reference=reference, body=words)
        session.add(said)
        await session.flush()
        words_id = said.id
    values = {
        "id": id,
        "reference": reference,
        "act": act.value,
        "actor": actor.value,
        "person": more.get("person"),
        "post": more.get("post"),
        "task_id": more.get("task_id"),
        "seen": more.get("seen"),
        "data": more.get("data") or {},
        "words_id": words_id,
        "run": more.get("run"),
        "at": at,
        "received": func.clock_timestamp(),
    }
    await session.exec(insert(Submission).values(**values).on_conflict_do_nothing(index_elements=["id"]))
