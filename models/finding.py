"""Requests found by phone, account, name or words, within what somebody may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, union
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.callers import ALIKE, Caller, is_caller
from models.database import together
from models.posts import FilledPost
from models.queue import Row, ask, rows_of
from models.requests import Consumer, ServiceRequest, Task, Words
from models.seen import seen_by

MOST = 50
BY_INDEX = text("select set_config('enable_seqscan', 'off', true)")
"""Comparing every name letter by letter takes far longer than the planner believes."""


@dataclass(frozen=True)
class Ended:
    """A request that is over, found by a search."""

    reference: str
    kind: str
    category: str
    state: str
    office: str
    locality: str | None
    confidential: bool
    registered_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Found:
    """What a search found: the open tasks, soonest due first, and what has ended, newest first. `more`: not all of it."""

    open: tuple[Row, ...] = ()
    ended: tuple[Ended, ...] = ()
    more: bool = False


async def find(session: AsyncSession, caller: Caller, words: str, posts: Sequence[FilledPost]) -> Found:
    """The newest requests of this phone, account or name, or about these words, that one of these posts may see."""
    ways = list(_ways(caller, words, posts))
    if not (ways and posts):
        return Found()
    await together(session)
    await session.exec(ALIKE)  # type: ignore[call-overload]
    await session.exec(BY_INDEX)  # type: ignore[call-overload]
    found = union(*ways).cte().prefix_with("materialized")
    newest = select(found.c.reference).order_by(found.c.registered_at.desc()).limit(MOST + 1)
    numbers = list((await session.exec(newest)).scalars())  # type: ignore[call-overload]
    chosen = numbers[:MOST]
    still = select(col(Task.id), col(Task.due)).where(col(Task.reference).in_(chosen), col(Task.done_at).is_(None))
    lines = tuple(Row(*row) for row in await ask(session, rows_of(still, 2 * MOST), {}))
    return Found(lines, await _ended(session, chosen), len(numbers) > MOST)


def _ways(caller: Caller, words: str, posts: Sequence[FilledPost]) -> Iterator[Any]:
    """One question a way, each by an index of its own."""
    request = ServiceRequest
    asked = select(col(request.reference), col(request.registered_at)).where(seen_by(posts))
    # Who and what is meant is looked up first and by itself: the planner would rather compare request after request.
    for one in (Caller(phone=caller.phone), Caller(account=caller.account), Caller(name=caller.name)):
        if one != Caller():
            meant = select(col(Consumer.id)).where(is_caller(one)).cte().prefix_with("materialized")
            yield asked.where(col(request.consumer_id).in_(select(meant.c.id)))
    if words:
        spoken = select(col(Words.reference)).where(col(Words.body).op("%>")(words)).cte().prefix_with("materialized")
        yield asked.where(col(request.reference).in_(select(spoken.c.reference)))


async def _ended(session: AsyncSession, references: Sequence[str]) -> tuple[Ended, ...]:
    columns = [getattr(ServiceRequest, name) for name in Ended.__dataclass_fields__]
    still = select(col(Task.reference)).where(col(Task.reference).in_(references), col(Task.done_at).is_(None))
    asked = (
        select(*columns)
        .where(col(ServiceRequest.reference).in_(references), col(ServiceRequest.reference).not_in(still))
        .order_by(col(ServiceRequest.registered_at).desc())
    )
    return tuple(Ended(*row) for row in (await session.exec(asked)).all())  # type: ignore[call-overload]
