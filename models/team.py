"""What a manager's team has and did: each number of the board, and the requests behind it. Confidential ones are in neither."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.board import KEPT
from models.colleagues import leads
from models.database import utc
from models.events import Event
from models.people import Post
from models.posts import FilledPost
from models.queue import Bounds
from models.requests import ServiceRequest, Task
from rules.request import RECOVERY
from rules.states import WORKED
from rules.team import ENDED, Count, Group
from rules.terms import Actor, Closing, EventKind

Row = ServiceRequest
Counts = Mapping[str, Mapping[Count, int]]
"""By post, how many of each."""

MOST_BEGUN = 5000
"""The time to the first action is averaged over the newest so many."""

GIVING = (EventKind.ASSIGNED, EventKind.GIVEN, EventKind.NOT_TAKEN_UP, EventKind.TRANSFERRED)
"""Lines by which a post is given work by others."""


LED = frozenset({"handle", "answerable", "control_room"})
"""Rights of the posts whose work is counted; vigilance is nobody's team."""


async def team(session: AsyncSession, mine: Sequence[FilledPost], at: datetime) -> list[Post]:
    """The posts there are at `at` whose work `mine` may see counted, by zone, office and code."""
    there = or_(col(Post.until).is_(None), col(Post.until) > at)
    asked = select(Post).where(there, col(Post.rights).in_(LED))
    rows = (await session.exec(asked.order_by(col(Post.zone), col(Post.office), Post.code))).all()
    return [post for post in rows if leads(mine, post)]


def by_state(bounds: Bounds) -> dict[Count, ColumnElement[bool]]:
    """How an open task stands, for the numbers that do not count every one."""
    due = col(Task.due)
    return {
        Count.NOT_BEGUN: col(Task.accepted_at).is_(None),
        Count.DUE_TODAY: and_(due >= bounds.now, due < bounds.midnight),
        Count.OVERDUE: due < bounds.now,
    }


