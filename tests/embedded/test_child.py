"""A child comes back when it dies, stops when asked, and never outlives us."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from embedded.child import FIRST_PAUSE, Child, Program, last_words
from tests.embedded.waiting import environ, exists, until

WAITS = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
PARENT = """
import asyncio, os, sys
from embedded.child import Child, Program
async def main():
    child = Child(Program("waits", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ)))
    await child.start()
    print(child.process.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def program(code: str, log: Path | None = None, grace: float = 5) -> Program:
    return Program("a child", [sys.executable, "-c", code], environ(), log, grace=grace)


async def test_one_that_is_killed_is_started_again_and_the_pause_grows() -> None:
    heard: list[tuple[int, float]] = []
    child = Child(program(WAITS), lambda _, code, pause: heard.append((code, pause)))
    await child.start()
    for times in (1, 2):
        await until(lambda: child.alive)
        assert child.process is not None
        child.process.kill()
        await until(lambda: len(heard) >= times)  # noqa: B023 (called before the loop goes on)
    assert heard == [(-signal.SIGKILL, FIRST_PAUSE), (-signal.SIGKILL, FIRST_PAUSE * 2)]
    await until(lambda: child.alive)
    await child.stop()
    assert not child.alive


async def test_a_stop_during_the_pause_leaves_nothing_running() -> None:
    child = Child(program("pass"))
    await child.start()
    await until(lambda: child.deaths == 1)
    await child.stop()
    assert not child.alive
    assert child.deaths == 1


async def test_one_that_does_not_listen_is_killed_when_its_grace_is_over(tmp_path: Path) -> None:
    child = Child(program(DEAF, tmp_path / "log", grace=0.1))
    await child.start()
    await until(lambda: last_words(tmp_path / "log") == "deaf")
    await child.stop()
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


async def test_once_gives_the_exit_code_and_does_not_start_again() -> None:
    child = Child(program("raise SystemExit(3)"))
    assert await child.once() == 3
    assert child.deaths == 0
    await child.stop()


async def test_children_go_when_their_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert exists(pid)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await until(lambda: not exists(pid))
