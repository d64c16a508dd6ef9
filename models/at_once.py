"""New rows of several tables, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, bindparam, insert
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


async def add_at_once(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Write new rows, one of each table, in one round trip; the session then knows those whose key was given.

    A key left to the database (None) stays None in its row.
    """
    tables = tuple((_table(row), _drawn(row)) for row in rows)
    values = {
        f"{table.name}_{column.name}": getattr(row, column.name)
        for row, (table, drawn) in zip(rows, tables, strict=True)
        for column in table.columns
        if not (drawn and column.primary_key)
    }
    await session.exec(_inserts(tables), params=values)
    for row, (_, drawn) in zip(rows, tables, strict=True):
        if not drawn:
            make_transient_to_detached(row)
            session.add(row)


def _table(row: SQLModel) -> Table:
    table: Table = type(row).__table__  # type: ignore[attr-defined]
    return table


def _drawn(row: SQLModel) -> bool:
    """Whether the database draws this row's key."""
    column = _table(row).autoincrement_column
    return column is not None and getattr(row, column.name) is None


@cache
def _inserts(tables: tuple[tuple[Table, bool], ...]) -> Insert:
    *others, last = (_insert(*one) for one in tables)
    return last.add_cte(*(one.cte(f"new_{one.table.name}") for one in others))  # type: ignore[attr-defined]


def _insert(table: Table, drawn: bool) -> Insert:
    columns = [column for column in table.columns if not (drawn and column.primary_key)]
    given: dict[str, Any] = {
        column.name: bindparam(f"{table.name}_{column.name}", type_=column.type) for column in columns
    }
    return insert(table).values(given)
