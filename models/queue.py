"""The officers' queue: danger on top, then the open tasks of a view, soonest due first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, bindparam, case, func, or_, select, union
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import INSTANT
from models.queue_views import (
    DANGEROUS,
    EVERYTHING,
    POSTS,
    Bounds,
    Choice,
    Narrowed,
    Sight,
    View,
    conditions,
    given,
    parts,
)
from models.requests import Hold, ServiceRequest, Task
from rules.terms import Codes, Kind

__all__ = ["EVERYTHING", "Bounds", "Choice", "Sight", "View"]

PAGE = 50
COUNTED = 200
"""Counting stops here, so that a queue of ten thousand opens as fast as one of a hundred."""
SOONEST = (col(Task.due).asc().nulls_last(), col(Task.id))


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this task. `due` is None among the held ones, which come last."""

    due: datetime | None
    task: str

    def before(self, other: Place) -> bool:
        """Whether this place comes no later than another."""
        return _order(self) <= _order(other)


def _order(place: Place) -> tuple[bool, float, str]:
    return (place.due is None, place.due.timestamp() if place.due else 0.0, place.task)


@dataclass(frozen=True)
class Row:
    """One line of the queue: an open task (or one that was, on a page still open) with what a list shows of its request.

    `wait` is the reason a stage's clock stands still, None while it runs; `done_at` is None while it is open.
    """

    task: str
    reference: str
    stage: str
    tier: int
    handler: str
    answerable: str
    due: datetime | None
    beyond_at: datetime | None
    done_at: datetime | None
    kind: str
    category: str
    state: str
    number: int
    office: str
    zone: str
    locality: str | None
    safety: bool
    confidential: bool
    proposal: Codes
    call_back_at: datetime | None
    repeats: int
    wrote_at: datetime | None
    wait: str | None

    @property
    def place(self) -> Place:
        """Where the page after this line begins."""
        return Place(self.due, self.task)


def row_of(task: Task, request: ServiceRequest) -> Row:
    """The same line from rows that were read whole."""
    own: dict[str, Any] = {"task": task.id, "wait": None}
    return Row(
        **own, **{name: getattr(task if name in Task.model_fields else request, name) for name in SHOWN - own.keys()}
    )


WAIT = case(
    (
        and_(col(Task.due).is_(None), col(ServiceRequest.kind) != Kind.COMPLAINT.value),
        select(col(Hold.reason))
        .where(col(Hold.task_id) == col(Task.id), col(Hold.end).is_(None))
        .limit(1)
        .scalar_subquery(),
    )
)
"""What a stage waits for; a complaint's state says that already."""
SHOWN = frozenset(field.name for field in fields(Row))
OWN = {"task": col(Task.id), "wait": WAIT}
COLUMNS = [
    OWN[name] if name in OWN else getattr(Task if name in Task.model_fields else ServiceRequest, name)
    for name in (field.name for field in fields(Row))
]


@dataclass(frozen=True)
class Page:
    """Some lines, and where the next page begins; None when this was the last."""

    rows: tuple[Row, ...]
    after: Place | None


TASKS = bindparam("tasks", type_=POSTS)


def _later(place: Place | None) -> tuple[str, ...]:
    """What comes after this place, as stretches that each follow an index: the dated ones, then the held ones."""
    if place is None:
        return ("all",)
    return ("later held",) if place.due is None else ("later", "held")


def _stretch(name: str) -> list[ColumnElement[bool]]:
    """A stretch as conditions."""
    due, task = col(Task.due), col(Task.id)
    at, beyond = bindparam("after_due", type_=INSTANT), task > bindparam("after_task")
    stretches: dict[str, list[ColumnElement[bool]]] = {
        "later": [due >= at, or_(due > at, beyond)],
        "held": [due.is_(None)],
        "later held": [due.is_(None), beyond],
    }
    return stretches.get(name, [])


def _together(parts: Sequence[Any]) -> Any:
    return union(*(part.subquery().select() for part in parts))


def _first(most: int, wanted: Sequence[ColumnElement[bool]]) -> Narrowed:
    """The first lines of a part, in the order of its index: without an order the whole table may be read for them."""
    return lambda one: one.where(*wanted).order_by(*SOONEST).limit(most)


