"""A real stack of its own for one drill: started as `onewindow run` starts it, its processes killed and hung by pid."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx2
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from drills.processes import children, send
from drills.profile import empty_profile
from embedded.ports import free_ports
from models.database import Sessions, engine, sessions_of
from models.policy import WorkerHeartbeat

ROOT = Path(__file__).resolve().parents[1]
PARTS: Mapping[str, str] = {
    "postgres": "bin/postgres",
    "temporal": "start-dev",
    "messages": "embedded.messages",
    "worker": "-m worker",
    "web": "-m web.app",
}
"""The children of a supervisor, each by a word of its command line."""
PATIENCE = 180.0
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "TZ", "XDG_RUNTIME_DIR")


@dataclass(frozen=True)
class Chosen:
    """How to drill: seconds a part stays away, whether to keep what is left, how many requests where very many count."""

    away: float = 5.0
    keep: bool = False
    many: int = 600


class Kill(NamedTuple):
    """When something was ended, and what: one of PARTS, "all", or what a drill says of a part of its own."""

    at: datetime
    part: str


class Broken(RuntimeError):
    """The drill itself could not be carried out; the text says at what."""


class Stack:
    """One data folder and the processes on it. `kills` are all that were made, for the count afterwards.

    `keep`: its folder stays, to be looked into.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_ports(1)[0]
        self.url = f"http://localhost:{self.port}"
        self.environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.environ |= {"PORT": str(self.port), "DATA_DIR": str(folder), **settings}
        self.kills: list[Kill] = []
        self.keep = False
        self.supervisor: asyncio.subprocess.Process | None = None

    @property
    def messages(self) -> Path:
        """The file in which the mail catcher and the SMS gateway keep what came."""
        return self.folder / "messages.jsonl"

    async def start(self) -> float:
        """Start everything and wait until it says it is ready; seconds it took."""
        began = time.monotonic()
        log = self.folder.parent / "run.log"
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as out:
            self.supervisor = await self._python("-m", "cli", "run", out=out.fileno())
        while time.monotonic() - began < PATIENCE:
            said = log.read_bytes()[before:].decode(errors="replace")
            if "Onewindow is ready at http://" in said:
                return time.monotonic() - began
            if self.supervisor.returncode is not None:
                raise Broken(f"the stack did not start:\n{said}")
            await asyncio.sleep(0.05)
        raise Broken(f"the stack was not ready after {PATIENCE:.0f} s:\n{said}")

    async def stop(self) -> None:
        """Stop everything as Ctrl-C does, thawing what was frozen."""
        if self.supervisor is None or self.supervisor.returncode is not None:
            return
        for pid in (*self.pids().values(), self.supervisor.pid):
            send(pid, signal.SIGCONT)
        self.supervisor.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(self.supervisor.wait(), 60)
        except TimeoutError:
            self.kill_all()
            await self.supervisor.wait()

    @property
    def pid(self) -> int:
        """The supervisor's process."""
        assert self.supervisor is not None
        return self.supervisor.pid

    def pids(self) -> dict[str, int]:
        """The process of each part that runs now."""
        found: dict[str, int] = {}
        for pid, words in children(self.pid).items():
            found |= {part: pid for part, mark in PARTS.items() if mark in words}
        return found

    def kill(self, part: str) -> None:
        """End one part at once, with all it started; the supervisor starts it again unless it is frozen."""
        pid = self.pids().get(part)
        if pid is not None:
            self.kill_process(pid, part)

    def kill_process(self, pid: int, part: str = "worker") -> None:
        """End one process and its group at once; a second worker's where it is not said whose."""
        send(pid, signal.SIGKILL, group=True)
        self.kills.append(Kill(datetime.now(UTC), part))

    def second_worker(self) -> AbstractAsyncContextManager[int]:
        """A worker beside the stack's own for as long as the block lasts; its process."""
        return self.beside("second-worker", "-m", "worker")

    @asynccontextmanager
    async def beside(self, name: str, *program: str) -> AsyncIterator[int]:
        """A part beside the stack's own, or in the place of one that is away, for as long as the block lasts; its process."""
        secret = (self.folder / "secret").read_text(encoding="ascii").strip()
        environ = {**self.environ, **self.addresses(), "SECRET_KEY": secret}
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            part = await self._python(*program, out=log.fileno(), environ=environ)
        try:
            yield part.pid
        finally:
            send(part.pid, signal.SIGTERM)
            await part.wait()

    def kill_all(self) -> None:
        """End the supervisor and every part at once."""
        parts = self.pids().values()
        send(self.pid, signal.SIGKILL)
        for pid in parts:
            send(pid, signal.SIGKILL, group=True)
        self.kills.append(Kill(datetime.now(UTC), "all"))

    @asynccontextmanager
    async def hung(self, part: str) -> AsyncIterator[None]:
        """Freeze one part, with all it started, for as long as the block lasts: it holds its sockets and says nothing."""
        frozen = [self.pids()[part]]
        send(frozen[0], signal.SIGSTOP)
        frozen += children(frozen[0])  # a server of PostgreSQL's leaves its parent's group
        for pid in frozen:
            send(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(frozen):
                send(pid, signal.SIGCONT)

    @asynccontextmanager
    async def without(self, part: str) -> AsyncIterator[None]:
        """Kill one part and keep the supervisor from starting it again for as long as the block lasts."""
        send(self.pid, signal.SIGSTOP)
        try:
            self.kill(part)
            yield
        finally:
            send(self.pid, signal.SIGCONT)

    @asynccontextmanager
    async def away(self, part: str, how: str) -> AsyncIterator[None]:
        """One part "killed" and kept away, or "hung", for as long as the block lasts."""
        async with self.hung(part) if how == "hung" else self.without(part):
            yield

    def addresses(self) -> dict[str, str]:
        """Where everything of the running stack is."""
        found: dict[str, str] = json.loads((self.folder / "addresses.json").read_text(encoding="utf-8"))
        return found

    @asynccontextmanager
    async def sessions(self) -> AsyncIterator[Sessions]:
        """Sessions of the drill's own on the stack's database."""
        opened = engine(self.addresses()["DATABASE_URL"], pool=4)
        try:
            yield sessions_of(opened)
        finally:
            await opened.dispose()

    def password(self) -> str:
        """What everybody of the demo signs in with."""
        people = json.loads((self.folder / "sign-ins.json").read_text(encoding="utf-8"))
        return str(people[0]["password"])

    async def typed(self, *arguments: str) -> str:
        """What a command of `onewindow` typed beside the stack says."""
        said = self.folder.parent / "said.txt"
        with said.open("wb") as out:
            wide = {**self.environ, "COLUMNS": "200"}
            done = await self._python("-m", "cli", *arguments, out=out.fileno(), environ=wide)
            await done.wait()
        return said.read_text(encoding="utf-8", errors="replace")

    async def back(self, seconds: float = 120.0) -> datetime:
        """The instant at which everything answers again, a worker of now included."""
        deadline = time.monotonic() + seconds
        async with httpx2.AsyncClient(timeout=3, verify=False) as client:
            while time.monotonic() < deadline:
                with suppress(httpx2.HTTPError, SQLAlchemyError, OSError):
                    answer = await client.get(f"{self.url}/readyz")
                    if answer.status_code == 200 and await self._working():
                        return datetime.now(UTC)
                await asyncio.sleep(0.1)
        raise Broken(f"not ready again after {seconds:.0f} s")

    async def _working(self) -> bool:
        """Whether the worker that runs now, not one before it, said lately that it is alive."""
        pid = self.pids().get("worker")
        async with self.sessions() as sessions, sessions() as session:
            beats = (await session.exec(select(WorkerHeartbeat))).all()
        late = datetime.now(UTC) - timedelta(seconds=4)
        return any(beat.worker.endswith(f"/{pid}") and beat.at > late for beat in beats)

    async def _python(
        self, *arguments: str, out: int | None, environ: Mapping[str, str] | None = None
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env=environ or self.environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL if out is None else out,
            stderr=None if out is None else out,
            start_new_session=True,
        )


@asynccontextmanager
async def running(chosen: Chosen, above: Path | None = None, **settings: str) -> AsyncIterator[Stack]:
    """A started stack in a temporary folder; the folder stays when asked for or when the drill could not be finished.

    `above` is where that folder is made; None: where temporary ones are.
    """
    above = Path(tempfile.mkdtemp(prefix="onewindow-drill-", dir=above))
    stack = Stack(above / "data", **{"PROFILE": str(empty_profile(above)), **settings})
    stack.folder.mkdir()
    stack.keep = chosen.keep
    try:
        await stack.start()
        yield stack
    except Exception:
        stack.keep = True
        raise
    finally:
        await stack.stop()
        if stack.keep:
            sys.stderr.write(f"kept: {above}\n")
        else:
            shutil.rmtree(above)
