"""Who of the staff has a request open right now: each open page says so every few seconds, and is believed no longer than that."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import instant
from models.people import Staff

APART = timedelta(seconds=4)
"""Between two times a page says that it is open."""
BELIEVED = timedelta(seconds=11)
"""After this long without word a page counts as left."""
NOW: ColumnElement[datetime] = literal_column("clock_timestamp()")


class Onlooker(SQLModel, table=True):
    """Somebody with the page of a request open: `seen_at` is when it last said so, by the database's clock."""

    reference: str = Field(primary_key=True, max_length=9)
    person: int = Field(primary_key=True, index=True)
    seen_at: datetime = instant()


async def look_on(session: AsyncSession, reference: str, person: int) -> None:
    """Say that this person has the request open; his pages that fell silent are forgotten."""
    silent = col(Onlooker.person) == person, col(Onlooker.seen_at) < func.now() - BELIEVED
    await session.exec(delete(Onlooker).where(*silent, col(Onlooker.reference) != reference))
    row = insert(Onlooker).values(reference=reference, person=person, seen_at=NOW)
    await session.exec(row.on_conflict_do_update(index_elements=["reference", "person"], set_={"seen_at": NOW}))


async def others(session: AsyncSession, reference: str, person: int) -> tuple[str, ...]:
    """The names of everybody else who has it open now, in their order."""
    asked = (
        select(Staff.name)
        .join(Onlooker, col(Onlooker.person) == col(Staff.id))
        .where(Onlooker.reference == reference, col(Onlooker.person) != person)
        .where(col(Onlooker.seen_at) > func.now() - BELIEVED)
        .order_by(Staff.name)
    )
    return tuple((await session.exec(asked)).all())


async def looked_on(session: AsyncSession, reference: str, person: int) -> tuple[str, ...]:
    """Both at once: say so, and hear who else does."""
    await look_on(session, reference, person)
    return await others(session, reference, person)
