"""What messages say: an administrator's own words, and an example of each message as the worker says it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import codes
from models.database import text as long_text
from models.naming import noted
from rules.terms import Codes
from rules.texts import Part

AUDIT = "texts"


class MessageText(SQLModel, table=True):
    """An administrator's own words for one part of one message in one language."""

    __tablename__ = "message_text"

    recipient: str = Field(primary_key=True, max_length=10)
    kind: str = Field(primary_key=True, max_length=30)
    language: str = Field(primary_key=True, max_length=5)
    part: str = Field(primary_key=True, max_length=10)
    body: str = long_text()


class MessageExample(SQLModel, table=True):
    """A message in its original words with made-up data, written by the worker whenever the edition rises.

    `said`: its words by part; `filled`: what fills its places, by channel; `around`: the whole text message, with {said}.
    """

    __tablename__ = "message_example"

    recipient: str = Field(primary_key=True, max_length=10)
    kind: str = Field(primary_key=True, max_length=30)
    language: str = Field(primary_key=True, max_length=5)
    edition: int
    said: Codes = codes()
    filled: Codes = codes()
    around: str = long_text()


Key = tuple[str, str, str]
"""Recipient, kind and language."""
Texts = Mapping[Key, Mapping[str, str]]
"""Own words by part."""


async def own_texts(session: AsyncSession) -> Texts:
    """Every message with words of the administrator's own."""
    found: dict[Key, dict[str, str]] = {}
    for row in (await session.exec(select(MessageText))).all():
        found.setdefault((row.recipient, row.kind, row.language), {})[row.part] = row.body
    return found


async def example(session: AsyncSession, key: Key) -> MessageExample | None:
    """The example of one message; None before the worker wrote it."""
    return await session.get(MessageExample, key)


async def kinds(session: AsyncSession) -> set[tuple[str, str]]:
    """Recipient and kind of every message there is an example of."""
    asked = select(MessageExample.recipient, MessageExample.kind).distinct()
    return set((await session.exec(asked)).all())


async def write_examples(session: AsyncSession, rows: list[MessageExample]) -> None:
    """Keep these examples in the place of older ones."""
    if not rows:
        return
    in_order = sorted(rows, key=lambda one: (one.recipient, one.kind, one.language))
    made = insert(MessageExample)
    newer = {name: made.excluded[name] for name in ("edition", "said", "filled", "around")}
    older = col(MessageExample.edition) < made.excluded.edition
    await session.exec(
        made.on_conflict_do_update(index_elements=["recipient", "kind", "language"], set_=newer, where=older),
        params=[row.model_dump() for row in in_order],
    )


async def keep(session: AsyncSession, key: Key, texts: Mapping[Part, str | None], by: int, at: datetime) -> bool:
    """Say these parts so; None takes a part back to its original. Whether anything differs."""
    recipient, kind, language = key
    before, after = {}, {}
    for part, body in texts.items():
        row = await session.get(MessageText, (*key, part.value), with_for_update=True)
        if row is not None:
            before[f"{part}-{language}"] = row.body
        if body is not None:
            after[f"{part}-{language}"] = body
            row = row or MessageText(recipient=recipient, kind=kind, language=language, part=part.value)
            row.body = body
            session.add(row)
        elif row is not None:
            await session.delete(row)
    return await noted(session, AUDIT, f"{recipient}/{kind}", before, after, by, at)
