"""One child process: dies with us, is started again when it dies alone, is stopped when asked."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SET_PARENT_DEATH_SIGNAL = 1
FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.2, 10.0, 30.0
LOG_LIMIT = 10_000_000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """What to start and how to stop it; `log` takes its output (None: ours), `grace` is in seconds."""

    name: str
    command: Sequence[str | Path]
    environ: Mapping[str, str]
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    keep: Sequence[int] = ()


@dataclass
class Child:
    """A running Program. `died` hears the exit code and the pause in seconds before the next start."""

    program: Program
    died: Callable[[Child, int, float], None] = lambda child, code, pause: None
    process: asyncio.subprocess.Process | None = None
    deaths: int = 0
    _watch: asyncio.Task[None] | None = field(default=None, repr=False)
    _starting: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def alive(self) -> bool:
        """Whether the process runs now."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Start it, and from now on again whenever it ends by itself. Call from the main thread."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep_up())

    async def once(self) -> int:
        """Run it to its own end, never again; its exit code."""
        await self._spawn()
        assert self.process is not None
        return await self.process.wait()

    def kill(self) -> None:
        """End it and all it started, at once."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, wait its grace, then kill it with all it started."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        if self._starting is not None:  # a start under way is finished first, or it would outlive us
            await asyncio.wait({self._starting})
        if self.process is None or self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), self.program.grace)
        except TimeoutError:
            self.kill()
            await self.process.wait()

    async def _spawn(self) -> None:
        async def start() -> None:
            self.process = await spawn(self.program)

        self._starting = asyncio.create_task(start())
        await asyncio.shield(self._starting)

    async def _keep_up(self) -> None:
        pause = FIRST_PAUSE
        while True:
            assert self.process is not None
            began = time.monotonic()
            code = await self.process.wait()
            self.deaths += 1
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            self.died(self, code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._spawn()


async def spawn(program: Program) -> asyncio.subprocess.Process:
    """Start `program` in a session of its own, so that Ctrl-C is ours alone to pass on."""
    log = _opened(program.log) if program.log else None
    try:
        return await asyncio.create_subprocess_exec(
            *map(str, program.command),
            env=dict(program.environ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=tuple(program.keep),
            preexec_fn=_dying_with(os.getpid(), program.stop_signal),
        )
    finally:
        if log is not None:
            os.close(log)


def last_words(log: Path, lines: int = 8) -> str:
    """The last lines a child wrote; empty when it wrote nothing."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _opened(log: Path) -> int:
    log.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".old.log"))
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _dying_with(parent: int, by: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        for given in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU, signal.SIGTSTP):
            signal.signal(given, signal.SIG_DFL)
        prctl = getattr(_libc, "prctl", None)
        if prctl is not None:
            prctl(SET_PARENT_DEATH_SIGNAL, by)
        if os.getppid() != parent:  # it died before we asked to be told
            os._exit(1)

    return prepare
