"""Which open tasks each view of the queue holds, as questions that each follow an index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlmodel import col

from models.database import INSTANT
from models.people import Post
from models.requests import Lapse, ServiceRequest, Task
from rules.states import WORKED
from rules.terms import Proposal, State

SOON = timedelta(hours=1)
SIDES = ("handler", "answerable")
PROPOSED: ColumnElement[bool] = literal_column("service_request.proposal <> '{}'::jsonb")
"""Written as the index has it."""
OPEN = col(Task.done_at).is_(None)
POSTS = ARRAY(String)
OURS = any_(bindparam("posts", type_=POSTS))
NOW = bindparam("now", type_=INSTANT)

Narrowed = Callable[[Any], Any]
"""What is done to each part of a view where its index is read: more conditions, an order, an end."""


class View(StrEnum):
    """Which part of the queue is looked at."""

    ALL = "all"
    MINE = "mine"
    ANSWERABLE = "answerable"
    TO_AGREE = "to_agree"
    UNTAKEN = "untaken"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    URGENT = "urgent"
    ON_HOLD = "on_hold"
    BEYOND = "beyond"
    TEAM = "team"


@dataclass(frozen=True)
class Sight:
    """Whose queue it is: the posts whose work he does, every post of his offices, and those of the people he manages."""

    posts: tuple[str, ...]
    colleagues: tuple[str, ...] = ()
    team: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """The instants a view is cut by: now, and the end of the local day."""

    now: datetime
    midnight: datetime


@dataclass(frozen=True)
class Choice:
    """What else is asked of a line; "" or None: anything."""

    kind: str = ""
    category: str = ""
    office: str = ""
    state: str = ""
    stage: str = ""
    handler: str = ""
    tier: int | None = None

    @property
    def asked(self) -> frozenset[str]:
        """What is asked at all, whatever the value."""
        return frozenset(name for name, value in vars(self).items() if value)


EVERYTHING = Choice()


OF_TASK = frozenset({"stage", "handler", "tier"})


def given(sight: Sight, bounds: Bounds, choice: Choice, **more: Any) -> dict[str, Any]:
    """The values of the questions below, by name: what is not asked does no harm."""
    whose = {name: list(posts) for name, posts in vars(sight).items()}
    state_too = State.DONE.value if choice.state == State.RESOLVED else choice.state
    return {**whose, **vars(bounds), "soon": bounds.now + SOON, **vars(choice), "state_too": state_too, **more}


def conditions(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    """A choice as conditions on a task."""
    task = [col(getattr(Task, name)) == bindparam(name) for name in sorted(asked & OF_TASK)]
    request = [_is(name) for name in sorted(asked - OF_TASK)]
    return [*task, *([_of_request(*request)] if request else [])]


def _is(name: str) -> ColumnElement[bool]:
    """A request has the value asked for; who asks for those the consumer was asked about means both states of that."""
    column = col(getattr(ServiceRequest, name))
    return column.in_((bindparam("state"), bindparam("state_too"))) if name == "state" else column == bindparam(name)


def parts(view: View, narrowed: Narrowed) -> list[Any]:
    """Questions for (id, due) of tasks; what any of them answers is in the view. Their values are `given`."""
    if view is View.TO_AGREE:
        return [put_before(narrowed)]
    if view is View.UNTAKEN:
        return [_each("handler", "colleagues", narrowed, col(Task.accepted_at).is_(None), _of_request(NOT_SECRET))]
    if view is View.TEAM:
        return [_each("handler", "team", narrowed, _of_request(NOT_SECRET))]
    own = [_each(side, "posts", narrowed, *cut) for cut in _cuts(view) for side in _sides(view)]
    return [*own, let_lapse(narrowed), put_before(narrowed)] if view is View.ALL else own


NOT_SECRET = ~col(ServiceRequest.confidential)
"""Who has confidential work has it by his own posts, never by his office or his people."""


def _sides(view: View) -> tuple[str, ...]:
    """By which side a task counts as ours."""
    if view is View.MINE:
        return ("handler",)
    return ("answerable",) if view is View.ANSWERABLE else SIDES


def _cuts(view: View) -> list[tuple[ColumnElement[bool], ...]]:
    """What is asked of our tasks in a view, each of it by an index of its own."""
    due = col(Task.due)
    cuts: dict[View, list[tuple[ColumnElement[bool], ...]]] = {
        View.DUE_TODAY: [(due >= NOW, due < bindparam("midnight", type_=INSTANT))],
        View.OVERDUE: [(due < NOW,)],
        View.URGENT: [(due < bindparam("soon", type_=INSTANT),), (col(Task.tier) > 1,)],
        View.ON_HOLD: [(due.is_(None),)],
        View.BEYOND: [(col(Task.beyond_at).is_not(None),)],
    }
    return cuts.get(view, [()])


def _each(side: str, whose: str, narrowed: Narrowed, *conditions: ColumnElement[bool]) -> Any:
    """The open tasks of each of these posts by itself: each has its own first lines in its index.

    Sorting those of all of them would read the whole queue.
    """
    each = func.unnest(bindparam(whose, type_=POSTS)).table_valued("post").render_derived()
    its = narrowed(
        select(col(Task.id), col(Task.due)).where(col(getattr(Task, side)) == each.c.post, OPEN, *conditions)
    )
    its = its.correlate(each).lateral()
    return select(its.c.id, its.c.due).select_from(each).join(its, true())


def _of_request(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(ServiceRequest.reference) == col(Task.reference), *conditions).correlate(Task)


MOST_DANGEROUS = 200
DANGEROUS = (
    select(col(Task.id))
    .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
    .where(col(ServiceRequest.safety), ~col(ServiceRequest.over), col(ServiceRequest.state).in_(WORKED), OPEN)
    .order_by(col(Task.due).asc().nulls_last(), col(Task.id))
    .limit(MOST_DANGEROUS)
)
"""The open tasks of dangerous requests that are not put right, whosever they are, soonest due first."""


def let_lapse(narrowed: Narrowed) -> Any:
    """Open tasks these posts let run out of time while they answered: they stay in their queue until done.

    What became confidential meanwhile is left to confidential posts.
    """
    lapsed = (
        select(col(Lapse.task_id))
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Lapse.reference))
        .outerjoin(Post, col(Post.code) == col(Lapse.post))
        .where(col(Lapse.post) == OURS, or_(~col(ServiceRequest.confidential), col(Post.rights) == "confidential"))
    )
    return narrowed(select(col(Task.id), col(Task.due)).where(col(Task.id).in_(lapsed), OPEN))


def put_before(narrowed: Narrowed) -> Any:
    """Open tasks in which something is proposed that one of these posts must agree to."""
    proposal = col(ServiceRequest.proposal)
    another = proposal["what"].astext != Proposal.TRANSFER.value
    proposer, about = proposal["from"].astext, proposal["task"].astext
    return narrowed(
        select(col(Task.id), col(Task.due))
        .join(ServiceRequest, col(ServiceRequest.reference) == col(Task.reference))
        .where(
            PROPOSED,
            or_(proposal["post"].astext == OURS, and_(another, col(Task.answerable) == OURS)),
            or_(proposer.is_(None), ~(proposer == OURS)),
            or_(about.is_(None), about == col(Task.id)),  # of several open tasks, the one it was proposed at
            or_(another, ~col(ServiceRequest.confidential)),  # between two offices decides one who may not see it
            OPEN,
        )
    )
