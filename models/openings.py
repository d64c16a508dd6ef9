"""Who of the staff opened what is confidential, or tried to: one audit row for each person and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import OPENED, REFUSED, Audit
from models.people import Staff

ONCE = timedelta(hours=1)
SHOWN = 50


@dataclass(frozen=True)
class Opening:
    """One opening: who, when, and whether he was let in."""

    at: datetime
    who: str
    let_in: bool


async def opening(session: AsyncSession, reference: str, person: int, at: datetime, *, let_in: bool) -> None:
    """Put on record that `person` asked for `reference` at `at`; once an hour, also from many tabs at once."""
    what = OPENED if let_in else REFUSED
    # The lock makes two tabs of one person take turns, so that each hour has one row.
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{what}/{reference}/{person}", 0))))
    lately = select(Audit.id).where(
        Audit.what == what, Audit.subject == reference, Audit.person == person, col(Audit.at) > at - ONCE
    )
    if (await session.exec(lately.limit(1))).first() is None:
        session.add(Audit(at=at, person=person, what=what, subject=reference, note=""))


async def openings(session: AsyncSession, reference: str) -> Sequence[Opening]:
    """Who opened `reference` or tried to, newest first."""
    rows = await session.exec(
        select(Audit.at, Audit.what, Staff.name)
        .join(Staff, col(Staff.id) == col(Audit.person))
        .where(col(Audit.what).in_((OPENED, REFUSED)), Audit.subject == reference)
        .order_by(col(Audit.id).desc())
        .limit(SHOWN)
    )
    return [Opening(at, who, what == OPENED) for at, what, who in rows.all()]
