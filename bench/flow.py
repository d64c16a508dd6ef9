"""Requests through Temporal: begun after a burst, all due in one minute, and an officer's action, each against bare workflows."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlmodel import col, select
from temporalio.client import Client

from bench.bare_flow import QUEUE, Clock, start_all
from bench.figures import Figures, Wrong
from bench.room import ROOT, Room, room
from bench.rounds import Chosen
from embedded import temporal
from embedded.backup import plain
from models import database, waiting
from models.database import Sessions
from models.intake import New, register
from models.people import Fill
from models.policy_versions import current, save
from models.requests import Task
from models.texts import kinds
from models.tray import put
from rules.durations import Duration, Unit
from rules.messages import Take
from rules.terms import Act, Actor, Channel, Kind
from workflows.client import Door, Opening
from workflows.payloads import DATA_CONVERTER

AT_ONCE = 25
"""The relay starts so many at a time, and so does the bare client."""
AN_HOUR = 3600
"""Seconds of a tier that must not end while something else is measured."""
BEGUN_IN = 30.0
"""As many are due in one minute as are begun in so many seconds."""
SPARE = 10.0
"""Seconds between the instant by which all should be begun, half as long again as they took before, and the due one."""
LONGEST = 240.0
ACTIONS = 40
APART = timedelta(milliseconds=6)
"""Ten thousand in one minute are so far apart."""
COLD = 20
"""So many are begun before the rate is looked at: a worker that just started reads and prepares everything once."""
CATEGORY = "no-supply"


async def measured(beside: Room, chosen: Chosen) -> list[Figures]:
    """A burst of fresh requests in a room of its own, begun and acted upon; one that is due all at once; then the same of bare workflows."""
    many, folder = chosen.burst, beside.folder / "flow"
    async with room(folder, 1) as there, temporal.running(folder / "temporal") as (server, client):
        opened = database.engine(there.url, pool=4)
        sessions = database.sessions_of(opened)
        async with there.worker(server.address):
            await _warm(sessions)
        await _timed(sessions, AN_HOUR)
        numbers = await _burst(sessions, many, datetime.now(UTC))
        async with there.worker(server.address):
            started = await _started(there.url, 1 + many)
            actions = await _acted(sessions, server.address, numbers[:ACTIONS])
            due = min(max(round(started * BEGUN_IN), 50), many)
            fired, places = await _due_at_once(there.url, sessions, 1 + many, due, started)
        await opened.dispose()
        bare = await _bare(client, many, due)
    return [
        Figures(f"starts: {many:,} after a burst", "an empty workflow", "started/s", 0.6, [started], [bare.starts]),
        Figures(
            f"due: {due:,} tiers in one minute", "a timer and an empty activity", "fired/s", 0.6, [fired], [bare.fires]
        ),
        Figures(
            f"order: places by which 99 in 100 of {due:,} missed theirs", "one in a hundred",
            "places", 1, [places], [max(due / 100, 1)], less=True,
        ),
        Figures("action: one at a time, to its answer", "an empty update", "ms", 2.5, actions, bare.updates, less=True),
    ]  # fmt: skip


async def _warm(sessions: Sessions) -> None:
    """Wait until a worker wrote the examples of messages, as it does once after the first start of all."""
    while True:
        async with sessions() as session:
            if await kinds(session):
                return
        await asyncio.sleep(0.2)


async def _due_at_once(url: str, sessions: Sessions, before: int, many: int, a_second: float) -> tuple[float, int]:
    """So many more, all due a while after they are begun, at a rate known from those before: as `_fired`."""
    seconds = round(1.5 * many / a_second + SPARE)
    await _timed(sessions, seconds)
    registered = datetime.now(UTC)
    await _burst(sessions, many, registered)
    await _started(url, before + many)
    due = registered + timedelta(seconds=seconds)
    if datetime.now(UTC) >= due:
        raise Wrong(f"{many} workflows were not begun before they were due")
    return await _fired(url, many, due)


async def _timed(sessions: Sessions, seconds: int) -> None:
    """The first tier ends soon, nobody is put off."""
    async with sessions.begin() as session:
        policy = await current(session)
        timing = policy.timings[CATEGORY]
        tiers = (Duration(seconds, Unit.SECONDS), *timing.tiers[1:])
        changed = replace(timing, tiers=tiers, accept=None)
        limits = replace(policy.limits, escalations_per_minute=10_000)
        policy = replace(policy, timings={**policy.timings, CATEGORY: changed}, limits=limits)
        await save(session, policy, "bench", None, datetime.now(UTC))


async def _burst(sessions: Sessions, many: int, at: datetime) -> list[str]:
    """So many complaints, some milliseconds apart in age, of consumers nobody can write to; their numbers, the oldest first."""
    numbers: list[str] = []
    for first in range(0, many, 50):
        async with sessions.begin() as session:
            for one in range(first, min(first + 50, many)):
                new = New(
                    Kind.COMPLAINT,
                    CATEGORY,
                    Channel.API,
                    "en",
                    "It is dark.",
                    f"bench-{at.timestamp()}-{one}",
                    at + one * APART,
                    locality="gizri",
                )
                numbers.append((await register(session, new)).reference)
    return numbers


async def _started(url: str, many: int) -> float:
    """Requests given a handler a second, from the first after the cold ones to the last, once all of the room have one."""
    asked = (
        "select count(*), extract(epoch from max(recorded) - min(recorded) filter (where place > %s)) from"
        " (select recorded, row_number() over (order by recorded) place from event where kind = 'assigned') begun"
    )
    while True:
        count, seconds = await asyncio.to_thread(_row, url, asked % COLD)
        if count >= many:
            return float(count - COLD - 1) / max(float(seconds), 0.001)
        await asyncio.sleep(0.5)


async def _fired(url: str, many: int, due: datetime) -> tuple[float, int]:
    """Tiers ended a second since they were due, and by how many places 99 in 100 missed their order; Wrong if one ended twice."""
    ends = time.monotonic() + LONGEST
    asked = "select count(*), count(distinct reference), extract(epoch from max(recorded)) from event where kind = 'escalated'"
    while time.monotonic() < ends:
        count, distinct, last = await asyncio.to_thread(_row, url, asked)
        if count != distinct:
            raise Wrong(f"{count - distinct} tiers ended twice")
        if distinct >= many:
            break
        await asyncio.sleep(0.5)
    else:
        raise Wrong(f"{many - distinct} tiers were not ended after {LONGEST:.0f} s")
    asked = (
        "select percentile_disc(0.99) within group (order by abs(age - place)) from"
        " (select row_number() over (order by due) age, row_number() over (order by recorded, due) place"
        " from event where kind = 'escalated') each"
    )
    [places] = await asyncio.to_thread(_row, url, asked)
    return many / max(float(last) - due.timestamp(), 0.001), places


async def _acted(sessions: Sessions, address: str, numbers: Sequence[str]) -> list[float]:
    """Milliseconds of an officer's note each, one after the other, from the tray to the answer."""
    client = await Client.connect(address, data_converter=DATA_CONVERTER)

    async def opening(reference: str) -> Opening | None:
        async with sessions() as session:
            row = await waiting.one(session, reference)
        return None if row is None else Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)

    door, took = Door(client, opening), []
    for number in numbers:
        post, person = await _handler(sessions, number)
        began, id, at = time.perf_counter(), f"bench-{number}", datetime.now(UTC)
        async with sessions.begin() as session:
            said = "The crew is on its way."
            await put(
                session, id=id, reference=number, act=Act.NOTE, actor=Actor.OFFICER, at=at, post=post, person=person, words=said
            )  # fmt: skip
        taken = await door.act(Take(number, id, Act.NOTE))
        took.append((time.perf_counter() - began) * 1000)
        if taken.refused:
            raise Wrong(f"a note was refused: {taken.refused}")
    return took


