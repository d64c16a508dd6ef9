"""A holiday for tomorrow, declared in the evening for everything open, and taken back: how long until every due instant is right."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench.figures import Figures, Wrong
from bench.room import Room, room
from bench.rounds import Chosen
from embedded import temporal
from embedded.backup import plain
from models import database, policy_versions
from models.database import Sessions
from models.policy_calendars import offices_by_zone
from models.retiming import Choice, begin, take_back
from models.runs import FASTEST
from rules.holidays import closed_on

A_MINUTE = 60.0
LONGEST = 420.0
TO_BEGIN = 1_500.0
"""Seconds in which ten thousand workflows are begun, before anything is measured."""
PART = 5
ZONE = "south"


async def measured(beside: Room, chosen: Chosen) -> list[Figures]:
    """Requests a second, declared and taken back, against all of the room's within a minute. Each due instant is looked at.

    Among other rows a part of them is measured: ten thousand workflows take longer to start than all rows may take.
    """
    many, folder = chosen.many if chosen.alone else max(chosen.many // PART, 100), beside.folder / "eid"
    async with room(folder, many) as there, temporal.running(folder / "temporal") as (server, _):
        await asyncio.to_thread(_ask, there.url, "update service_request set started_at = null, claimed_until = null")
        opened = database.engine(there.url, pool=2)
        async with there.worker(server.address):
            found = await _there_and_back(there.url, database.sessions_of(opened))
        await opened.dispose()
    name = f"eid: {many:,} open requests, declared in {found[0]:.0f} s, taken back in {found[1]:.0f} s"
    speeds = [many / seconds for seconds in found]
    return [Figures(name, f"{chosen.many:,} within a minute", "requests/s", 1.0, speeds, [chosen.many / A_MINUTE] * 2)]


async def _there_and_back(url: str, sessions: Sessions) -> tuple[float, float]:
    """Seconds until it was declared for all, and until it was taken back."""
    await _until(url, "select count(*) = 0 from service_request where started_at is null", TO_BEGIN)
    before = await asyncio.to_thread(_dues, url)
    began = time.monotonic()
    async with sessions.begin() as session:
        number, version = await _declared(session)
    await _done(url, number)
    there = time.monotonic() - began
    after = await asyncio.to_thread(_dues, url)
    began = time.monotonic()
    async with sessions.begin() as session:
        number = await take_back(session, version, None, datetime.now(UTC), "It is not tomorrow")
    await _done(url, number)
    back = time.monotonic() - began
    same = [one for one, due in after.items() if due == before[one]]
    if same or await asyncio.to_thread(_dues, url) != before:
        raise Wrong(f"{len(same)} of {len(before)} due instants were not moved, or are not what they were after all")
    return there, back


async def _declared(session: Any) -> tuple[int, int]:
    """The next working day but one of the whole zone is a holiday; the run's number and the version's."""
    policy, now = await policy_versions.current(session), datetime.now(UTC)
    office = policy.calendars["office"]
    day = office.next_opening(now).astimezone(ZoneInfo(office.zone)).date()
    changed = closed_on(policy, day, ZONE, await offices_by_zone(session))
    version = await policy_versions.save(session, changed, "Eid", None, now, base=policy.version)
    return await begin(session, version, Choice(zone=ZONE), None, now, FASTEST), version


def _dues(url: str) -> dict[str, datetime]:
    return dict(_ask(url, "select reference, due from task where done_at is null"))


async def _done(url: str, number: int) -> None:
    await _until(url, f"select state = 'done' from run where id = {number}")  # noqa: S608 (a number)


async def _until(url: str, question: str, seconds: float = LONGEST) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = await asyncio.to_thread(_ask, url, question)
        if found and found[0][0]:
            return
        await asyncio.sleep(0.2)
    raise TimeoutError(question)


def _ask(url: str, question: str) -> list[Any]:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        asked = connection.execute(question.encode())
        return asked.fetchall() if asked.description else []
