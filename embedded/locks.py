"""One data folder, one stack: the two locks that hold however a run ended."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

LONGEST_WAIT = 20.0


class Locked(RuntimeError):
    """The data folder is in use; the text is one sentence for the person who started a second run."""


@asynccontextmanager
async def data_folder(
    folder: Path, say: Callable[[str], None] = lambda line: None, seconds: float = LONGEST_WAIT
) -> AsyncIterator[int]:
    """Hold `folder` for one stack; gives the descriptor every child must inherit, so that a folder is free
    only when the last of them is gone. Locked at once beside a running stack, or after `seconds` beside leftovers."""
    with ExitStack() as held:
        running = _opened(folder / "running", held)
        if not _taken(running):
            pid = os.pread(running, 20, 0).decode(errors="replace").strip() or "unknown"
            raise Locked(f"Onewindow is already running on {folder} (process {pid}); stop it or give another DATA_DIR.")
        os.ftruncate(running, 0)
        os.pwrite(running, f"{os.getpid()}\n".encode(), 0)
        inherited = _opened(folder / "lock", held)
        if not _taken(inherited):
            say("Waiting for what an earlier run left behind to end.")
            for _ in range(round(seconds * 20)):
                await asyncio.sleep(0.05)
                if _taken(inherited):
                    break
            else:
                raise Locked(f"Parts of an earlier run still use {folder} after {seconds:.0f} s; end them first.")
        yield inherited


def is_running(folder: Path) -> bool:
    """Whether a stack holds `folder` now."""
    with ExitStack() as held:
        try:
            return not _taken(_opened(folder / "running", held, create=False), fcntl.LOCK_SH)
        except OSError:
            return False


def _opened(path: Path, held: ExitStack, *, create: bool = True) -> int:
    descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    held.callback(os.close, descriptor)
    return descriptor


def _taken(descriptor: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
