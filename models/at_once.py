"""New rows of several tables, by one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.round_trip import in_one_trip


async def add_at_once(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Write new rows, each of a table of its own and with its key, in one round trip; the session then knows them.

    Each row travels as one value: a statement of a hundred values takes longer to prepare than to carry out.
    """
    written = _written(tuple(str(row.__tablename__) for row in rows))
    given = {str(row.__tablename__): json.dumps(_columns(row), default=_instant) for row in rows}
    await in_one_trip(session, (written, given))
    for row in rows:
        make_transient_to_detached(row)
        session.add(row)


def _columns(row: SQLModel) -> dict[str, object]:
    return {name: value for name, value in row.__dict__.items() if not name.startswith("_")}


def _instant(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in a row")
    return value.isoformat()


@cache
def _written(tables: tuple[str, ...]) -> str:
    inserts = (
        f"new_{table} as (insert into {table} select * from jsonb_populate_record(null::{table}, cast(%({table})s as jsonb)))"  # noqa: S608 (our own names)
        for table in tables
    )
    return f"with {', '.join(inserts)} select 1"
