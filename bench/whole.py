"""The whole stack on one machine: its memory at rest, the first page after a start, and what one complaint costs."""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from temporalio.client import Client

from bench.figures import Figures, Wrong
from bench.room import Room
from bench.rounds import Chosen
from drills import stack as stacks
from drills.busy_minute import signed_in
from drills.people import Caller, Officer
from drills.processes import children
from drills.stack import Stack
from drills.waiting import caught_up
from embedded.backup import plain
from models.database import Sessions

LIVES = 24
"""Complaints that are filed, given to somebody, taken up, resolved, confirmed and closed."""
REST = 8.0
MEGABYTE, MEMORY = 2**20, 700.0
FIRST_PAGE = 1.0
POSTS = ("relationship-officer-gizri-1", "relationship-officer-gizri-2")
TICKS = os.sysconf("SC_CLK_TCK")
STEPS = ("accept", "resolve")


async def measured(_: Room, chosen: Chosen) -> list[Figures]:
    """A stack as `make run` starts it, looked at and then used."""
    async with stacks.running(stacks.Chosen(), PROFILE="demo") as stack:
        await asyncio.sleep(REST)
        memory = _memory(stack)
    async with stacks.running(stacks.Chosen()) as stack, stack.sessions() as sessions:
        cold, warm = await _pages(stack)
        found = await _cost(stack, sessions)
    return [
        Figures("memory: the whole embedded stack at rest, PSS", "700 MB", "MB", 1.0, [memory], [MEMORY], less=True),
        Figures("cold page: the first after a start", "a second", "s", 1.0, [cold], [FIRST_PAGE], less=True),
        Figures("cold page: the same once more", "a second", "s", 1.0, [warm], [FIRST_PAGE], less=True),
        *(Figures(f"cost: {what}", "", unit, 0.0, [value], [value], less=True) for what, unit, value in found),
    ]


def _memory(stack: Stack) -> float:
    """Megabytes that the supervisor and all it started hold, shared pages counted once."""
    total = 0
    for pid in _family(stack.pid):
        for line in _proc(pid, "smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total / MEGABYTE


def _proc(pid: int, what: str) -> str:
    """What the system says of a process; "" for one that has just ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/{what}").read_text(encoding="ascii", errors="replace")
    return ""


def _family(pid: int) -> list[int]:
    return [pid, *(one for child in children(pid) for one in _family(child))]


async def _pages(stack: Stack) -> tuple[float, float]:
    """Seconds of a number's page: the first ever asked of this web, and the next."""
    caller = Caller(stack)
    number = await caller.filed("bench-first", "no-supply")
    stack.kill("web")
    await stack.back()
    first, second = [await caller.get(f"/track/{number}") for _ in range(2)]
    if first.status != 200 or second.status != 200:
        raise Wrong(f"the page was answered {first.status} and {second.status}")
    return first.seconds, second.seconds


async def _cost(stack: Stack, sessions: Sessions) -> list[tuple[str, str, float]]:
    """What a complaint's whole life took of each part, on average."""
    officers = await signed_in(stack, sessions, POSTS)
    await caught_up(sessions, 30)
    url, store = stack.addresses()["DATABASE_URL"], stack.folder / "temporal" / "temporal.db"
    cpu, rows, size, kept = _cpu(stack), _rows(url), _bytes(url), _file(store)
    numbers = [await Caller(stack).filed(f"life-{one}", "no-supply") for one in range(LIVES)]
    await caught_up(sessions, 60)
    for number in numbers:
        await _lived(stack, officers, number)
    await caught_up(sessions, 60)
    now, events, history = _cpu(stack), *await _history(stack, numbers)
    found = [(f"{part}, CPU of a complaint", "ms", (now[part] - cpu[part]) * 1000 / LIVES) for part in now]
    return [
        *found,
        ("history of a complaint", "events", events),
        ("history of a complaint, its bytes", "kB", history / 1024),
        ("Temporal's file for a complaint", "kB", (_file(store) - kept) / 1024 / LIVES),
        ("PostgreSQL, rows of a complaint", "rows", (_rows(url) - rows) / LIVES),
        ("PostgreSQL, tables and indexes for a complaint", "kB", (_bytes(url) - size) / 1024 / LIVES),
    ]


async def _lived(stack: Stack, officers: list[Officer], number: str) -> None:
    """Looked at by its consumer, taken up and resolved by its officer, looked at again."""
    consumer, chance = Caller(stack), random.Random(number)
    await consumer.get(f"/track/{number}")
    for act in STEPS:
        for officer in officers:
            sheet = await officer.offered(number, act)
            if sheet is not None:
                await officer.send(sheet.filled(chance), tries=5)
                break
    await consumer.get(f"/track/{number}")


def _cpu(stack: Stack) -> dict[str, float]:
    """CPU seconds each part took so far, with all it started."""
    return {part: sum(map(_seconds, _family(pid))) for part, pid in stack.pids().items()}


def _seconds(pid: int) -> float:
    words = _proc(pid, "stat").rpartition(")")[2].split()
    return sum(map(int, words[11:15])) / TICKS


def _rows(url: str) -> int:
    tables = _one(url, "select array_agg(relname::text) from pg_stat_user_tables")
    return sum(int(_one(url, f'select count(*) from "{table}"')) for table in tables)  # noqa: S608 (its own names)


def _bytes(url: str) -> int:
    return int(_one(url, "select sum(pg_total_relation_size(relid)) from pg_stat_user_tables"))


def _one(url: str, asked: str) -> Any:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        row = connection.execute(asked.encode()).fetchone()
    return row[0] if row else 0


def _file(store: Path) -> int:
    return sum(path.stat().st_size for path in store.parent.glob(f"{store.name}*"))


async def _history(stack: Stack, numbers: list[str]) -> tuple[float, float]:
    """Events and bytes of a workflow's history."""
    address = stack.addresses()
    client = await Client.connect(address["TEMPORAL_ADDRESS"], namespace=address["TEMPORAL_NAMESPACE"])
    sizes = []
    for number in numbers[:10]:
        history = await client.get_workflow_handle(number).fetch_history()
        sizes.append((len(history.events), sum(event.ByteSize() for event in history.events)))
    return sum(one for one, _ in sizes) / len(sizes), sum(two for _, two in sizes) / len(sizes)
