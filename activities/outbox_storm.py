"""The outbox in a storm and in the morning: what one officer is told together, claimed as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from models.outbox import Attempt, Notification
from models.people import Staff
from rules.digest import MOST, STORM, WINDOW, storm

PEOPLE = 20
"""For how many officers at a time messages are put together."""


async def due_together(session: AsyncSession) -> SelectOfScalar[int | None] | None:
    """All that some officers are to be told together now; None when there is nothing. Only one worker has an officer's."""
    due = (
        col(Notification.state) == "waiting",
        col(Notification.together),
        col(Notification.next_at) <= func.now(),
    )
    waiting = select(col(Notification.staff_id)).where(*due).distinct().limit(PEOPLE)
    people = select(Staff.id).where(col(Staff.id).in_(waiting)).with_for_update(skip_locked=True, key_share=True)
    ours = (await session.exec(people)).all()
    return select(col(Notification.id)).where(*due, col(Notification.staff_id).in_(ours)) if ours else None


async def calmed(session: AsyncSession, rows: Sequence[Notification]) -> list[Notification]:
    """Those of the claimed `rows` that go now; the others are put back, to be told together."""
    stormy: dict[int, list[Notification]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id or 0):
        # What was tried before keeps its own message; nothing about danger waits.
        if row.staff_id is not None and row.kind in STORM and row.claim == 1 and not row.data.get("safety"):
            stormy[row.staff_id].append(row)
    recent = await _recent(session, stormy) if stormy else {}
    held: set[int | None] = set()
    for person in sorted(person for person, count in recent.items() if count > MOST):
        held |= await _held(session, person, stormy[person], recent[person])
    return [row for row in rows if row.id not in held]


async def _held(session: AsyncSession, person: int, rows: Sequence[Notification], recent: int) -> set[int | None]:
    """Put back what one officer is not told now; two workers cannot both think that theirs is the first."""
    await session.exec(select(Staff.id).where(Staff.id == person).with_for_update(key_share=True))
    now = (await session.exec(select(func.now()))).one()
    gathered = storm(rows, recent, await _told(session, person, now), now)
    held = {row.id for row in rows[gathered.now :]}
    await session.exec(
        update(Notification)
        .where(col(Notification.id).in_(held))
        .values(together=True, next_at=gathered.together_at, claimed_until=None)
    )
    return held


async def _recent(session: AsyncSession, people: Sequence[int] | dict[int, list[Notification]]) -> dict[int, int]:
    """How many messages a storm is made of were queued for each of these within the window."""
    asked = (
        select(col(Notification.staff_id), func.count())
        .where(
            col(Notification.staff_id).in_(list(people)),
            col(Notification.kind).in_(STORM),
            col(Notification.queued) > func.now() - WINDOW,
        )
        .group_by(col(Notification.staff_id))
    )
    return {person: count for person, count in (await session.exec(asked)).all() if person is not None}


async def _told(session: AsyncSession, person: int, now: datetime) -> datetime | None:
    """When one of these was last sent to him within the window."""
    asked = (
        select(func.max(col(Attempt.at)))
        .join(Notification, col(Notification.id) == col(Attempt.notification_id))
        .where(
            col(Notification.staff_id) == person,
            col(Notification.kind).in_(STORM),
            col(Notification.queued) > now - 2 * WINDOW,
            col(Attempt.at) > now - WINDOW,
        )
    )
    return (await session.exec(asked)).one()
