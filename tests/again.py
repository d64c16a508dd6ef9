"""The same request once more: what one walk left in the database, copied under another number for the next test."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Integer, Table, insert, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cases import DemandNote, Payment, Taken
from models.events import Event, Submission
from models.outbox import Notification
from models.papers import Document
from models.people import Post
from models.requests import Consumer, Hold, Lapse, ServiceRequest, Task, Words
from rules import reference as references

NUMBERS = count(70_000_001)
COPIED = (Words, ServiceRequest, Task, Event, Submission, Document, DemandNote, Payment, Taken, Notification, Lapse)
"""What the pen keeps of a request, each after what it points at. Links, codes and sessions stay the first one's."""


async def again(session: AsyncSession, reference: str) -> str:
    """A copy of this request, its consumer with a telephone of his own that ends alike; its number."""
    new = references.new(next(NUMBERS))
    await _dates_are_free_again(session)
    found: dict[Any, list[dict[str, Any]]] = {
        kept: await _rows(session, kept, "reference", [reference]) for kept in COPIED
    }
    found[Hold] = await _rows(session, Hold, "task_id", [task["id"] for task in found[Task]])
    names = {reference: new, **_names(found, reference)}
    [request] = found[ServiceRequest]
    consumer = await _consumer(session, request["consumer_id"], new)
    words = {row["id"]: await _one(session, Words, _renamed(row, names)) for row in found.pop(Words)}
    for kept, rows in found.items():
        copies = [_renamed(row, names) for row in rows]
        for copy in copies:
            copy.update({"consumer_id": consumer} if copy.get("consumer_id") else {})
            copy.update({"words_id": words.get(copy["words_id"])} if "words_id" in copy else {})
        if copies:
            await session.exec(insert(_table(kept)).values([_without_number(kept, copy) for copy in copies]))
    await _counted(session, found[Task])
    return new


async def _counted(session: AsyncSession, tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        if task["done_at"] is None:
            holder = update(Post).where(col(Post.code) == task["handler"])
            await session.exec(holder.values(open_tasks=col(Post.open_tasks) + 1))


def _names(found: dict[Any, list[dict[str, Any]]], reference: str) -> dict[str, str]:
    """New names for what is named alone, beside what is named by the reference."""
    named = [row[key] for kept, rows in found.items() for key in _own_names(kept) for row in rows]
    return {name: uuid4().hex for name in named if name and reference not in name}


async def _dates_are_free_again(session: AsyncSession) -> None:
    """The dates others chose, since what is copied was offered them: each goes on with a date of its own."""
    held = update(Taken).where(col(Taken.what) == "slot", col(Taken.key).not_like("% %"))
    await session.exec(held.values(key=col(Taken.key) + " " + col(Taken.reference)))


def _table(kept: Any) -> Table:
    table: Table = kept.__table__
    return table


async def _rows(session: AsyncSession, kept: Any, column: str, values: list[str]) -> list[dict[str, Any]]:
    table = _table(kept)
    connection = await session.connection()
    found = await connection.execute(select(table).where(table.c[column].in_(values)))
    return [dict(row) for row in found.mappings()]


def _own_names(kept: Any) -> list[str]:
    """The columns whose texts no other row may have."""
    table = _table(kept)
    keys = [column for column in table.c if column.unique or list(table.primary_key) == [column]]
    return [column.name for column in keys if not isinstance(column.type, Integer) and column.name != "reference"]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if not isinstance(value, str):
        return value
    reference, new = next(iter(names.items()))
    return names.get(value) or value.replace(reference, new)


async def _consumer(session: AsyncSession, id: int, new: str) -> int:
    found = (await session.get_one(Consumer, id)).model_dump()
    phone = found["phone"] and f"+9197{new[4:8]}{found['phone'][-4:]}"
    return await _one(session, Consumer, {**found, "phone": phone})


async def _one(session: AsyncSession, kept: Any, row: dict[str, Any]) -> int:
    table = _table(kept)
    asked = insert(table).values(_without_number(kept, row)).returning(table.c.id)
    return int((await session.exec(asked)).scalar_one())


def _without_number(kept: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The row, but for the number the database gives it."""
    key = _table(kept).autoincrement_column
    return {name: value for name, value in row.items() if key is None or name != key.name}
