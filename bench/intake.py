"""A complaint by the API, to the number given, against a handler that does one insert and commit."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

from bench.figures import Figures, Wrong
from bench.load import Call, post, rate
from bench.room import Room
from bench.rounds import Chosen, alternated, speeds

AT_ONCE = 8
PHONES = itertools.count(9_100_000_000)
"""Each complaint from a telephone of its own: one telephone files only so many."""


async def measured(room: Room, chosen: Chosen) -> list[Figures]:
    """Numbers a second; every number given is a row, and no row is there without its number."""
    async with room.web() as web, room.bare() as bare:
        before = room.count("service_request"), room.count("bench_bare")
        ours, limit = await alternated(
            lambda: rate(web, _filings("/api/v1/requests", '"reference"'), AT_ONCE, chosen.seconds),
            lambda: rate(bare, _filings("/row", '"id"'), AT_ONCE, chosen.seconds),
            chosen,
        )
        given = [sum(many for _, many in rounds) for rounds in (ours, limit)]
        after = room.count("service_request"), room.count("bench_bare")
    lost = [now - then - many for now, then, many in zip(after, before, given, strict=True)]
    if any(lost):
        raise Wrong(f"rows without a number, ours and the limit's: {lost}")
    name = f"intake: {AT_ONCE} at a time"
    return [Figures(name, "one insert", "numbers/s", 0.5, speeds(ours), speeds(limit))]


def _filings(path: str, holds: str) -> Iterator[Call]:
    for phone in PHONES:
        filing = {
            "kind": "complaint", "category": "no-supply", "channel": "api", "language": "en", "locality": "gizri",
            "description": "No light in the whole lane since six.", "consumer": {"phone": f"+91{phone}"},
        }  # fmt: skip
        yield post(path, json.dumps(filing).encode(), 201, holds)
