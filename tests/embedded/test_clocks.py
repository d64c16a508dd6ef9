"""The doctor compares the clocks of web and worker with the database's."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

import pytest
from sqlalchemy import func, update
from sqlmodel import col, delete, select
from structlog.testing import capture_logs

from embedded.checks import Finding, database
from models import heartbeats
from models.database import Sessions
from models.heartbeats import FORGOTTEN, Heartbeat, beat, logged, this_process


@pytest.fixture(autouse=True)
async def _both_speak(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.exec(delete(Heartbeat))
    await beat(sessions, "web", "web@one/7")
    await beat(sessions, "worker", "worker@two/8")


def clocks(database_url: str) -> dict[str, Finding]:
    """What was found of processes' clocks, by what was looked at."""
    return {one.what: one for one in database(database_url) if one.what.startswith(("clock of w", "clocks"))}


async def changed(sessions: Sessions, process: str, **by: timedelta) -> None:
    async with sessions.begin() as session:
        moved = {name: getattr(Heartbeat, name) + apart for name, apart in by.items()}
        await session.exec(update(Heartbeat).where(col(Heartbeat.process) == process).values(**moved))


def test_clocks_that_go_alike_are_good(database_url: str) -> None:
    found = clocks(database_url)
    assert set(found) == {"clock of web@one/7", "clock of worker@two/8"}
    assert all(one.good for one in found.values())


@pytest.mark.parametrize(("apart", "good"), [(0.4, True), (0.7, False), (-0.7, False), (-3600, False)])
async def test_half_a_second_apart_is_warned_of(
    sessions: Sessions, database_url: str, apart: float, good: bool
) -> None:
    async with sessions.begin() as session:
        at = func.now() + timedelta(seconds=apart)
        here = col(Heartbeat.process) == "worker@two/8"
        await session.exec(update(Heartbeat).where(here).values(recorded=func.now(), clock=at))
    found = clocks(database_url)
    assert found["clock of web@one/7"].good
    assert found["clock of worker@two/8"].good is good
    assert f"{apart:+.3f} s" in found["clock of worker@two/8"].found


async def test_a_part_that_was_not_heard_for_half_a_minute_is_missed(sessions: Sessions, database_url: str) -> None:
    ago = timedelta(seconds=-40)
    await changed(sessions, "web@one/7", recorded=ago, clock=ago)
    found = clocks(database_url)
    assert set(found) == {"clock of web", "clock of worker@two/8"}
    assert not found["clock of web"].good


async def test_a_process_says_its_time_again_in_its_own_row_and_the_dead_are_forgotten(sessions: Sessions) -> None:
    await changed(sessions, "worker@two/8", recorded=-FORGOTTEN - timedelta(minutes=1))
    name = this_process("web")
    for _ in range(2):
        await beat(sessions, "web", name)
    async with sessions() as session:
        rows = (await session.exec(select(Heartbeat.process))).all()
    assert sorted(rows) == sorted(["web@one/7", name])


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_process_knows_by_how_much_its_clock_is_wrong(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(hours=hours)

    assert await beat(sessions, "web", this_process("web")) == 0
    monkeypatch.setattr(heartbeats, "datetime", Wrong)
    assert abs(await beat(sessions, "web", this_process("web")) - hours * 3600) < 60


def test_a_wrong_clock_is_logged_when_it_becomes_wrong_and_when_it_is_right_again() -> None:
    told = False
    with capture_logs() as said:
        for by in (0.0, 0.4, -0.4, -3600.2, -3599.0, 0.0, 0.0, 0.7):
            told = logged(by, told)
    assert [line.get("seconds", "right again") for line in said] == [-3600.2, "right again", 0.7]
