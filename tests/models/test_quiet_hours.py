"""A message to an officer off duty waits for the waking hour; danger, night shifts and consumers never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions
from models.intake import register
from models.notices import queue
from models.outbox import Notification
from models.people import Staff
from rules.calendar import Calendar
from rules.hours import week_from
from rules.ladder import Filling
from rules.terms import NoticeKind
from rules.turn import Notice
from tests.models.test_intake import NEW

NIGHT = datetime(2027, 5, 14, 20, 30, tzinfo=UTC)
"""Two hours after midnight in the demo's zone, whose quiet hours end at seven."""
MORNING = datetime(2027, 5, 15, 1, 30, tzinfo=UTC)
DAY = datetime(2027, 5, 15, 6, 0, tzinfo=UTC)
SHIFT = Calendar("night", "Asia/Kolkata", week_from({"mon-sun": ["20:00-08:00"]}, "night"))


async def queued(
    session: AsyncSession, category: str, kind: NoticeKind, now: datetime, roster: Calendar | None = None
) -> Notification:
    """What becomes of a message to one officer, queued at `now`."""
    name = f"{category} {kind} {now} {roster is None}"
    row = await register(session, replace(NEW, category=category, token=name, locality="gizri", phone=None))
    staff = Staff(username=name[:60], name="Officer", phone="+919810000009")
    session.add(staff)
    await session.flush()
    filled = (
        Filling(staff.id or 0, "roster" if roster else "person", datetime(2026, 1, 1, tzinfo=UTC), roster=roster),
    )
    notice = Notice(kind, "handler", "an-officer", 2, {})
    await queue(session, row, [notice], {"an-officer": filled}, {}, now, now=now)
    return (await session.exec(select(Notification).where(Notification.staff_id == staff.id))).one()


@pytest.mark.parametrize(
    ("category", "kind", "now", "roster", "goes"),
    [
        pytest.param("no-supply", NoticeKind.ESCALATED, NIGHT, None, MORNING, id="at night"),
        pytest.param("no-supply", NoticeKind.ESCALATED, DAY, None, DAY, id="by day"),
        pytest.param("no-supply", NoticeKind.ESCALATED, NIGHT, SHIFT, NIGHT, id="to a night shift"),
        pytest.param("wire-down", NoticeKind.ESCALATED, NIGHT, None, NIGHT, id="about danger"),
        pytest.param("no-supply", NoticeKind.DANGER, NIGHT, None, NIGHT, id="that calls for help"),
    ],
)
async def test_when_a_message_goes(
    sessions: Sessions, category: str, kind: NoticeKind, now: datetime, roster: Calendar | None, goes: datetime
) -> None:
    async with sessions.begin() as session:
        told = await queued(session, category, kind, now, roster)
    assert (told.next_at, told.queued, told.together) == (goes, now, goes != now)


async def test_a_consumer_is_told_at_every_hour(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        row = await register(session, replace(NEW, token="at night", locality="gizri"))
        await queue(session, row, [Notice(NoticeKind.ESCALATED, "consumer", None, 2, {})], {}, {}, NIGHT, now=NIGHT)
        asked = select(Notification).where(Notification.reference == row.reference, Notification.number == 2)
        told = (await session.exec(asked)).one()
    assert (told.next_at, told.together) == (NIGHT, False)
