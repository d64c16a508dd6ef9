"""The public page of a number, among many open requests, against a constant page of the same size."""

from __future__ import annotations

import asyncio
import itertools
import random
import urllib.request
from collections.abc import Iterator

from bench.figures import Figures, Wrong
from bench.load import Call, get, rate
from bench.room import Room
from bench.rounds import Chosen, alternated, speeds
from rules.reference import shown

CONNECTIONS = 16
LOOKED_AT = 100
"""How many numbers the watchers look at."""


async def measured(room: Room, chosen: Chosen) -> list[Figures]:
    """Pages a second, each with the right number on it."""
    chance = random.Random(chosen.seed)
    numbers = chance.sample(room.references, min(LOOKED_AT, len(room.references)))
    async with room.web() as web:
        size = await asyncio.to_thread(_size, web, numbers[0])
        async with room.bare(size) as bare:
            ours, limit = await alternated(
                lambda: rate(web, _pages(numbers), CONNECTIONS, chosen.seconds),
                lambda: rate(bare, itertools.repeat(get("/page", "w" * size)), CONNECTIONS, chosen.seconds),
                chosen,
            )
    name = f"track: {len(room.references):,} open requests, {CONNECTIONS} connections, {size:,} bytes"
    return [Figures(name, "a constant page", "pages/s", 0.7, speeds(ours), speeds(limit))]


def _pages(numbers: list[str]) -> Iterator[Call]:
    return itertools.cycle([get(f"/track/{number}", shown(number)) for number in numbers])


def _size(port: int, number: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/track/{number}", timeout=10) as answer:
        if answer.status != 200:
            raise Wrong(f"the page of {number} was answered {answer.status}")
        return len(answer.read())
