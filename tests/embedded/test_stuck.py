"""The doctor finds what waits too long, and whether documents can be kept and scanned."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from embedded import stuck
from embedded.backup import plain
from embedded.checks import Finding
from models.database import Sessions
from models.events import Submission
from models.intake import register
from models.requests import ServiceRequest
from models.storage import storage_at
from models.tray import put
from rules.terms import Act, Actor
from tests.embedded.commands import onewindow
from tests.models.test_intake import NEW

LONG_AGO = timedelta(minutes=10)
SPRING = date(2027, 5, 14)


def found(url: str) -> dict[str, Finding]:
    """What was found of the work, by what was looked at."""
    return {one.what: one for one in stuck.work(url, SPRING)}


async def test_what_waits_too_long_is_named_and_what_waits_a_moment_is_not(
    sessions: Sessions, database_url: str
) -> None:
    assert len(found(database_url)) == 6
    assert all(one.good and one.found.startswith("none") for one in found(database_url).values())
    async with sessions.begin() as session:
        reference = (await register(session, replace(NEW, token="stuck"))).reference
    row = update(ServiceRequest).where(col(ServiceRequest.reference) == reference)
    async with sessions.begin() as session:
        await session.exec(row.values(registered_at=func.now()))
    assert all(one.good for one in found(database_url).values())
    async with sessions.begin() as session:
        await session.exec(row.values(registered_at=func.now() - LONG_AGO))
    assert not found(database_url)["requests not begun"].good
    async with sessions.begin() as session:
        await session.exec(row.values(started_at=func.now(), wake_at=func.now() - LONG_AGO))
        await put(session, id="a", reference=reference, act=Act.ADD, actor=Actor.CONSUMER, at=NEW.at)
        await session.exec(update(Submission).values(received=func.now() - LONG_AGO))
    bad = {what: one for what, one in found(database_url).items() if not one.good}
    assert set(bad) == {"timers overdue", "actions unanswered"}
    assert all(one.found == f"1: {reference}" and one.do for one in bad.values())


def test_next_years_holidays_are_missed_from_october_on(database_url: str) -> None:
    """The demo knows the days that are announced each year until 2027, and the fixed ones longer."""
    last = [stuck.work(database_url, date(2027, month, 1))[-1] for month in (9, 10)]
    assert [one.good for one in last] == [True, False]
    assert last[1].found == "office: 4 in 2028, 9 in 2027"


def test_a_database_that_is_away_is_told_by_the_other_look() -> None:
    assert stuck.work("postgresql://nobody@127.0.0.1:1/nothing") == []


def test_a_folder_that_keeps_files_is_good_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    finding = asyncio.run(stuck.documents((tmp_path / "documents").as_uri(), storage_at))
    assert finding.good
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_a_place_that_keeps_none_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file where the folder should be", encoding="ascii")
    finding = await stuck.documents((tmp_path / "documents").as_uri(), storage_at)
    assert not finding.good
    assert "DOCUMENTS_URL" in finding.do


@pytest.mark.parametrize(("says", "good"), [(b"PONG\0", True), (b"busy\0", False)])
async def test_the_scanner_is_asked_whether_it_is_there(tmp_path: Path, says: bytes, good: bool) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zPING\0"
        writer.write(says)
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answer, tmp_path / "clamd"):
        assert (await stuck.scanner(f"unix://{tmp_path / 'clamd'}")).good is good
    away = await stuck.scanner(f"unix://{tmp_path / 'nobody'}")
    assert (away.good, "no document is taken" in away.do) == (False, True)


async def test_the_doctor_has_workflows_begun_anew_and_says_what_is_wrong(
    database_url: str, sessions: Sessions, tmp_path: Path
) -> None:
    async with sessions.begin() as session:
        rows = [await register(session, replace(NEW, token=f"rebuilt-{number}")) for number in range(2)]
        await session.flush()
        for row in rows:
            row.started_at = row.registered_at
        rows[1].over, ended, going_on = True, rows[1].reference, rows[0].reference
    own = {"DATABASE_URL": plain(database_url), "TEMPORAL_ADDRESS": "127.0.0.1:1", "DATA_DIR": str(tmp_path)}
    code, said = await onewindow("doctor", "--rebuild", **own)
    assert code == 1, said  # there is no Temporal
    assert "open requests: the workers start their workflows now." in said
    async with sessions() as session:
        waits = (
            await session.exec(select(ServiceRequest.reference).where(col(ServiceRequest.started_at).is_(None)))
        ).all()
    assert going_on in waits
    assert ended not in waits
