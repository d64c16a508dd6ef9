"""The utility the tests run in: the demo profile, loaded as the product loads it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from models import database
from models.holidays import public_holidays
from models.profile import load_profile
from rules.profile import Profile
from rules.profile_toml import load as read

ROOT = Path(__file__).resolve().parent.parent
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def demo_profile() -> Profile:
    """The demo profile as shipped."""
    path = ROOT / "profiles" / "demo.toml"
    return read(path.read_text(encoding="utf-8"), str(path), public_holidays)


async def load(url: str, profile: Profile) -> None:
    """Migrate the database at `url` and load `profile` into it; nobody has a password."""
    await asyncio.to_thread(database.migrate, url)
    engine = database.engine(url)
    try:
        async with database.sessions_of(engine).begin() as session:
            await load_profile(session, profile, {}, BEGINNING)
    finally:
        await engine.dispose()
