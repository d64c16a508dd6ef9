"""`onewindow backup` and `onewindow restore`: everything that is kept as one file, and back from it into a fresh place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from embedded.archive import Manifest, Tell
    from embedded.backup import Places

Refuse = Callable[[str], NoReturn]


def add(app: typer.Typer, places: Callable[[bool], Places], refuse: Refuse) -> None:
    """Add the commands; `places` says where everything is (of a running stack too, when asked), `refuse` ends the program."""

    @app.command()
    def backup(file: Annotated[Path, typer.Argument(help="the new file")]) -> None:
        """Write database, documents and embedded Temporal into one file; Onewindow may run meanwhile."""
        with _refusing(refuse), _bars() as tell:
            where = places(True)
            manifest = asyncio.run(_saved(where, file.absolute(), tell))
        for line in _kept(manifest, file):
            print(line)

    @app.command()
    def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
        """Put what FILE holds into a fresh DATA_DIR (and an empty database, where DATABASE_URL names one)."""
        from embedded.restore import restore as put_back
        from embedded.restore import takes_temporal

        with _refusing(refuse), _bars() as tell:
            where = places(False)
            manifest = asyncio.run(put_back(where, file.absolute(), _finish, print, tell))
        print(f"Restored as of {manifest.made}: {manifest.files} documents, workflows", end=" ")
        print("as they were." if takes_temporal(where, manifest) else "begin anew from the database.")
        print(f"Start it with `make run`; it goes on in {where.folder}.")


async def _saved(where: Places, file: Path, tell: Tell) -> Manifest:
    from embedded.archive import Unusable
    from embedded.backup import own_database, save

    if where.database is not None:
        return await asyncio.to_thread(save, where, where.database, file, tell)
    if not (where.folder / "postgres" / "cluster").exists():
        raise Unusable(f"There is nothing in {where.folder}: name the DATA_DIR or the DATABASE_URL to be saved.")
    async with own_database(where.folder, print) as database:
        return await asyncio.to_thread(save, where, database, file, tell)


async def _finish(database: str, manifest: Manifest) -> None:
    """Bring the tables to this version, and let the relay start or wake a workflow for every open request."""
    from embedded.archive import Unusable
    from models.database import engine, migrate, revisions, sessions_of
    from models.waiting import rebuild

    if manifest.schema not in revisions():
        raise Unusable("The backup was made by a newer Onewindow; restore it with that version.")
    await asyncio.to_thread(migrate, database)
    opened = engine(database, pool=1)
    try:
        async with sessions_of(opened).begin() as session:
            await rebuild(session)
    finally:
        await opened.dispose()


def _kept(manifest: Manifest, file: Path) -> Iterator[str]:
    size = file.stat().st_size / 1e6
    temporal = "with" if manifest.temporal else "without"
    yield f"{file}: {size:.1f} MB, {manifest.files} documents, {temporal} the embedded Temporal. Keep it as secret as the data."
    if not manifest.documents:
        yield "Documents lie in a bucket and are not in it: copy that after this, by its own means."


@contextmanager
def _refusing(refuse: Refuse) -> Iterator[None]:
    from embedded.archive import Unusable
    from embedded.locks import Locked
    from embedded.postgres import NoDatabase

    try:
        yield
    except (Unusable, Locked, NoDatabase) as refused:
        refuse(str(refused))
    except OSError as refused:
        refuse(f"DATA_DIR cannot be used: {refused}")


@contextmanager
def _bars() -> Iterator[Tell]:
    """One bar for each thing that is done."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description:10}"), BarColumn(), TimeElapsedColumn()) as bars:
        known = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in known:
                known[what] = bars.add_task(what)
            bars.update(known[what], completed=done, total=of or None)

        yield tell
