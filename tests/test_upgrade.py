"""What an older version left goes on under this one: its tables with requests under way, and its Temporal.

`fixtures/0001.dump` is a database as the first schema was used (commit fc79709): four complaints of Friday 14 May 2027 at
six in the evening, one only received, two assigned, one in hand with a note in the tray that nobody had taken.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.record import Record
from embedded.backup import ask_pg, plain
from embedded.postgres import Postgres
from models import database, waiting
from models.chain import digest
from models.requests import ServiceRequest
from rules.messages import Take
from rules.terms import Act, Kind, State
from tests.timeline import Timeline
from workflows.client import Door, Opening

BEFORE = Path(__file__).with_name("fixtures") / "0001.dump"
ASSIGNED, IN_HAND = "874793458", "547862146"


@pytest.fixture(scope="module")
async def upgraded(postgres: Postgres) -> str:
    """The address of the older database, brought to this version's tables."""
    url = make_url(postgres.url).set(database="of_0001").render_as_string(hide_password=False)
    with psycopg.connect(plain(postgres.url), autocommit=True) as connection:
        connection.execute("create database of_0001")
    ask_pg("pg_restore", url, "--exit-on-error", "--no-owner", "--no-comments", BEFORE)
    with psycopg.connect(plain(url)) as connection:
        assert connection.execute("select version_num from alembic_version").fetchone() == ("0001",)
    database.migrate(url)
    return url


@pytest.fixture
async def town(upgraded: str, temporal: WorkflowEnvironment, pen: Record) -> AsyncIterator[Timeline]:
    """The older town on today's workflows; its clock stands ten minutes after the last thing that was done."""
    engine = database.engine(upgraded)
    sessions = database.sessions_of(engine)
    pen.sessions = sessions
    pen.policies.kept.clear()
    client = Client(**{**temporal.client.config(), "interceptors": []})

    async def opening(reference: str) -> Opening | None:
        async with sessions() as session:
            row = await waiting.one(session, reference)
        return row and Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)

    now = datetime.fromisoformat("2027-05-14T12:45:00+00:00")
    made = Timeline(temporal, client, Door(client, opening), sessions, now)
    pen.committed = made.written.set
    yield made
    await engine.dispose()


async def test_requests_of_the_first_schema_go_on_where_they_were(town: Timeline) -> None:
    standing = await town.door.look(ASSIGNED)
    assert (standing.state, standing.wake_at) == (State.ASSIGNED, datetime.fromisoformat("2027-05-14T12:50:00+00:00"))
    await town.follow(ASSIGNED)
    due = (await town.task(ASSIGNED)).due
    assert due is not None
    await town.until(due + timedelta(minutes=1))
    events = await town.events(ASSIGNED)
    assert next(event.due for event in events if event.kind == "not_taken_up") == standing.wake_at
    assert [event.data["post"] for event in events if event.kind == "escalated"] == ["service-manager-gizri"]
    assert (await town.task(ASSIGNED)).answerable == "service-manager-gizri"
    before = ""
    for event in await town.events(ASSIGNED):
        assert (event.previous, event.hash) == (before, digest(event))  # the chain holds across the versions
        before = event.hash


async def test_what_waited_in_the_tray_is_taken(town: Timeline) -> None:
    taken = await town.door.act(Take(IN_HAND, "waiting", Act.NOTE))
    assert (taken.refused, taken.standing.state) == (None, State.IN_PROGRESS)
    await town.follow(IN_HAND)
    officer = (await town.task(IN_HAND)).handler
    words = {"words": "Fuse replaced.", "cause": "fuse-blown"}
    resolved = await town.officer(IN_HAND, Act.RESOLVE, officer, put_right=town.now, **words)
    assert (resolved.refused, resolved.standing.state) == (None, State.RESOLVED)


async def test_what_was_only_received_is_given_to_somebody(town: Timeline) -> None:
    async with town.sessions() as session:
        asked = select(ServiceRequest.reference).where(col(ServiceRequest.state) == State.RECEIVED.value)
        [received] = (await session.exec(asked)).all()
    assert (await town.door.look(received)).state == State.ASSIGNED