def _theirs(posts: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return col(Task.done_at).is_(None), or_(col(Task.handler).in_(posts), col(Task.answerable).in_(posts))


def open_ones(posts: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """Open tasks of these posts, where their requests are read beside them."""
    return (*_theirs(posts), ~col(Row.confidential))


Pair = tuple[str, str]
"""Who does the work and who answers for it."""


async def groups(session: AsyncSession, posts: Sequence[str], bounds: Bounds) -> list[Group]:
    """The open tasks of these posts, by who does the work and who answers for it; `oldest_of` says since when."""
    # Without their requests, one row for each of which would be looked up: only the few confidential ones are.
    hidden = select(Row.reference).where(Row.confidential)
    asked = (
        columns(
            col(Task.handler),
            col(Task.answerable),
            func.count(),
            *(func.count().filter(met) for met in by_state(bounds).values()),
        )
        .where(*_theirs(posts), col(Task.reference).not_in(hidden))
        .group_by(col(Task.handler), col(Task.answerable))
    )
    rows = (await session.exec(asked)).all()  # type: ignore[call-overload]
    return [Group(*row) for row in rows]


async def oldest_of(session: AsyncSession, posts: Sequence[str]) -> dict[Pair, datetime]:
    """Since when the oldest open request of each pair waits."""
    asked = (
        columns(col(Task.handler), col(Task.answerable), func.min(col(Row.registered_at)))
        .join(Row, col(Row.reference) == col(Task.reference))
        .where(*open_ones(posts))
        .group_by(col(Task.handler), col(Task.answerable))
    )
    rows = (await session.exec(asked)).all()  # type: ignore[call-overload]
    return {(row[0], row[1]): utc(row[2]) for row in rows}


async def in_danger(session: AsyncSession, posts: Sequence[Post]) -> int:
    """How many open requests of these posts, or at their offices, are dangerous and not put right: the control room may have them."""
    codes, offices = [post.code for post in posts], {post.office for post in posts if post.office}
    not_done, in_hand = _theirs(codes)
    asked = (
        columns(func.count(col(Row.reference).distinct()))
        .join(Task, col(Task.reference) == col(Row.reference))
        .where(col(Row.safety), ~col(Row.over), col(Row.state).in_(WORKED), ~col(Row.confidential))
        .where(not_done, or_(in_hand, col(Row.office).in_(offices)))
    )
    return int((await session.exec(asked)).one()[0])  # type: ignore[call-overload]


def escalated(posts: Sequence[str], since: datetime, bounds: Bounds) -> Any:
    """What went to the next tier within the period, with the post it left."""
    post = col(Event.data)["from_post"].astext
    return (
        columns(post.label("post"), col(Event.reference), col(Event.at).label("at"))
        .join(Row, col(Row.reference) == col(Event.reference))
        .where(
            col(Event.kind) == EventKind.ESCALATED.value,
            col(Event.at).between(since, bounds.now),
            post.in_(posts),
            ~col(Row.confidential),
        )
    )


def given_and_begun(posts: Sequence[str], since: datetime, bounds: Bounds) -> Any:
    """Work given to a post within the period on which it has acted since: when it was given, when it first acted, who."""
    act: Any = aliased(Event)
    given = col(Event.data)["post"].astext
    first = (
        columns(act.at, act.person)
        .where(
            act.reference == col(Event.reference),
            act.number > col(Event.number),
            act.actor == Actor.OFFICER.value,
            act.post == given,
            act.task_id == col(Event.task_id),
        )
        .order_by(act.number)
        .limit(1)
        .lateral("first")
    )
    return (
        columns(
            given.label("post"),
            col(Event.reference),
            col(Event.at).label("at"),
            first.c.at.label("acted"),
            first.c.person,
            col(Row.policy_version),
            col(Row.kind),
            col(Row.category),
            col(Row.area_class),
            col(Task.stage),
        )
        .join(Row, col(Row.reference) == col(Event.reference))
        .join(Task, col(Task.id) == col(Event.task_id))
        .join(first, first.c.at.is_not(None))
        .where(
            col(Event.kind).in_([kind.value for kind in GIVING]),
            col(Event.at).between(since, bounds.now),
            given.in_(posts),
            ~col(Row.confidential),
        )
    )


@dataclass(frozen=True)
class Begun:
    """Work given to a post and begun by it; what is needed to say how much working time lay between."""

    post: str
    person: int | None
    given: datetime
    acted: datetime
    policy: int
    kind: str
    category: str
    area_class: str
    stage: str


async def begun(session: AsyncSession, posts: Sequence[str], since: datetime, bounds: Bounds) -> list[Begun]:
    """What these posts were given within the period and began, the newest ones."""
    asked = given_and_begun(posts, since, bounds).order_by(col(Event.at).desc()).limit(MOST_BEGUN)
    rows = (await session.exec(asked)).all()
    return [Begun(row[0], row[4], utc(row[2]), utc(row[3]), *row[5:]) for row in rows]


CLOSED: Mapping[Count, ColumnElement[bool]] = {
    Count.WITHIN: and_(col(Row.closing) == Closing.WORD.value, KEPT),
    Count.WORD: col(Row.closing) == Closing.WORD.value,
    Count.SILENCE: col(Row.closing) == Closing.SILENCE.value,
    Count.UNREACHED: col(Row.closing) == Closing.UNREACHED.value,
}


def closed_ones(posts: Sequence[Post], since: datetime, bounds: Bounds) -> Any:
    """What was closed within the period, with the post that did the work last."""
    last = (
        columns(col(Task.handler))
        .where(col(Task.reference) == col(Row.reference), col(Task.stage) != RECOVERY)
        .order_by(col(Task.done_at).desc().nulls_first(), col(Task.id).desc())
        .limit(1)
        .correlate(Row)
        .scalar_subquery()
    )
    asked = columns(
        last.label("post"),
        col(Row.reference),
        col(Row.closed_at).label("at"),
        *(met.label(what) for what, met in CLOSED.items()),
    ).where(col(Row.closed_at).between(since, bounds.now), ~col(Row.confidential), *_near(posts))
    return asked.subquery("closed")


def _near(posts: Sequence[Post]) -> list[ColumnElement[bool]]:
    """Where these posts can have worked, so that a manager of one office does not read the whole company's."""
    offices, zones = {post.office for post in posts}, {post.zone for post in posts}
    if None not in offices:
        return [col(Row.office).in_(sorted(filter(None, offices)))]
    return [] if None in zones else [col(Row.zone).in_(sorted(filter(None, zones)))]


async def lately(session: AsyncSession, posts: Sequence[Post], since: datetime, bounds: Bounds) -> Counts:
    """By post, what happened within the period; a request counts once for each post."""
    found = defaultdict(dict, await closings(session, posts, since, bounds))
    part = escalated([post.code for post in posts], since, bounds).subquery()
    asked = columns(part.c.post, func.count(part.c.reference.distinct())).group_by(part.c.post)
    for post, count in (await session.exec(asked)).all():  # type: ignore[call-overload]
        found[post][Count.ESCALATED] = count
    return found


async def closings(
    session: AsyncSession, posts: Sequence[Post], since: datetime, bounds: Bounds
) -> dict[str, dict[Count, int]]:
    """By post, how what it did last was closed within the period."""
    closed = closed_ones(posts, since, bounds)
    asked = columns(closed.c.post, *(func.count().filter(closed.c[what]) for what in ENDED))
    mine = closed.c.post.in_([post.code for post in posts])
    rows = (await session.exec(asked.where(mine).group_by(closed.c.post))).all()  # type: ignore[call-overload]
    return {post: dict(zip(ENDED, counts, strict=True)) for post, *counts in rows}
