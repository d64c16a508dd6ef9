"""Very many open requests within a minute: one filed, begun and told as always, the others its copies, each with a workflow of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from drills.stack import Broken
from drills.waiting import until
from models.chain import linked
from models.database import Sessions
from models.events import Event
from models.outbox import Notification
from models.people import Post
from models.requests import ServiceRequest, Task
from rules import reference

STARTS_PER_SECOND = 4
"""Workflows of requests that have their handler, started by a machine that does other things too."""
AT_A_TIME = 500


async def copied(sessions: Sessions, first: str, many: int, from_number: int) -> list[str]:
    """So many copies of a request that has its handler, of which nothing waits to be told; the relay begins their workflows.

    Their numbers begin at `from_number`. What was said of the first counts as said of each; its history is chained anew.
    """
    numbers = [reference.new(number) for number in range(from_number, from_number + many)]
    async with sessions.begin() as session:
        row, task, told, lines = await _read(session, first)
        for place in range(0, many, AT_A_TIME):
            some = numbers[place : place + AT_A_TIME]
            await _insert(session, ServiceRequest, [{**row, "reference": n, "token": f"copy {n}"} for n in some])
            await _insert(session, Task, [{**task, "reference": n, "id": _own(task["id"], first, n)} for n in some])
            own = [{**one, "reference": n, "key": _own(one["key"], first, n)} for n in some for one in told]
            await _insert(session, Notification, own)
            await _insert(session, Event, [one for n in some for one in _history(lines, first, n)])
        here = col(Post.code) == task["handler"]
        await session.exec(update(Post).where(here).values(open_tasks=Post.open_tasks + many))
        for table in (ServiceRequest, Task, Event, Notification):
            await session.exec(text(f"analyze {table.__tablename__}"))  # type: ignore[call-overload]
    return numbers


async def begun(sessions: Sessions) -> float:
    """Wait until each open request has its workflow; seconds it took. Broken when it takes too long."""
    asked: Any = select(func.count()).where(col(ServiceRequest.started_at).is_(None))

    async def waiting() -> int:
        async with sessions() as session:
            return int((await session.exec(asked)).scalar_one())

    left, took = await until(waiting, lambda count: not count, 60 + await waiting() / STARTS_PER_SECOND)
    if left:
        raise Broken(f"{left} workflows were not begun after {took:.0f} s")
    return took


async def _read(
    session: AsyncSession, first: str
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """The columns of a request, of its task, of what was said of it, and of its history."""
    [row] = await _rows(session, ServiceRequest, first)
    [task] = await _rows(session, Task, first)
    told = await _rows(session, Notification, first)
    lines = sorted(await _rows(session, Event, first), key=lambda line: int(line["number"]))
    without = [{name: value for name, value in one.items() if name != "id"} for one in told]
    return {**row, "started_at": None, "claimed_until": None}, task, without, lines


async def _rows(session: AsyncSession, table: Any, of: str) -> list[dict[str, Any]]:
    asked: Any = select(table.__table__).where(table.reference == of)
    found: Any = await session.exec(asked)
    return [dict(one) for one in found.mappings()]


async def _insert(session: AsyncSession, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    await session.exec(insert(table.__table__), params=list(rows))


def _history(lines: Sequence[Mapping[str, Any]], first: str, number: str) -> list[dict[str, Any]]:
    """The history of the first as a history of this number, each line with the hash of the one before."""
    chained, before = [], ""
    for line in lines:
        task = None if line["task_id"] is None else _own(line["task_id"], first, number)
        event = linked(Event(**{**line, "reference": number, "task_id": task}), before)
        before = event.hash
        chained.append(event.model_dump())
    return chained


def _own(name: str, first: str, number: str) -> str:
    return name.replace(first, number)
