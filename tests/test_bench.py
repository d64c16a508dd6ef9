"""What is measured says rightly whether it kept its promise, and finds its place in the documentation."""

from __future__ import annotations

import asyncio
import itertools
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bench import page
from bench.figures import Figures, Wrong, machine
from bench.load import HOST, get, rate

MORE = Figures("track: pages", "a constant page", "pages/s", 0.7, [70.0, 80.0, 90.0], [100.0] * 3)
LESS = Figures("memory", "700 MB", "MB", 1.0, [710.0], [700.0], less=True)
COST = Figures("cost: worker, CPU of a complaint", "", "ms", 0.0, [100.0], [100.0], less=True)


def as_kept(*found: Figures) -> list[dict[str, Any]]:
    """As they are in the file."""
    return [{**asdict(one), "ratios": one.ratios, "reached": one.reached} for one in found]


def test_a_promise_is_reached_from_its_own_side() -> None:
    assert MORE.reached
    assert not LESS.reached
    assert COST.reached


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nhere", "was answered 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", "was answered 200: b'other'"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "without its length"),
    ],
)
async def test_a_build_that_answers_wrongly_has_no_speed(answer: bytes, why: str) -> None:
    async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(broken, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Wrong, match=re.escape(why)):
            await rate(port, itertools.repeat(get("/track/1", "here")), 1, 1)


def test_the_machine_is_named() -> None:
    on = machine()
    assert f"{on['cores']} cores ({on['processor']}, {on['gigabytes']} GB)" in page.where(on)


def test_figures_come_between_the_marks_of_a_page(tmp_path: Path) -> None:
    kept = tmp_path / "page.md"
    kept.write_text("Before\n<!-- figures -->\nold\n<!-- end of figures -->\nAfter\n", encoding="utf-8")
    page.fill(kept, "figures", page.rows(as_kept(MORE, LESS, COST)))
    text = kept.read_text(encoding="utf-8")
    assert (
        "| track: pages | 80 pages/s | a constant page: 100 pages/s | 0.80 (0.70 to 0.90) | at least 0.7 x | reached |"
        in text
    )
    assert "**not reached**" in text
    assert "old" not in text
    assert (text.startswith("Before\n"), text.endswith("After\n"), "cost" in text) == (True, True, False)
    with pytest.raises(SystemExit, match="no place for needs"):
        page.fill(kept, "needs", [])


def test_a_row_stands_beside_itself_with_more_open_requests() -> None:
    fewer = Figures("track: pages of 100", "a constant page", "pages/s", 0.7, [90.0], [100.0])
    runs = [{"many": 10_000, "rows": as_kept(MORE, LESS)}, {"many": 100, "rows": as_kept(fewer, COST)}]
    assert page.growth(runs) == [
        "| open requests | 100 | 10,000 |",
        "|---|---|---|",
        "| track | 90 pages/s (0.90 x) | 80 pages/s (0.80 x) |",
    ]


@pytest.mark.parametrize(
    ("name", "of"),
    [("figures", "bench.md"), ("growth", "bench.md"), ("costs", "capacity.md"), ("needs", "capacity.md")],
)
def test_the_pages_have_their_places(name: str, of: str) -> None:
    text = (page.DOCS / of).read_text(encoding="utf-8")
    assert text.index(f"<!-- {name} -->") < text.index(f"<!-- end of {name} -->")


def test_what_a_city_needs_follows_from_what_a_complaint_costs() -> None:
    needs = page.needs({"worker, CPU of a complaint": 600.0, "Temporal's file for a complaint": 20.0})
    city = next(line for line in needs if line.startswith("| Kanpur"))
    # 3,000 complaints in an hour of 0.6 s each, on cores that are half used
    assert "| 1.0 | 0.0, 0.0, 1.0, 0.0 |" in city
