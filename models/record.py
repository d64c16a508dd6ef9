"""What stands on record in a stretch of time: each mark with the posts and persons who had the work, and for how long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists
from sqlalchemy import select as columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event
from models.ground import Policies, fillings, utility_zone
from models.requests import Hold, ServiceRequest, Task
from rules.due import Pause
from rules.ladder import Filling
from rules.policy import Policy, calendar_of, timing_of
from rules.share import GIVES, MARKING, Line, Marked, record
from rules.terms import EventKind, Kind

AT_MOST = 2000
"""Requests looked at for one record."""


@dataclass(frozen=True)
class OnRecord:
    """A mark and the request it is about."""

    reference: str
    category: str
    office: str
    zone: str
    confidential: bool
    marked: Marked


async def record_of(
    session: AsyncSession, policies: Policies, since: datetime, until: datetime, *, posts: Iterable[str] | None = None
) -> list[OnRecord]:
    """The marks made from `since` to `until`, newest first; with `posts`, those in which one of them has a share.

    Working time is counted in the calendar the request has by its policy now. At most so many requests, the newest.
    """
    requests = await _marked(session, since, until, posts)
    lines = await _lines(session, requests)
    pauses = await _pauses(session, requests)
    filled = await fillings(session, _named(lines.values()), await utility_zone(session))
    found = [
        OnRecord(row.reference, row.category, row.office, row.zone, row.confidential, marked)
        for row in requests.values()
        for marked in _of_one(row, await policies.of(session, row.policy_version), lines, pauses, filled)
        if since <= marked.at < until
    ]
    wanted = None if posts is None else frozenset(posts)
    kept = [one for one in found if wanted is None or any(share.post in wanted for share in one.marked.shares)]
    return sorted(kept, key=lambda one: one.marked.at, reverse=True)


class Asked(NamedTuple):
    """What is needed of a request: its whole row, a thousand times, is most of the work."""

    reference: str
    kind: str
    category: str
    area_class: str
    office: str
    zone: str
    confidential: bool
    policy_version: int
    registered_at: datetime
    brought_at: datetime | None


async def _marked(
    session: AsyncSession, since: datetime, until: datetime, posts: Iterable[str] | None
) -> dict[str, Asked]:
    marking = (col(Event.kind).in_([kind.value for kind in MARKING]), col(Event.at) >= since, col(Event.at) < until)
    # On its own: else every request these posts were ever given is looked through for marks.
    marks = select(Event.reference).where(*marking).distinct().cte("marks").prefix_with("MATERIALIZED")
    needed = [getattr(ServiceRequest, name) for name in Asked._fields]
    asked = columns(*needed).join(marks, marks.c.reference == col(ServiceRequest.reference))
    if posts is not None:
        given = col(Event.kind).in_([kind.value for kind in GIVES])
        theirs = (col(Event.reference) == marks.c.reference, col(Event.data)["post"].astext.in_(list(posts)))
        asked = asked.where(exists().where(given, *theirs))
    asked = asked.order_by(col(ServiceRequest.changed_at).desc()).limit(AT_MOST)
    rows = (await session.exec(asked)).all()  # type: ignore[call-overload]
    return {row.reference: Asked(*row) for row in rows}


async def _lines(session: AsyncSession, references: Iterable[str]) -> dict[str, list[Line]]:
    needed = (Event.reference, Event.kind, Event.at, Event.task_id, Event.due, Event.data)
    asked = columns(*(col(one) for one in needed)).where(col(Event.reference).in_(list(references)))
    found: dict[str, list[Line]] = defaultdict(list)
    rows = (await session.exec(asked.order_by(col(Event.reference), col(Event.number)))).all()  # type: ignore[call-overload]
    for reference, kind, at, task, due, data in rows:
        found[reference].append(Line(EventKind(kind), at, task, due, data))
    return found


async def _pauses(session: AsyncSession, references: Iterable[str]) -> dict[str, list[Pause]]:
    asked = select(Hold).join(Task).where(col(Task.reference).in_(list(references)))
    found: dict[str, list[Pause]] = defaultdict(list)
    for hold in (await session.exec(asked)).all():
        found[hold.task_id].append(Pause(hold.start, hold.end))
    return found


def _named(histories: Iterable[Sequence[Line]]) -> set[str]:
    """Every post that ever did the work."""
    posts = (line.code("post") for lines in histories for line in lines if line.kind in GIVES)
    return {post for post in posts if post is not None}


def _of_one(
    row: Asked,
    policy: Policy,
    lines: Mapping[str, Sequence[Line]],
    pauses: Mapping[str, Sequence[Pause]],
    filled: Mapping[str, Sequence[Filling]],
) -> Iterator[Marked]:
    if row.kind == Kind.COMPLAINT:
        timing = timing_of(policy, row.category, row.area_class)
    else:
        timing = next(iter(policy.procedures[row.category].stages.values())).timing
    yield from record(
        lines[row.reference], row.brought_at or row.registered_at, calendar_of(policy, timing), pauses, filled
    )
