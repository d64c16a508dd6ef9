"""One command: up, refused beside itself, back after kill -9 of a part and of itself, down with nothing left."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import shlex
import signal
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from embedded.locks import is_running
from embedded.postgres import Postgres
from embedded.stack import Part, Stack
from embedded.supervisor import Supervisor
from tests.embedded.test_postgres import ask, pid_of, plain
from tests.embedded.waiting import environ, exists

SCRIPT = Path(__file__).with_name("small_stack.py")
ROOT = Path(__file__).parents[2]
CTRL_C = b"\x03"
ENDS_AT_ONCE = Part("web", ("-c", "print('no templates found'); raise SystemExit(3)"))


class Running:
    """A small stack in a process of its own, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, terminal: int) -> None:
        self.process = process
        self.folder = folder
        self.terminal = terminal
        self.postgres = Postgres(folder / "postgres")

    async def hears(self, words: str) -> str:
        """The next line with `words` in it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            async for line in self.process.stdout:
                if words in line.decode():
                    return line.decode().strip()
        raise AssertionError(f"ended without saying {words!r}")


async def started(folder: Path, *, by_make: bool = False) -> Running:
    """At a terminal of its own, as a person would, who types the command or `make run`."""
    command = [sys.executable, str(SCRIPT), str(folder)]
    if by_make:
        (folder / "Makefile").write_text(f"run:\n\t@{shlex.join(command)}\n", encoding="utf-8")
        command = ["make", "-f", str(folder / "Makefile"), "run"]
    terminal, inside = pty.openpty()

    def sits_down() -> None:
        os.setsid()
        fcntl.ioctl(inside, termios.TIOCSCTTY)

    process = await asyncio.create_subprocess_exec(
        *command, env=environ(PYTHONPATH=str(ROOT)), cwd=ROOT, stdin=inside,
        stdout=asyncio.subprocess.PIPE, preexec_fn=sits_down,
    )  # fmt: skip
    os.close(inside)
    return Running(process, folder, terminal)


@asynccontextmanager
async def a_stack(folder: Path, *, by_make: bool = False) -> AsyncIterator[Running]:
    stack = await started(folder, by_make=by_make)
    try:
        await stack.hears("Onewindow is ready at http://")
        yield stack
    finally:
        if stack.process.returncode is None:
            stack.process.kill()
            await stack.process.wait()
        os.close(stack.terminal)


async def test_a_run_is_refused_beside_itself_mends_a_killed_part_and_stops_with_0(tmp_path: Path) -> None:
    async with a_stack(tmp_path) as stack:
        addresses = json.loads((tmp_path / "addresses.json").read_text(encoding="utf-8"))
        assert {"DATABASE_URL", "TEMPORAL_ADDRESS", "SMTP_URL", "SMS_URL", "MESSAGES_URL"} <= set(addresses)

        second = await started(tmp_path)
        assert str(stack.process.pid) in await second.hears("already running")
        assert await second.process.wait() == 2

        killed = pid_of(stack.postgres)
        os.kill(killed, signal.SIGKILL)
        await stack.hears("postgres ended (-9) and is started again in 0.2 s")
        await stack.postgres.ready()
        assert pid_of(stack.postgres) != killed

        stack.process.send_signal(signal.SIGTERM)
        assert await stack.process.wait() == 0
        os.close(second.terminal)
    assert not is_running(tmp_path)
    assert not (tmp_path / "addresses.json").exists()
    assert not (stack.postgres.cluster / "postmaster.pid").exists()


async def test_after_kill_9_of_everything_the_next_run_goes_on_and_ends_well_by_ctrl_c_under_make(
    tmp_path: Path,
) -> None:
    async with a_stack(tmp_path) as stack:
        with psycopg.connect(plain(stack.postgres)) as connection:
            connection.execute("create table kept as select 1")
        secret = (tmp_path / "secret").read_text(encoding="ascii")
        postmaster = pid_of(stack.postgres)
        stack.process.kill()
    async with a_stack(tmp_path, by_make=True) as again:
        assert not exists(postmaster)
        assert ask(again.postgres, "select count(*) from kept") == 1
        assert (tmp_path / "secret").read_text(encoding="ascii") == secret
        postmaster = pid_of(again.postgres)
        os.write(again.terminal, CTRL_C)
        assert await again.process.wait() == 0
    assert not exists(postmaster)
    assert not is_running(tmp_path)


async def test_a_part_that_cannot_start_ends_the_run_with_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    given = environ(DATABASE_URL="postgresql://elsewhere/x", TEMPORAL_ADDRESS="elsewhere:7233")
    stack = Stack(
        tmp_path, given, messages=False, prepare=None, application=(ENDS_AT_ONCE,), ready_at="/readyz", say=said.append
    )
    assert await Supervisor(stack).run() == 1
    assert "web ended 4 times (3)" in said[-1]
    assert said[-1].endswith("no templates found")


async def test_a_refused_preparation_ends_the_run_with_its_own_code(tmp_path: Path) -> None:
    said: list[str] = []
    given = environ(DATABASE_URL="postgresql://elsewhere/x", TEMPORAL_ADDRESS="elsewhere:7233")
    refuses = Part("prepare", ("-c", "raise SystemExit(2)"))
    stack = Stack(tmp_path, given, messages=False, prepare=refuses, say=said.append)
    assert await Supervisor(stack).run() == 2
    assert said == ["Onewindow did not start."]
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "temporal").exists()
