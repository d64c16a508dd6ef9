"""The officers' queue: danger on top, then the open tasks of some posts, soonest due first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, union
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Post
from models.requests import Hold, Lapse, ServiceRequest, Task
from rules.states import WORKED
from rules.terms import Kind, Proposal

PAGE = 50
COUNTED = 1000
"""Counting stops here, so that a queue of ten thousand opens as fast as one of a hundred."""

PROPOSED: ColumnElement[bool] = literal_column("service_request.proposal <> '{}'::jsonb")
"""Written as the index has it."""


class View(StrEnum):
    """Which part of the queue is looked at."""

    ALL = "all"
    MINE = "mine"
    ANSWERABLE = "answerable"
    TO_AGREE = "to_agree"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    ON_HOLD = "on_hold"


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this task. `due` is None among the held ones, which come last."""

    due: datetime | None
    task: str


@dataclass(frozen=True)
class Row:
    """One line of the queue: one task. `wait` is the reason its clock stands still, None while it runs."""

    task: Task
    request: ServiceRequest
    wait: str | None = None

    @property
    def place(self) -> Place:
        """Where the page after this line begins."""
        return Place(self.task.due, self.task.id)


@dataclass(frozen=True)
class Page:
    """Some lines, and where the next page begins; None when this was the last."""

    rows: tuple[Row, ...]
    after: Place | None


@dataclass(frozen=True)
class Bounds:
    """The instants a view is cut by: now, and the end of the local day."""

    now: datetime
    midnight: datetime


def _roles(view: View) -> tuple[str, ...]:
    """By which side a task counts as ours."""
    if view is View.MINE:
        return ("handler",)
    return ("answerable",) if view is View.ANSWERABLE else ("handler", "answerable")


def _within(view: View, bounds: Bounds) -> list[ColumnElement[bool]]:
    due = col(Task.due)
    if view is View.DUE_TODAY:
        return [due >= bounds.now, due < bounds.midnight]
    if view is View.OVERDUE:
        return [due < bounds.now]
    return [due.is_(None)] if view is View.ON_HOLD else []


def _later(place: Place | None) -> list[list[ColumnElement[bool]]]:
    """What comes after this place, as stretches that each follow an index: the dated ones, then the held ones."""
    due, task = col(Task.due), col(Task.id)
    if place is None:
        return [[]]
    if place.due is None:
        return [[due.is_(None), task > place.task]]
    return [[due >= place.due, or_(due > place.due, task > place.task)], [due.is_(None)]]


async def queue(
    session: AsyncSession, posts: Sequence[str], view: View, bounds: Bounds, after: Place | None = None
) -> Page:
    """One page of the open tasks these posts handle or answer for, soonest due first and held ones last.

    What is dangerous stands on top of the first page, and on no later one.
    """
    if not posts:
        return Page((), None)
    first = union(*(part.subquery().select() for part in _parts(posts, view, bounds, after))).subquery()
    rows = await session.exec(
        select(Task, ServiceRequest)
        .join(first, first.c.id == col(Task.id))
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .order_by(col(Task.due).asc().nulls_last(), col(Task.id))
        .limit(PAGE + 1)
    )
    found = tuple(Row(task, request) for task, request in rows.all())
    danger = await _danger(session, posts, view, bounds)
    on_top = {row.task.id for row in danger}
    rest = tuple(row for row in found[:PAGE] if row.task.id not in on_top)
    following = found[PAGE - 1].place if len(found) > PAGE else None
    return Page(await _with_waits(session, rest if after else danger + rest), following)


async def _with_waits(session: AsyncSession, found: tuple[Row, ...]) -> tuple[Row, ...]:
    """The same lines with what the held ones of connection requests wait for; a complaint's state says that already."""
    held = [row.task.id for row in found if row.task.due is None and row.request.kind != Kind.COMPLAINT]
    if not held:
        return found
    asked = select(Hold.task_id, Hold.reason).where(col(Hold.task_id).in_(held), col(Hold.end).is_(None))
    reasons = dict((await session.exec(asked)).all())
    return tuple(replace(row, wait=reasons.get(row.task.id)) for row in found)


def _parts(posts: Sequence[str], view: View, bounds: Bounds, after: Place | None) -> list[Any]:
    if view is View.TO_AGREE:
        return [_put_before(posts, stretch) for stretch in _later(after)]
    # Each post's own first lines come from its own index; sorting everything would read the whole queue.
    parts: list[Any] = [
        columns(col(Task.id), col(Task.due))
        .where(col(getattr(Task, side)) == post, col(Task.done_at).is_(None), *_within(view, bounds), *stretch)
        .order_by(col(Task.due).asc().nulls_last(), col(Task.id))
        .limit(PAGE + 1)
        for post in posts
        for side in _roles(view)
        for stretch in _later(after)
    ]
    if view is View.ALL:
        parts += [
            part for stretch in _later(after) for part in (_let_lapse(posts, stretch), _put_before(posts, stretch))
        ]
    return parts


