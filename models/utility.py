"""What every process asks first of the database, however long it takes to come up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from models.database import Sessions
from models.ground import utility_zone


async def zone_once_there(sessions: Sessions, say: Callable[..., Any]) -> str:
    """The utility's time zone; waits for a database that is not there yet, and says so."""
    while True:
        try:
            async with sessions() as session:
                return await utility_zone(session)
        except (SQLAlchemyError, OSError) as away:
            say("waiting for the database", why=type(away).__name__)
            await asyncio.sleep(0.4)
