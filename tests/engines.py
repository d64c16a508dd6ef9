"""Engines of the tests: what SQLAlchemy compiled for one database is not compiled again for each of a hundred like it."""

from __future__ import annotations

from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from models import database

FIRST: list[Engine] = []
"""The engine whose dialect knows the server; its statements are everybody's."""


def engine(url: str) -> AsyncEngine:
    """An engine on one of the tests' own databases, which nothing takes away: no connection is asked whether it is there."""
    made = database.engine(url, ping=False)
    ours = made.sync_engine
    known = next((one for one in FIRST if hasattr(one.dialect, "server_version_info")), None)
    if known is None:
        ours._compiled_cache.capacity = 5_000
        FIRST.append(ours)
    else:
        ours.dialect, ours._compiled_cache = known.dialect, known._compiled_cache
    return made
