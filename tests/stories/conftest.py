"""A town a story: its own database, one clock, and the pen or the session's Temporal and worker to bring requests on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.record import Record
from embedded.postgres import Postgres
from models.database import sessions_of
from tests.by_the_pen import town_by_the_pen
from tests.engines import engine
from tests.servers import database_of
from tests.timeline import Timeline, door_of

THE_BEGINNING = datetime(2027, 5, 14, 3, 30, tzinfo=UTC)
"""Friday 14 May 2027, nine in the morning in the demo's zone; the Monday after it is a holiday."""


@pytest.fixture
async def town(postgres: Postgres) -> AsyncIterator[Timeline]:
    """A fresh town whose clock stands on a Friday at nine; its requests are brought on by the pen."""
    async with database_of(postgres) as url, town_by_the_pen(url, THE_BEGINNING) as made:
        yield made


@pytest.fixture
async def through_temporal(postgres: Postgres, temporal: WorkflowEnvironment, pen: Record) -> AsyncIterator[Timeline]:
    """The same town, its requests brought on by their workflows: a module whose story that is takes it for its `town`."""
    async with database_of(postgres) as url, town_on(url, temporal, pen) as made:
        yield made


@asynccontextmanager
async def town_on(
    url: str, temporal: WorkflowEnvironment, pen: Record, now: datetime = THE_BEGINNING
) -> AsyncIterator[Timeline]:
    """A town over this database, its requests brought on by their workflows."""
    own = engine(url)
    sessions = sessions_of(own)
    pen.sessions = sessions
    pen.policies.kept.clear()
    client = Client(**{**temporal.client.config(), "interceptors": []})
    town = Timeline(temporal, client, await door_of(client, sessions), sessions, now)
    pen.committed = town.written.set
    yield town
    await own.dispose()
