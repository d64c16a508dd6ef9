"""A holiday for tomorrow, declared in the evening for everything open, and taken back: how long until every due instant is right."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench.figures import Figures, Wrong
from bench.room import Room
from bench.rounds import Chosen
from embedded import temporal
from embedded.backup import plain
from models import database, policy_versions
from models.policy_calendars import offices_by_zone
from models.retiming import Choice, begin, take_back
from models.runs import FASTEST
from rules.holidays import closed_on

A_MINUTE = 60.0
LONGEST = 420.0
ZONE = "south"


async def measured(room: Room, chosen: Chosen) -> list[Figures]:
    """Requests a second, declared and taken back, against all of them within a minute. Each due instant is looked at."""
    many = len(room.references)
    opened = database.engine(room.url, pool=2)
    sessions = database.sessions_of(opened)
    with psycopg.connect(plain(room.url), autocommit=True) as connection:
        connection.execute("update service_request set started_at = null, claimed_until = null")
        async with temporal.running(room.folder / "temporal") as (server, _), room.worker(server.address):
            await _until(connection, "select count(*) = 0 from service_request where started_at is null")
            before = _dues(connection)
            began = time.monotonic()
            async with sessions.begin() as session:
                number, version = await _declared(session)
            await _done(connection, number)
            there = time.monotonic() - began
            after = _dues(connection)
            began = time.monotonic()
            async with sessions.begin() as session:
                number = await take_back(session, version, None, datetime.now(UTC), "It is not tomorrow")
            await _done(connection, number)
            back = time.monotonic() - began
            again = _dues(connection)
    await opened.dispose()
    same = [one for one, due in after.items() if due == before[one]]
    if same or again != before:
        raise Wrong(f"{len(same)} of {many} due instants were not moved, or they are not what they were after all")
    speeds = [many / there, many / back]
    name = f"eid: {many:,} open requests, declared in {there:.0f} s, taken back in {back:.0f} s"
    return [Figures(name, "all within a minute", "requests/s", 1.0, speeds, [many / A_MINUTE] * 2)]


async def _declared(session: Any) -> tuple[int, int]:
    """The next working day but one of the whole zone is a holiday; the run's number and the version's."""
    policy, now = await policy_versions.current(session), datetime.now(UTC)
    office = policy.calendars["office"]
    day = office.next_opening(now).astimezone(ZoneInfo(office.zone)).date()
    changed = closed_on(policy, day, ZONE, await offices_by_zone(session))
    version = await policy_versions.save(session, changed, "Eid", None, now, base=policy.version)
    return await begin(session, version, Choice(zone=ZONE), None, now, FASTEST), version


def _dues(connection: psycopg.Connection[Any]) -> dict[str, datetime]:
    return dict(connection.execute("select reference, due from task where done_at is null").fetchall())


async def _done(connection: psycopg.Connection[Any], number: int) -> None:
    await _until(connection, f"select state = 'done' from retiming where id = {number}")  # noqa: S608 (a number)


async def _until(connection: psycopg.Connection[Any], question: str) -> None:
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        row = connection.execute(question.encode()).fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(0.2)
    raise TimeoutError(question)
