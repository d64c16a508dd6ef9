"""The one database: engine, sessions, migrations, and the column types all tables share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.pq import PipelineStatus, TransactionStatus
from sqlalchemy import Column, DateTime, MetaData, Text, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention

Sessions = async_sessionmaker[AsyncSession]


INSTANT = DateTime(timezone=True)


def instant(*, optional: bool = False, index: bool = False, default: Any = ...) -> Any:
    """A column for an aware instant (UTC in the database)."""
    if optional:
        return Field(default=None, sa_type=INSTANT, nullable=True, index=index)
    return Field(default=default, sa_type=INSTANT, nullable=False, index=index)


def codes() -> Any:
    """A JSONB column for codes, ids and small numbers; empty by default (a copy for each row; a factory is looked into anew each time)."""
    return Field(default={}, sa_column=Column(JSONB, nullable=False))


def rows() -> Any:
    """A JSONB column for a list of codes or ids; empty by default."""
    return Field(default=[], sa_column=Column(JSONB, nullable=False))


def text(*, optional: bool = False) -> Any:
    """A text column without a length of its own; forms set the lengths."""
    if optional:
        return Field(default=None, sa_type=Text, nullable=True)
    return Field(sa_type=Text, nullable=False)


def engine(
    url: str, *, pool: int = 10, milliseconds: int | None = None, ping: bool = True, patience: float = 5
) -> AsyncEngine:
    """An async engine; with `milliseconds`, every statement and idle transaction on it is bounded by that.

    A lock is waited for half as long: whoever gets it late still has the time to do what he locked for.
    With `ping`, a connection is asked whether it is still there before each use; without, only where nothing ends it.
    Who finds no connection of the pool free within `patience` seconds gets SQLAlchemy's TimeoutError.
    """
    arguments: dict[str, Any] = {"connect_timeout": 3}
    if milliseconds is not None:
        arguments["options"] = (
            f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds // 2}"
            f" -c idle_in_transaction_session_timeout={milliseconds}"
        )
    # what was written is nobody's business who reads an error in a log or in a workflow's history
    made = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=ping,
        pool_timeout=patience,
        connect_args=arguments,
    )
    event.listen(made.sync_engine, "checkin", _whole)
    return made


def _whole(connection: Any, record: Any) -> None:
    """Let go of a connection that was given up in its midst: cancelled on a busy loop, psycopg may stay in its pipeline, and answer nobody."""
    if connection is None:
        return
    told = connection.driver_connection.info
    if (told.transaction_status, told.pipeline_status) != (TransactionStatus.IDLE, PipelineStatus.OFF):
        record.invalidate()


def sessions_of(of: AsyncEngine) -> Sessions:
    """A maker of sessions that keep their objects readable after commit."""
    return async_sessionmaker(of, class_=AsyncSession, expire_on_commit=False)


def remembering(session: AsyncSession) -> None:
    """From now on keep what this session reads until it ends: a row that nobody holds it forgets, and asks for again."""
    session.info["read"] = []


@event.listens_for(Session, "loaded_as_persistent")
def _kept(session: Session, row: object) -> None:
    if (read := session.info.get("read")) is not None:
        read.append(row)


def migrate(url: str) -> None:
    """Bring the schema at `url` to the newest version; safe from several processes at once. Blocking."""
    from alembic import command

    config = _migrations()
    config.attributes["url"] = url
    command.upgrade(config, "head")


def revisions() -> frozenset[str]:
    """Every version of the schema that this code knows how to bring to its own."""
    from alembic.script import ScriptDirectory

    return frozenset(one.revision for one in ScriptDirectory.from_config(_migrations()).walk_revisions())


def _migrations() -> AlembicConfig:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent.parent / "migrations"))
    return config


async def database_now(session: AsyncSession) -> datetime:
    """The one clock all processes share."""
    now: datetime = (await session.exec(select(func.now()))).one()
    return now


def utc(at: datetime) -> datetime:
    """`at` as UTC; the driver answers in the session's zone."""
    from datetime import UTC

    return at.astimezone(UTC)


def questions_of(sessions: Sessions) -> Sessions:
    """A maker of sessions for questions alone: each stands for itself, and the server hears of no transaction's begin and end."""
    of: AsyncEngine = sessions.kw["bind"]
    return sessions_of(of.execution_options(isolation_level="AUTOCOMMIT"))


async def together(session: AsyncSession) -> None:
    """Let the questions of a session that has asked none yet be one transaction, so that a setting holds to its end."""
    if not session.in_transaction():
        await session.connection(execution_options={"isolation_level": "READ COMMITTED"})
