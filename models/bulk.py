"""One act on many tasks: the list a person chose, which waits ten seconds for his second thought before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.colleagues import MANAGES
from models.posts import WORKS, FilledPost, may_see
from models.requests import ServiceRequest, Task, Words
from models.runs import ON_ITS_WAY, OURS, USUAL, Run, RunItem, Stage
from rules.terms import Act, Codes, Refused

SECOND_THOUGHT = timedelta(seconds=10)
MOST = 200
"""Tasks on one list."""
DONE, CONFIDENTIAL = "done", "confidential"
"""Outcomes beside the pen's refusals: it was done; it is confidential, and done by nobody without opening it."""
ACTS = (Act.GIVE, Act.NOTE, Act.RESOLVE)
"""What can be done to many."""


@dataclass(frozen=True)
class Order:
    """What is done with each: the act with its codes and words, as its form has them; `token` is the form's own."""

    act: Act
    data: Codes = field(default_factory=dict)
    words: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class Chosen:
    """One task that was chosen: as which of his posts he acts, and the event number he was looking at.

    `refused` is known before anything is sent; of one that is not `open` to him nothing but its number is shown.
    """

    task: Task
    request: ServiceRequest
    post: str | None
    seen: int | None
    open: bool = True
    refused: str | None = None


async def choose(
    session: AsyncSession, picked: Mapping[str, int | None], posts: Sequence[FilledPost], act: Act | None = None
) -> tuple[Chosen, ...]:
    """The tasks of these ids (each with the event number looked at), as one with these posts may act on them; danger first, then the soonest due.

    Work may be given (`act`) by who answers above it too.
    """
    asked = (
        select(Task, ServiceRequest)
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .where(col(Task.id).in_(list(picked)[:MOST]))
        .order_by(col(ServiceRequest.safety).desc(), col(Task.due).asc().nulls_last(), col(Task.id))
    )
    rows = (await session.exec(asked)).all()
    return tuple(_chosen(task, request, picked[task.id], posts, act) for task, request in rows)


def _chosen(
    task: Task, request: ServiceRequest, seen: int | None, posts: Sequence[FilledPost], act: Act | None
) -> Chosen:
    own = [post.code for post in posts if post.rights in WORKS]
    above = [p.code for p in posts if p.rights == MANAGES and p.covers(request.office, request.zone)]
    ours = [code for code in (task.handler, task.answerable) if code in own] + (above if act is Act.GIVE else [])
    post = next(iter(ours), None)
    involved = frozenset({task.handler, task.answerable})
    is_open = may_see(posts, request.office, request.zone, involved, request.confidential)
    refused = None if post else Refused.NOT_YOURS.value
    return Chosen(task, request, post, seen, is_open, CONFIDENTIAL if post and request.confidential else refused)


async def begin(session: AsyncSession, order: Order, chosen: Sequence[Chosen], by: int, at: datetime) -> int:
    """Put them on a list that begins after the second thought; its number. The same form sent twice is one list."""
    number = await _new(session, order, by, at)
    if number is None:
        return (await session.exec(select(Run.id).where(Run.token == order.token))).one() or 0
    for place, one in enumerate(chosen):
        words = None
        if order.words and one.refused is None:
            words = Words(reference=one.request.reference, body=order.words)
            session.add(words)
            await session.flush()
        session.add(
            RunItem(
                run=number,
                reference=one.request.reference,
                task_id=one.task.id,
                data={"post": one.post, "seen": one.seen},
                words_id=words.id if words else None,
                place=place,
                outcome=one.refused,
                at=at if one.refused else None,
            )
        )
    return number


async def _new(session: AsyncSession, order: Order, by: int, at: datetime) -> int | None:
    values = {
        "act": order.act.value,
        "by": by,
        "at": at,
        "state": Stage.WAITING.value,
        "rate": USUAL,
        "data": order.data,
        "token": order.token,
        "begins_at": at + SECOND_THOUGHT,
    }
    made = insert(Run).values(**values).on_conflict_do_nothing(index_elements=["token"])
    return (await session.exec(made.returning(col(Run.id)))).scalar_one_or_none()


async def give(
    session: AsyncSession,
    tasks: Iterable[str],
    to: str,
    by: int,
    posts: Sequence[FilledPost],
    at: datetime,
    words: str | None = None,
) -> int:
    """Give this list of tasks to the post `to`, as `by` who fills `posts`; the number of the list."""
    chosen = await choose(session, dict.fromkeys(tasks), posts, Act.GIVE)
    return await begin(session, Order(Act.GIVE, {"post": to}, words), chosen, by, at)


async def stop(session: AsyncSession, number: int, by: int, at: datetime) -> bool:
    """Take back one's own list: whole before it began, else what is left of it; whether there was anything to take back."""
    row = await session.get(Run, number, with_for_update=True)
    if row is None or row.by != by or row.act in OURS or row.state not in ON_ITS_WAY:
        return False
    if row.state == Stage.WAITING:
        await _unsay(session, number)
    row.state, row.ended_at = Stage.STOPPED.value, at
    return True


async def _unsay(session: AsyncSession, number: int) -> None:
    """Forget the words of a list of which nothing was sent."""
    said = (await session.exec(select(RunItem.words_id).where(RunItem.run == number))).all()
    await session.exec(update(RunItem).where(col(RunItem.run) == number).values(words_id=None))
    await session.exec(delete(Words).where(col(Words.id).in_([id for id in said if id is not None])))


@dataclass(frozen=True)
class Listed:
    """One item of a list with what it is about."""

    item: RunItem
    task: Task
    request: ServiceRequest


async def listed(session: AsyncSession, number: int, by: int) -> tuple[Run, tuple[Listed, ...]] | None:
    """One's own list with its items in their order; None where there is none of this number."""
    row = await session.get(Run, number)
    if row is None or row.by != by or row.act in OURS:
        return None
    asked = (
        select(RunItem, Task, ServiceRequest)
        .join(Task, col(Task.id) == col(RunItem.task_id))
        .join(ServiceRequest, col(ServiceRequest.reference) == col(RunItem.reference))
        .where(RunItem.run == number)
        .order_by(col(RunItem.place))
    )
    return row, tuple(Listed(*found) for found in (await session.exec(asked)).all())
