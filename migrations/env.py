"""Alembic's door to the schema; the address comes from the caller, or from the environment for `alembic` itself."""

from __future__ import annotations

import importlib
import pkgutil

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlmodel import SQLModel

import models
from config import load

ONE_AT_A_TIME = 4_827_193_600


def url() -> str:
    """The database to migrate; ValueError when nobody named one."""
    given = context.config.attributes.get("url") or load().database_url
    if not given:
        raise ValueError("DATABASE_URL is not set.")
    return str(given)


def migrate(connection: Connection) -> None:
    """Run what is missing on `connection`, one process at a time."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata, compare_type=True)
    with context.begin_transaction():
        # inside, or it would open a transaction that nobody commits
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        context.run_migrations()


for module in pkgutil.iter_modules(models.__path__):
    importlib.import_module(f"models.{module.name}")

with create_engine(url(), poolclass=NullPool).connect() as connection:
    migrate(connection)
