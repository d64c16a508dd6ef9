"""The command line as a person meets it: a process of its own for each call, its exit code and everything it says.

The process is forked from one that has imported what commands import, because that takes ten times as long as most of them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.embedded.waiting import environ

ROOT = Path(__file__).parents[2]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.embedded.imported"])


async def onewindow(*arguments: str, **settings: str) -> tuple[int, str]:
    """Exit code and everything said."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        called = FORKS.Process(target=_called, args=(arguments, environ(**settings), said))
        called.start()
        await asyncio.to_thread(called.join)
        assert called.exitcode is not None
        return called.exitcode, said.read_text(encoding="utf-8")


def _called(arguments: tuple[str, ...], words: dict[str, str], said: Path) -> None:
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(words)
    os.chdir(ROOT)
    sys.argv = ["onewindow", *arguments]
    import cli

    cli.main()