async def _handler(sessions: Sessions, number: str) -> tuple[str, int]:
    """The post that has the work of a request, and who is in it."""
    asked = select(Fill.post, Fill.person).join(Task, col(Task.handler) == col(Fill.post))
    async with sessions() as session:
        post, person = (await session.exec(asked.where(Task.reference == number).limit(1))).one()
    return post, person


class Bare:
    """What bare workflows do on the same server: starts and fires a second, milliseconds an update."""

    def __init__(self, starts: float, fires: float, updates: list[float]) -> None:
        self.starts = starts
        self.fires = fires
        self.updates = updates


async def _bare(client: Client, many: int, timed: int) -> Bare:
    """The limit, in a worker of its own."""
    address = client.service_client.config.target_host
    async with _worker(address):
        plain_client = await Client.connect(address)
        began = time.monotonic()
        await start_all(plain_client, many, AT_ONCE, None)
        starts = many / (time.monotonic() - began)
        updates = []
        for one in range(ACTIONS):
            handle = plain_client.get_workflow_handle(f"bare-{one}")
            before = time.perf_counter()
            await handle.execute_update(Clock.touch)
            updates.append((time.perf_counter() - before) * 1000)
        due = time.time() + max(timed / starts * 1.3, 5)
        await start_all(plain_client, timed, AT_ONCE, due)
        await asyncio.sleep(max(due - time.time(), 0))
        last = await _all_done(plain_client, timed)
        return Bare(starts, timed / max(last - due, 0.001), updates)


async def _all_done(client: Client, many: int) -> float:
    """The instant at which the last of them told its activity."""
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        count = (await client.count_workflows("WorkflowType = 'Clock' AND ExecutionStatus = 'Completed'")).count
        if count >= many:
            return time.time()
        await asyncio.sleep(0.2)
    raise Wrong("bare workflows did not end")


@asynccontextmanager
async def _worker(address: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bare_flow", address, QUEUE, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def _row(url: str, asked: str) -> Any:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        return connection.execute(asked.encode()).fetchone()
