"""PostgreSQL as our child: searches in Hindi and Urdu, survives kill -9, lives in awkward folders."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest

from embedded.child import Child
from embedded.postgres import NoDatabase, Postgres, running
from tests.embedded.waiting import exists, until


def plain(server: Postgres) -> str:
    return server.url.replace("+psycopg", "", 1)


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(plain(server), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def pid_of(server: Postgres) -> int:
    return int((server.cluster / "postmaster.pid").read_text(encoding="ascii").split()[0])


async def test_in_a_folder_with_a_comma_a_quote_and_a_long_name_it_finds_words_in_hindi_and_urdu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.delenv("LC_ALL", raising=False)
    folder = tmp_path / 'offices, zones and "localities"' / ("long" * 25)
    async with running(folder, durable=False) as server:
        assert server.folder.stat().st_mode & 0o777 == 0o700
        with psycopg.connect(plain(server), autocommit=True) as connection:
            connection.execute("create extension pg_trgm")
            for word in ("बिजली", "بجلی"):
                found = connection.execute("select cardinality(show_trgm(%s))", [word]).fetchone()
                assert found is not None
                assert found[0] > 1


@pytest.mark.sweep("PostgreSQL killed alone; test_supervisor kills everything every time")
async def test_committed_rows_outlive_kill_9_and_a_clean_stop_leaves_nothing(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    server.make()
    child = Child(server.program(tmp_path / "log"))
    await child.start()
    try:
        await server.ready()
        with psycopg.connect(plain(server)) as connection:
            connection.execute("create table kept as select generate_series(1, 1000)")
        os.kill(pid_of(server), signal.SIGKILL)
        await until(lambda: child.deaths == 1)
        await server.ready()
        assert ask(server, "select count(*) from kept") == 1000
        pid = pid_of(server)
    finally:
        await child.stop()
    assert not exists(pid)
    assert not (server.cluster / "postmaster.pid").exists()


async def test_a_server_that_lost_a_process_ends_and_is_started_again(tmp_path: Path) -> None:
    server = Postgres(tmp_path, durable=False)
    server.make()
    child = Child(server.program(tmp_path / "log"))
    await child.start()
    try:
        await server.ready()
        first = pid_of(server)
        with psycopg.connect(plain(server)) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        await until(lambda: child.deaths == 1)
        await server.ready()
        assert pid_of(server) != first
    finally:
        await child.stop()


def test_files_of_another_version_are_refused_and_left_alone(tmp_path: Path) -> None:
    server = Postgres(tmp_path)
    server.cluster.mkdir()
    (server.cluster / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(NoDatabase, match="made by PostgreSQL 9"):
        server.make()
    assert [file.name for file in server.cluster.iterdir()] == ["PG_VERSION"]


async def test_waiting_ends_when_the_server_has_ended(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="ended while it was starting"):
        await Postgres(tmp_path).ready(alive=lambda: False)