@lru_cache(maxsize=200)
def _page_of(view: View, stretches: tuple[str, ...], asked: frozenset[str]) -> Any:
    """The first lines of each part of a view, and one more by which is known that there are more."""
    wanted = [_first(PAGE + 1, [*_stretch(one), *conditions(asked)]) for one in stretches]
    return rows_of(_together([part for narrowed in wanted for part in parts(view, narrowed)]), PAGE + 1)


@lru_cache(maxsize=200)
def _still_in(view: View, asked: frozenset[str]) -> Any:
    """Which of `tasks` are in a view."""
    wanted = (col(Task.id) == any_(TASKS), *conditions(asked))
    return _together(parts(view, lambda one: one.where(*wanted)))


@lru_cache(maxsize=200)
def _counts_of(asked: frozenset[str]) -> Any:
    """How many tasks each view holds, up to COUNTED, in the order of the views."""
    wanted = conditions(asked)
    numbers = [_together(parts(view, _first(COUNTED, wanted))).limit(COUNTED).subquery() for view in View]
    return select(*(select(func.count()).select_from(part).scalar_subquery() for part in numbers))


def rows_of(tasks: Any, most: int) -> Any:
    """The question for the lines of these tasks, soonest due first: columns alone, no whole rows."""
    these = tasks.subquery()
    chosen = select(these.c.id).order_by(these.c.due.asc().nulls_last(), these.c.id).limit(most).subquery()
    return (
        select(*COLUMNS)
        .join(chosen, chosen.c.id == col(Task.id))
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .order_by(*SOONEST)
        .limit(most)
    )


LINES = rows_of(select(col(Task.id), col(Task.due)).where(col(Task.id) == any_(TASKS)), 4 * PAGE)


async def ask(session: AsyncSession, question: Any, values: dict[str, Any]) -> Any:
    """The rows that answer a question."""
    return (await session.exec(question, params=values)).all()


async def queue(
    session: AsyncSession,
    sight: Sight,
    view: View,
    bounds: Bounds,
    after: Place | None = None,
    choice: Choice = EVERYTHING,
) -> Page:
    """One page of a view, soonest due first and held ones last.

    What is dangerous stands on top of the first page, and on no later one.
    """
    if not sight.posts:
        return Page((), None)
    place = {"after_due": after.due, "after_task": after.task} if after else {}
    question = _page_of(view, _later(after), choice.asked)
    found = [Row(*row) for row in await ask(session, question, given(sight, bounds, choice, **place))]
    danger = await _danger(session, sight, view, bounds, choice)
    on_top = {row.task for row in danger}
    rest = tuple(row for row in found[:PAGE] if row.task not in on_top)
    following = found[PAGE - 1].place if len(found) > PAGE else None
    return Page(rest if after else danger + rest, following)


async def _danger(session: AsyncSession, sight: Sight, view: View, bounds: Bounds, choice: Choice) -> tuple[Row, ...]:
    """The dangerous ones of a view that are not put right, soonest due first."""
    there = [] if view is View.TO_AGREE else [row.id for row in await ask(session, DANGEROUS, {})]
    ours = await in_view(session, sight, view, bounds, there, choice)
    return tuple((await shown_rows(session, list(ours))).values())[:PAGE] if ours else ()


async def shown_rows(session: AsyncSession, tasks: Sequence[str]) -> dict[str, Row]:
    """The lines of these tasks as they are now, whosever they became."""
    return {row.task: row for row in (Row(*found) for found in await ask(session, LINES, {"tasks": list(tasks)}))}


async def in_view(
    session: AsyncSession, sight: Sight, view: View, bounds: Bounds, tasks: Sequence[str], choice: Choice = EVERYTHING
) -> frozenset[str]:
    """Which of these tasks are in a view."""
    if not (sight.posts and tasks):
        return frozenset()
    values = given(sight, bounds, choice, tasks=list(tasks))
    return frozenset(row.id for row in await ask(session, _still_in(view, choice.asked), values))


async def counts(session: AsyncSession, sight: Sight, bounds: Bounds, choice: Choice = EVERYTHING) -> dict[View, int]:
    """How many tasks each view holds, counted up to COUNTED."""
    if not sight.posts:
        return dict.fromkeys(View, 0)
    (numbers,) = await ask(session, _counts_of(choice.asked), given(sight, bounds, choice))
    return dict(zip(View, numbers, strict=True))
