"""One PostgreSQL, one Temporal and one browser for the whole session; a fresh database, copied from a template, a module."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from embedded.postgres import Postgres, running
from models import database
from models.database import Sessions
from tests.world import demo_profile, load

NUMBERS = itertools.count(1)
TEMPLATE = "template_onewindow"


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A cluster that lives as long as the test session, with a template database that has the demo profile."""
    folder: Path = tmp_path_factory.mktemp("postgres")
    async with running(folder / "pg", durable=False) as server:
        await _execute(server.url, f"create database {TEMPLATE}")
        await load(_named(server.url, TEMPLATE), demo_profile())
        yield server


@pytest.fixture(scope="module")
async def database_url(postgres: Postgres) -> AsyncIterator[str]:
    """The address of a database of this module's own, migrated, with the demo profile and nothing else."""
    name = f"test_{next(NUMBERS)}"
    await _execute(postgres.url, f"create database {name} template {TEMPLATE}")
    yield _named(postgres.url, name)
    await _execute(postgres.url, f"drop database {name} with (force)")


@pytest.fixture(scope="module")
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    """Sessions on this module's database."""
    engine = database.engine(database_url)
    yield database.sessions_of(engine)
    await engine.dispose()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def _execute(url: str, statement: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(plain, autocommit=True) as connection:
        await connection.execute(statement.encode())
