"""A town a story: its own database, the session's Temporal and worker, one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.record import Record
from embedded.postgres import Postgres
from models import database, waiting
from rules.terms import Kind
from tests.conftest import database_of
from tests.timeline import Timeline
from workflows.client import Door, Opening

THE_BEGINNING = datetime(2027, 5, 14, 3, 30, tzinfo=UTC)
"""Friday 14 May 2027, nine in the morning in the demo's zone; the Monday after it is a holiday."""


@pytest.fixture
async def town(postgres: Postgres, temporal: WorkflowEnvironment, pen: Record) -> AsyncIterator[Timeline]:
    """A fresh town whose clock stands on a Friday at nine."""
    async with database_of(postgres) as url, town_on(url, temporal, pen) as made:
        yield made


@asynccontextmanager
async def town_on(url: str, temporal: WorkflowEnvironment, pen: Record) -> AsyncIterator[Timeline]:
    """A town over this database."""
    engine = database.engine(url)
    sessions = database.sessions_of(engine)
    pen.sessions = sessions
    pen.policies.kept.clear()
    client = Client(**{**temporal.client.config(), "interceptors": []})

    async def opening(reference: str) -> Opening | None:
        async with sessions() as session:
            row = await waiting.one(session, reference)
        return row and Opening(row.reference, Kind(row.kind), row.category, row.zone, row.safety)

    town = Timeline(temporal, client, Door(client, opening), sessions, THE_BEGINNING)
    pen.committed = town.written.set
    yield town
    await engine.dispose()
