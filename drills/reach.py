"""Who could be told something: consumers with a telephone or address, and posts in which somebody sat who has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.ground import utility_zone
from models.people import Fill, Leave, Staff, StopLink
from models.requests import Consumer, ServiceRequest
from rules.calendar import Calendar
from rules.hours import week_from


@dataclass(frozen=True)
class Reach:
    """As the tables have it now; `people` are those of the staff with an address, `consumers` those of the requests.

    `linked` are of each request the consumers who got a link to stop its messages, and so could be told something.
    """

    consumers: frozenset[int | None]
    people: frozenset[int | None]
    fills: Mapping[str, Sequence[Fill]]
    leave: Mapping[int, Sequence[Leave]]
    zone: str
    linked: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def told(self, row: ServiceRequest, changes: int) -> list[int | None]:
        """The consumer of a request under each telephone it had; None for one of whom nobody knows that he could be told."""
        before: list[int | None] = [*sorted(self.linked.get(row.reference, frozenset()) - {row.consumer_id})]
        if len(before) != changes:
            before = [None] * changes
        return [*before, row.consumer_id if row.consumer_id in self.consumers else None]

    def post(self, post: str, at: datetime) -> bool:
        """Whether somebody was in this post at `at`, and nobody who was has no address: which of them is told does not matter then."""
        here = [fill.person for fill in self.fills[post] if within(fill, at) and self._on_duty(fill, at)]
        here = [person for person in here if not any(within(away, at) for away in self.leave[person])]
        return bool(here) and self.people.issuperset(here)

    def _on_duty(self, fill: Fill, at: datetime) -> bool:
        return not fill.roster or Calendar("roster", self.zone, week_from(fill.roster, "roster")).is_open(at)


def within(stretch: Fill | Leave, at: datetime) -> bool:
    """Whether it holds at `at`."""
    return stretch.since <= at and (stretch.until is None or at < stretch.until)


async def reach(session: AsyncSession, rows: Sequence[ServiceRequest]) -> Reach:
    """Who can be told of these requests."""
    asked = select(Consumer).where(col(Consumer.id).in_([row.consumer_id for row in rows]))
    consumers = (await session.exec(asked)).all()
    staff = (await session.exec(select(Staff.id, Staff.phone, Staff.email))).all()
    fills: dict[str, list[Fill]] = defaultdict(list)
    for fill in (await session.exec(select(Fill))).all():
        fills[fill.post].append(fill)
    leave: dict[int, list[Leave]] = defaultdict(list)
    for away in (await session.exec(select(Leave))).all():
        leave[away.person].append(away)
    return Reach(
        frozenset(one.id for one in consumers if one.phone or one.email),
        frozenset(id for id, phone, email in staff if phone or email),
        fills,
        leave,
        await utility_zone(session),
        await _linked(session, {row.reference for row in rows}),
    )


async def _linked(session: AsyncSession, references: Collection[str]) -> dict[str, frozenset[int]]:
    asked = select(StopLink.reference, StopLink.consumer_id).where(col(StopLink.reference).in_(references))
    found: dict[str, set[int]] = defaultdict(set)
    for reference, consumer in (await session.exec(asked)).all():
        found[reference].add(consumer)
    return {reference: frozenset(consumers) for reference, consumers in found.items()}
