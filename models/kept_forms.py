"""Forms sent after their sender's session had ended: kept half a day, offered again to that person and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.doors import KeptForm

KEPT = timedelta(hours=12)
AT_MOST = 20
"""Forms kept for one person; more is a program, not a person."""


async def keep(session: AsyncSession, person: int, path: str, fields: Mapping[str, str], at: datetime) -> bool:
    """Keep a form for `person`; False when there are too many of his, or it holds nothing."""
    await session.exec(delete(KeptForm).where(col(KeptForm.at) < at - KEPT))
    there = (await session.exec(select(func.count()).select_from(KeptForm).where(KeptForm.person == person))).one()
    if there >= AT_MOST or not any(fields.values()) or len(path) > 300:
        return False
    session.add(KeptForm(person=person, path=path, fields=dict(fields), at=at))
    return True


async def kept(session: AsyncSession, person: int, at: datetime) -> Sequence[KeptForm]:
    """What is kept for a person, the newest first."""
    asked = select(KeptForm).where(KeptForm.person == person, col(KeptForm.at) > at - KEPT)
    return (await session.exec(asked.order_by(col(KeptForm.id).desc()))).all()


async def let_go(session: AsyncSession, person: int, number: int) -> KeptForm | None:
    """Give a kept form back, once; None when it is not there or somebody else's."""
    row = await session.get(KeptForm, number, with_for_update=True)
    if row is None or row.person != person:
        return None
    await session.delete(row)
    return row
