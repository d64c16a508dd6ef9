"""Statements handed to the driver itself, in one round trip, where SQLAlchemy's layers would take longer than PostgreSQL does."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

Statement = tuple[str, Mapping[str, object]]
"""SQL with values as %(name)s, and the values."""


async def in_one_trip(session: AsyncSession, *statements: Statement) -> list[Any]:
    """Carry out statements of the session's transaction, one after the other; the rows of the last, by name.

    Each sees what was committed before itself began, so that a question behind a lock sees what whoever had it wrote.
    Raises what SQLAlchemy would.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    connection = await session.connection()
    driver: psycopg.AsyncConnection[Any] = (await connection.get_raw_connection()).driver_connection  # type: ignore[assignment]
    cursor = driver.cursor(row_factory=namedtuple_row)
    try:
        async with driver.pipeline() if len(statements) > 1 else nullcontext():
            for sql, values in statements:
                await cursor.execute(sql, values)
        return await cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        if driver.broken:
            await connection.invalidate(error)
        raise DBAPIError.instance(
            sql, dict(values), error, psycopg.Error, hide_parameters=True, connection_invalidated=driver.broken
        ) from error
