"""What the rows are measured in: a database with open requests, and processes to be asked, each started for a row."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from activities.record import Record
from embedded.backup import plain
from embedded.ports import free_ports
from embedded.postgres import running
from models import database
from models.holidays import public_holidays
from models.intake import New, register
from models.profile import load_profile
from rules import reference
from rules.messages import Look
from rules.profile_toml import load as read
from rules.terms import Channel, Kind

ROOT = Path(__file__).resolve().parents[1]
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")
SECONDS_TO_START = 60.0


@dataclass(frozen=True)
class Room:
    """A database at `url`, the numbers of the open requests in it, and a folder for what processes write."""

    url: str
    references: list[str]
    folder: Path

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with psycopg.connect(plain(self.url), autocommit=True) as connection:
            row = connection.execute(f"select count(*) from {table}".encode()).fetchone()  # noqa: S608 (our own word)
        return int(row[0]) if row else 0

    @asynccontextmanager
    async def web(self) -> AsyncIterator[int]:
        """One web process of ours, without Temporal; its port."""
        [port] = free_ports(1)
        settings = {
            "PORT": str(port), "DATABASE_URL": plain(self.url), "TEMPORAL_ADDRESS": "127.0.0.1:9", "LOG_LEVEL": "warning",
            "SECRET_KEY": "a secret of this measurement alone, and of no other", "DATA_DIR": str(self.folder),
        }  # fmt: skip
        async with _started(port, settings, "-m", "web.app"):
            yield port

    @asynccontextmanager
    async def worker(self, temporal: str) -> AsyncIterator[None]:
        """One worker process of ours, with Temporal at an address."""
        environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environ |= {
            "DATABASE_URL": plain(self.url), "TEMPORAL_ADDRESS": temporal, "LOG_LEVEL": "warning",
            "SECRET_KEY": "a secret of this measurement alone, and of no other", "DATA_DIR": str(self.folder),
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "worker", cwd=ROOT, env=environ)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    @asynccontextmanager
    async def bare(self, size: int = 1) -> AsyncIterator[int]:
        """The limit's process; its port."""
        [port] = free_ports(1)
        with psycopg.connect(plain(self.url), autocommit=True) as connection:
            connection.execute("create table if not exists bench_bare (id bigserial primary key, body text)")
        async with _started(port, {}, "-m", "bench.bare", str(port), str(size), self.url):
            yield port


@asynccontextmanager
async def room(folder: Path, many: int) -> AsyncIterator[Room]:
    """A room with `many` open complaints: one filed and assigned as always, the others its copies."""
    async with running(folder / "postgres") as server:
        database.migrate(server.url)
        opened = database.engine(server.url)
        sessions = database.sessions_of(opened)
        path = ROOT / "profiles" / "demo.toml"
        profile = read(path.read_text(encoding="utf-8"), str(path), public_holidays)
        now = datetime.now(UTC)
        async with sessions.begin() as session:
            await load_profile(session, profile, {}, now)
        async with sessions.begin() as session:
            first = (await register(session, _complaint(now))).reference
        await Record(sessions).look(Look(first, now))
        await opened.dispose()
        yield Room(server.url, [first, *await asyncio.to_thread(_copied, server.url, first, many - 1)], folder)


def _complaint(now: datetime) -> New:
    words = "No light in our lane."
    return New(Kind.COMPLAINT, "wrong-bill", Channel.API, "en", words, "bench-first", now, locality="gizri")


def _copied(url: str, first: str, many: int) -> list[str]:
    """So many copies of a request with its task and history."""
    numbers = [reference.new(number) for number in range(20_000_000, 20_000_000 + many)]
    changed = {
        "service_request": "jsonb_build_object('reference', r, 'token', 'bench-' || r)",
        "task": "jsonb_build_object('reference', r, 'id', r || '/complaint')",
        "event": "jsonb_build_object('reference', r)",
    }
    with psycopg.connect(plain(url)) as connection:
        for table, fields in changed.items():
            copying = (
                f"insert into {table} select (jsonb_populate_record(one, {fields})).*"  # noqa: S608 (our own words)
                f" from {table} one cross join unnest(%s::text[]) r where one.reference = %s"
            )
            connection.execute(copying.encode(), (numbers, first))
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return numbers


@asynccontextmanager
async def _started(port: int, settings: dict[str, str], *arguments: str) -> AsyncIterator[None]:
    """A Python process for as long as the block lasts, from when it listens."""
    environ = {name: os.environ[name] for name in INHERITED if name in os.environ} | settings
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, env=environ)
    try:
        ends = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < ends and process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        else:
            raise RuntimeError(f"{' '.join(arguments)} did not start")
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