async def _danger(session: AsyncSession, posts: Sequence[str], view: View, bounds: Bounds) -> tuple[Row, ...]:
    """The dangerous ones among them that are not put right, soonest due first."""
    if view is View.TO_AGREE:
        return ()
    rows = await session.exec(
        select(Task, ServiceRequest)
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .where(
            col(ServiceRequest.safety),
            ~col(ServiceRequest.over),
            col(ServiceRequest.state).in_(WORKED),
            col(Task.done_at).is_(None),
            or_(*(col(getattr(Task, side)).in_(posts) for side in _roles(view))),
            *_within(view, bounds),
        )
        .order_by(col(Task.due).asc().nulls_last(), col(Task.id))
        .limit(PAGE)
    )
    return tuple(Row(task, request) for task, request in rows.all())


def _let_lapse(posts: Sequence[str], stretch: list[ColumnElement[bool]]) -> Any:
    """Open tasks these posts let run out of time while they answered: they stay in their queue until done."""
    asked = columns(col(Task.id), col(Task.due)).where(_lapsed(posts), col(Task.done_at).is_(None), *stretch)
    return asked.order_by(col(Task.due).asc().nulls_last(), col(Task.id)).limit(PAGE + 1)


def _lapsed(posts: Sequence[str]) -> ColumnElement[bool]:
    """Tasks these posts let lapse; what became confidential meanwhile is left to confidential posts."""
    lapsed = (
        select(Lapse.task_id)
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Lapse.reference))
        .outerjoin(Post, col(Post.code) == col(Lapse.post))
        .where(col(Lapse.post).in_(posts), or_(~col(ServiceRequest.confidential), col(Post.rights) == "confidential"))
    )
    return col(Task.id).in_(lapsed)


def _put_before(posts: Sequence[str], stretch: list[ColumnElement[bool]]) -> Any:
    """Open tasks in which something is proposed that one of these posts must agree to."""
    proposal = col(ServiceRequest.proposal)
    another = proposal["what"].astext != Proposal.TRANSFER.value
    proposer, about = proposal["from"].astext, proposal["task"].astext
    asked = (
        columns(col(Task.id), col(Task.due))
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .where(
            PROPOSED,
            or_(proposal["post"].astext.in_(posts), and_(another, col(Task.answerable).in_(posts))),
            or_(proposer.is_(None), proposer.not_in(posts)),
            or_(about.is_(None), about == col(Task.id)),  # of several open tasks, the one it was proposed at
            or_(another, ~col(ServiceRequest.confidential)),  # between two offices decides one who may not see it
            col(Task.done_at).is_(None),
            *stretch,
        )
    )
    return asked.order_by(col(Task.due).asc().nulls_last(), col(Task.id)).limit(PAGE + 1)


async def counts(session: AsyncSession, posts: Sequence[str], bounds: Bounds) -> dict[View, int]:
    """How many tasks each view holds, counted up to COUNTED."""
    if not posts:
        return dict.fromkeys(View, 0)
    numbers = [_counted(posts, view, bounds).subquery() for view in View]
    parts = (columns(func.count()).select_from(part) for part in numbers)
    row = (await session.exec(columns(*(part.scalar_subquery() for part in parts)))).one()  # type: ignore[call-overload]
    return dict(zip(View, row, strict=True))


def _counted(posts: Sequence[str], view: View, bounds: Bounds) -> Any:
    """The tasks of a view, at most COUNTED."""
    proposed = columns(_put_before(posts, []).limit(COUNTED).subquery().c.id)
    if view is View.TO_AGREE:
        return proposed
    ours = or_(*(col(getattr(Task, side)).in_(posts) for side in _roles(view)))
    open_ones = columns(col(Task.id)).where(col(Task.done_at).is_(None), *_within(view, bounds)).limit(COUNTED)
    if view is not View.ALL:
        return open_ones.where(ours)
    both = (open_ones.where(which).subquery().select() for which in (ours, _lapsed(posts)))
    return union(*both, proposed).limit(COUNTED)


async def reference_exists(session: AsyncSession, reference: str) -> bool:
    """Whether there is a request of this number."""
    return await session.get(ServiceRequest, reference) is not None
