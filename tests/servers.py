"""One PostgreSQL, one Temporal and one browser for the whole session; a clean database a module."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sysconfig
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
import uvloop
from sqlalchemy.engine import make_url
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.fanout import FanOut
from activities.record import Record
from embedded.postgres import Postgres, running
from models import database
from models.database import Sessions
from tests import drawn
from tests.databases import Lent
from tests.engines import engine
from tests.world import demo_profile, load
from worker import worker_of
from workflows.attributes import CATEGORY, KIND, TIER, ZONE
from workflows.payloads import DATA_CONVERTER

NUMBERS = itertools.count(1)
TEMPLATE = "template_onewindow"
LENT: dict[str, Lent] = {}
"""Of each server, the databases that are lent to one test after another."""
SERVERS = ("temporal", "postgres")
"""The slower to answer first."""
LONG = 400
"""After so many events the tests' server suggests a fresh history; by its own default it is 4,096."""
FAST = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "system.workflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="20ms"',
    "history.transferProcessorMaxPollRPS=500",
    "history.timerProcessorMaxPollRPS=500",
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    f"limit.historyCount.suggestContinueAsNew={LONG}",
)
"""Settings with which the server skips a day in some milliseconds."""


def pytest_configure(config: pytest.Config) -> None:
    """Set the number of examples, and the loop the web runs on: a question to the database costs it a third less."""
    gc.disable()  # until all is imported
    drawn.some_only = "not sweep" in config.option.markexpr
    hypothesis.settings.register_profile("drawn", drawn.drawn(100))
    hypothesis.settings.load_profile("drawn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is left alone with it at the end: the files with sweeps, then by server."""
    turns: dict[Path, int] = {}
    for item in items:
        turns[item.path] = min(turn_of(item), turns.get(item.path, len(SERVERS)))
    items.sort(key=lambda item: turns[item.path])


def turn_of(item: pytest.Item) -> int:
    """The smaller, the longer a test may take."""
    if item.get_closest_marker("sweep"):
        return -1
    asked = item.fixturenames if isinstance(item, pytest.Function) else ()
    return next((turn for turn, server in enumerate(SERVERS) if server in asked), len(SERVERS))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look through it over and over."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A cluster that lives as long as the test session, with a template database that has the demo profile."""
    folder: Path = tmp_path_factory.mktemp("postgres")
    async with running(folder / "pg", durable=False) as server:
        await _execute(server.url, f"create database {TEMPLATE}")
        await load(_named(server.url, TEMPLATE), demo_profile())
        yield server


@asynccontextmanager
async def database_of(server: Postgres, template: str = TEMPLATE) -> AsyncIterator[str]:
    """The address of a database, migrated, with the demo profile and nothing else; the next test has it the same.

    Another `template` ("template0") makes one that is empty, for another profile to be loaded; it is dropped at the end.
    """
    if template == TEMPLATE:
        lent = LENT.setdefault(server.url, Lent(plain(server.url), template))
        name = await lent.take()
        yield _named(server.url, name)
        await lent.give_back(name)
        return
    name = f"test_{next(NUMBERS)}"
    await _execute(server.url, f"create database {name} template {template}")
    yield _named(server.url, name)
    await _execute(server.url, f"drop database {name} with (force)")


@pytest.fixture(scope="module")
async def database_url(postgres: Postgres) -> AsyncIterator[str]:
    """The address of a database of this module's own."""
    async with database_of(postgres) as url:
        yield url


@pytest.fixture(scope="module")
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    """Sessions on this module's database."""
    own = engine(database_url)
    yield database.sessions_of(own)
    await own.dispose()


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """Temporal's development server with its own time skipping, for the whole session."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
        data_converter=DATA_CONVERTER,
        search_attributes=[KIND, CATEGORY, ZONE, TIER],
        dev_server_log_level="error",
        dev_server_extra_args=[word for value in FAST for word in ("--dynamic-config-value", value)],
    ) as environment:
        yield environment


@pytest.fixture(scope="session")
def fan_out() -> FanOut:
    """The one worker's fan-out; a test gives it sessions and a door of its own."""
    return FanOut(database.sessions_of(database.engine("postgresql+psycopg://nowhere")))


@pytest.fixture(scope="session")
async def pen(temporal: WorkflowEnvironment, fan_out: FanOut) -> AsyncIterator[Record]:
    """The one worker's pen; a test gives it the sessions of its own database."""
    record = fan_out.pen = Record(database.sessions_of(database.engine("postgresql+psycopg://nowhere")))
    client = Client(**{**temporal.client.config(), "interceptors": []})
    async with worker_of(client, record, fan_out):
        yield record


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def plain(url: str) -> str:
    """The address as psycopg takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _execute(url: str, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(plain(url), autocommit=True) as connection:
        await connection.execute(statement.encode())
