"""What was foretold for timings somebody had not saved yet: kept for a day, so that every number leads to its requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import codes, instant
from rules.terms import Codes

KEPT_FOR = timedelta(days=1)


class WhatIf(SQLModel, table=True):
    """`typed`: the form as it was sent; `result`: what `models.foretelling` wrote, references and codes alone."""

    __tablename__ = "what_if"

    id: str = Field(primary_key=True, max_length=40)
    by: int | None = None
    at: datetime = instant()
    base: int
    typed: Codes = codes()
    result: Codes = codes()


async def keep(session: AsyncSession, by: int, at: datetime, base: int, typed: Codes, result: Codes) -> str:
    """Keep it under a new id; older ones go."""
    await session.exec(delete(WhatIf).where(col(WhatIf.at) < at - KEPT_FOR))
    row = WhatIf(id=uuid4().hex, by=by, at=at, base=base, typed=typed, result=result)
    session.add(row)
    return row.id


async def kept(session: AsyncSession, id: str) -> WhatIf | None:
    """What was kept under this id."""
    return await session.get(WhatIf, id)
