"""A backup into a place that holds nothing yet: checked whole first, and half of one is never left behind for a start."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg

from embedded.archive import Manifest, Tell, Unusable, unpack
from embedded.backup import BESIDE, Places, ask_pg, our_temporal, plain, served
from embedded.locks import data_folder

RESTORING = "restoring"
OPTIONS = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments")
Finish = Callable[[str, Manifest], Awaitable[None]]
"""Brings the restored database at an address to this version's tables, and lets every open request be looked at."""


async def restore(places: Places, file: Path, finish: Finish, say: Callable[[str], None], tell: Tell) -> Manifest:
    """Put back what `file` holds; what that was. Raises Unusable, Locked or NoDatabase, and then nothing was put back."""
    places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with data_folder(places.folder, say) as lock:
        refuse_unless_empty(places)
        unpacked = places.folder / RESTORING
        shutil.rmtree(unpacked, ignore_errors=True)
        unpacked.mkdir(mode=0o700)
        try:
            manifest = await asyncio.to_thread(unpack, file, unpacked, tell)
            if places.database is not None:
                await _fill(places.database, unpacked, manifest, finish, tell)
            else:
                async with served(unpacked / "postgres", lock) as database:
                    await _fill(database, unpacked, manifest, finish, tell)
            _put_in_place(places, unpacked, manifest)
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
    return manifest


def refuse_unless_empty(places: Places) -> None:
    """Unusable when anything is kept where the backup shall go."""
    taken = [places.folder / "postgres" / "cluster", places.temporal_file]
    if places.documents is not None and places.documents.is_dir():
        taken += [*places.documents.iterdir()][:1]
    for path in taken:
        if path.exists():
            raise Unusable(f"{path} is there already: a backup is restored into a fresh DATA_DIR only.")
    if places.database is not None:
        _refuse_unless_without_tables(places.database)


def takes_temporal(places: Places, manifest: Manifest) -> bool:
    """Whether the backup's Temporal goes on; otherwise every open request gets a new workflow."""
    return places.temporal and manifest.temporal == our_temporal()


def _refuse_unless_without_tables(database: str) -> None:
    asked = "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
    try:
        with psycopg.connect(plain(database), connect_timeout=3, autocommit=True) as connection:
            row = connection.execute(asked).fetchone()
    except psycopg.Error as refused:
        raise Unusable(f"The database does not answer: {str(refused).strip().splitlines()[0]}") from refused
    if row and row[0]:
        raise Unusable("The database has tables already: a backup is restored into an empty one only.")


async def _fill(database: str, unpacked: Path, manifest: Manifest, finish: Finish, tell: Tell) -> None:
    tell("Database", 0, 0)
    await asyncio.to_thread(ask_pg, "pg_restore", database, *OPTIONS, unpacked / "database.dump")
    await finish(database, manifest)
    tell("Database", 1, 1)


def _put_in_place(places: Places, unpacked: Path, manifest: Manifest) -> None:
    """Move everything where it belongs; the database last, so that a start never finds it alone."""
    documents = unpacked / "documents"
    if places.documents is not None and documents.is_dir():
        places.documents.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in documents.iterdir():
            shutil.move(part, places.documents / part.name)
    if takes_temporal(places, manifest):
        folder = places.temporal_file.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(unpacked / "temporal.db", places.temporal_file)
        (folder / "temporal.version").write_text(f"{our_temporal()}\n", encoding="ascii")
    for name in BESIDE:
        if (unpacked / name).exists():
            shutil.move(unpacked / name, places.folder / name)
    if places.database is None:
        shutil.move(unpacked / "postgres", places.folder / "postgres")
