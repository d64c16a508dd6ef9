"""A thousand open pages: how long until a change is seen on every one that shows it."""

from __future__ import annotations

import asyncio
import random
import re
import time
from contextlib import suppress

import psycopg

from bench.figures import Figures, Wrong
from bench.load import HOST
from bench.room import Room
from bench.rounds import Chosen
from embedded.backup import plain

MANY, LOOKED_AT, AT_ONCE = 1_000, 50, 20
"""Watchers, how many requests they watch, and how many come at once."""
A_SECOND = 1.0
PAUSE = 1.0
EVENT = re.compile(rb"(?:^|\n)id: ?(\d+)\r?\n")
APART = 0.05
"""Seconds between two changes: twenty a second, as in a storm."""
FIRST = "0"
"""Known of a page that has just been opened: what it shows first is no change."""
AGAIN = 0.5
"""Seconds after which a page asks again for a stream that ended."""
LOST = 30.0
"""Seconds after which a change that was not seen counts as lost."""
CHANGE = """
with now as (select clock_timestamp() as at),
line as (insert into event select (jsonb_populate_record(e, jsonb_build_object('number', e.number + 1, 'recorded', now.at, 'hash', ''))).*
  from event e, now where e.reference = %(one)s order by e.number desc limit 1)
update service_request set number = number + 1, changed_at = now.at from now where reference = %(one)s
"""


class Watching:
    """Who watches which number, and when each saw the change."""

    def __init__(self) -> None:
        self.seen: dict[str, list[float]] = {}
        self.open = 0
        self.slots = asyncio.Semaphore(AT_ONCE)

    async def watch(self, port: int, number: str) -> None:
        """Keep a page open and note when something new comes; a stream that ends is asked for again, as the page does."""
        known, first = FIRST, True
        while True:
            async with self.slots:
                stream = await self.opened(port, number, known)
            if stream is None:
                await asyncio.sleep(AGAIN)
                continue
            reader, writer = stream
            self.open, first = self.open + first, False
            try:
                rest = b""
                while piece := await reader.read(65_536):
                    if told := EVENT.findall(rest + piece):
                        if known != FIRST:
                            self.seen.setdefault(number, []).append(time.monotonic())
                        known = told[-1].decode()
                    rest = b"" if told else (rest + piece)[-20:]
            finally:
                writer.close()
            await asyncio.sleep(AGAIN)

    async def opened(
        self, port: int, number: str, known: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A stream that was answered, from the event known so far on; None where it cannot be had just now."""
        reader, writer = await asyncio.open_connection(HOST, port)
        head = f"GET /track/{number}/live HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {known}\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]
        if b" 503 " in answer:
            writer.close()
            return None
        if b" 200 " not in answer:
            raise Wrong(f"a stream was answered {answer!r}")
        return reader, writer


async def measured(room: Room, chosen: Chosen) -> list[Figures]:
    """The 99th in a hundred of the watchers, change by change, against a second."""
    chance = random.Random(chosen.seed)
    numbers = chance.sample(room.references, min(LOOKED_AT, len(room.references)))
    async with room.web() as port:
        watching = Watching()
        tasks = [asyncio.create_task(watching.watch(port, numbers[one % len(numbers)])) for one in range(MANY)]
        try:
            await _until_open(watching, tasks)
            late = [await _changed(room, watching, numbers) for _ in range(chosen.rounds)]
        finally:
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)
    name = f"watchers: {MANY:,} open pages of {len(numbers)} requests, twenty changes a second, the 99th in a hundred"
    return [Figures(name, "a second", "s", 1.0, late, [A_SECOND] * len(late), less=True)]


async def _until_open(watching: Watching, tasks: list[asyncio.Task[None]]) -> None:
    async with asyncio.timeout(60):
        while watching.open < MANY:
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.1)
    await asyncio.sleep(PAUSE)


async def _changed(room: Room, watching: Watching, numbers: list[str]) -> float:
    """Change them one after the other; the seconds after which 99 in 100 of the watchers had seen their own."""
    at = await asyncio.to_thread(_change, room.url, numbers)
    ends = time.monotonic() + LOST
    while sum(map(len, watching.seen.values())) < watching.open:
        if time.monotonic() > ends:
            unseen = [number for number in numbers if number not in watching.seen]
            raise Wrong(f"a change was never seen by those who watch {unseen or 'some'}")
        await asyncio.sleep(0.02)
    line = sorted(seen - at[number] for number, times in watching.seen.items() for seen in times)
    watching.seen.clear()
    await asyncio.sleep(PAUSE)
    return line[int(len(line) * 0.99) - 1]


def _change(url: str, numbers: list[str]) -> dict[str, float]:
    """When each was changed."""
    at: dict[str, float] = {}
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for one in numbers:
            connection.execute(CHANGE.encode(), {"one": one})
            at[one] = time.monotonic()
            time.sleep(APART)
    return at
