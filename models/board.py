"""What the public board counts, in three statements that touch no table of personal data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, text
from sqlalchemy import select as grouped
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Event
from models.exceptional import excused_at
from models.requests import ServiceRequest
from rules.board import AGE_BEGINS, AGES, CLOSINGS, CONFIDENTIAL, LATELY, Figure
from rules.states import OPEN, WORKED
from rules.terms import EventKind, Kind

Row = ServiceRequest
BY: tuple[Any, ...] = (col(Row.kind) == Kind.COMPLAINT, col(Row.office), col(Row.category), col(Row.confidential))
"""What is counted apart: complaints or connection requests, office, kind, confidential."""

KEPT = and_(
    col(Row.within_standard).is_(True), col(Row.standard_lapsed_at).is_(None), col(Row.reopened) == 0
)  # fmt: skip
"""Whether what was closed was put right within its limit, and stayed so."""

DAY = 86_400


@dataclass
class Sort:
    """The counts of complaints, or of connection requests: by office, and by kind with the confidential ones as one."""

    offices: dict[str, dict[Figure, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    kinds: dict[str, dict[Figure, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))


async def counted(session: AsyncSession, at: datetime) -> Mapping[bool, Sort]:
    """The counts at `at`: under True those of complaints, under False those of connection requests."""
    found = [
        *_figures(await session.exec(_of_requests(at)), REQUESTS),
        *_figures(await session.exec(_reopened(at)), (Figure.REOPENED,)),
        *_figures(await session.exec(_holds(at)), (Figure.ON_HOLD, Figure.HELD, Figure.DAYS_HELD)),
    ]
    secret = {(complaint, kind) for complaint, _, kind, confidential, _ in found if confidential}
    sorts = {True: Sort(), False: Sort()}
    for complaint, office, kind, _, counts in found:
        shown_as = CONFIDENTIAL if (complaint, kind) in secret else kind
        for split in (sorts[complaint].offices[office], sorts[complaint].kinds[shown_as]):
            for figure, count in counts.items():
                split[figure] += count
    return sorts


def _figures(rows: Iterable[Any], figures: tuple[Figure, ...]) -> list[tuple[bool, str, str, bool, dict[Figure, int]]]:
    return [
        (
            complaint,
            office,
            kind,
            confidential,
            dict(zip(figures, (round(count or 0) for count in counts), strict=True)),
        )
        for complaint, office, kind, confidential, *counts in rows
    ]


REQUESTS = (
    Figure.RECEIVED,
    Figure.PENDING,
    *AGES,
    Figure.JUDGED,
    Figure.WITHIN,
    Figure.EXCUSED,
    Figure.LATE,
    *CLOSINGS,
)


def _of_requests(at: datetime) -> Any:
    since = at - LATELY
    still = and_(col(Row.state).in_(OPEN), col(Row.registered_at) <= at)
    received = col(Row.registered_at).between(since, at)
    ended = col(Row.closed_at).between(since, at)
    days = func.floor(func.extract("epoch", at - col(Row.registered_at)) / DAY)
    old = case(*((days < begin, place) for place, begin in enumerate(AGE_BEGINS)), else_=len(AGE_BEGINS))
    passed = or_(col(Row.standard_lapsed_at).is_not(None), and_(col(Row.state).in_(WORKED), col(Row.standard_due) < at))
    limited = or_(col(Row.standard_due).is_not(None), col(Row.standard_lapsed_at).is_not(None))
    late = and_(
        limited,
        or_(ended, still),
        or_(passed, col(Row.reopened) > 0, and_(ended, col(Row.within_standard).is_(False))),
    )
    within = and_(ended, KEPT)
    excused = and_(late, col(Row.reopened) == 0, excused_at(at))
    conditions = [
        received,
        still,
        *(and_(still, old == place) for place in range(len(AGES))),
        or_(within, late),
        within,
        excused,
        and_(late, ~excused),
        *(and_(ended, col(Row.closing) == closing.value) for closing in CLOSINGS),
    ]
    counts = [func.count().filter(condition) for condition in conditions]
    return grouped(*BY, *counts).where(or_(received, still, ended)).group_by(*BY)


def _reopened(at: datetime) -> Any:
    """Each request once, however often it was opened again."""
    return (
        grouped(*BY, func.count(col(Event.reference).distinct()))
        .join(Row, col(Row.reference) == col(Event.reference))
        .where(col(Event.kind) == EventKind.REOPENED.value, col(Event.at).between(at - LATELY, at))
        .group_by(*BY)
    )


HOLDS = text("""
select complaint, office, category, confidential, count(*) filter (where now_held), count(*), sum(days)
from (
  select request.kind = 'complaint' as complaint, request.office, request.category, request.confidential,
    bool_or(hold."end" is null and task.done_at is null and request.closed_at is null) as now_held,
    (select sum(extract(epoch from upper(part) - lower(part))) / 86400 from unnest(range_agg(tstzrange(
      greatest(hold.start, :since), greatest(hold.start, :since, least(hold."end", request.closed_at, :at))
    ))) as part) as days
  from hold join task on task.id = hold.task_id join service_request as request on request.reference = task.reference
  where hold.stops_standard and hold.start <= :at and coalesce(hold."end", request.closed_at, :at) >= :since
  group by request.reference
) as held
group by complaint, office, category, confidential
""")
"""Holds that stop the time limit. Where two stages waited at once their time counts once."""


def _holds(at: datetime) -> Any:
    return HOLDS.bindparams(at=at, since=at - LATELY)
