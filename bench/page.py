"""Figures into the documentation: `python -m bench.page bench.json` fills the tables of docs/bench.md and docs/capacity.md.

With `--growth`, the files of runs with fewer and with more open requests become the table that shows how the rows grow.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figures import asked

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGINS, ENDS = "<!-- {name} -->", "<!-- end of {name} -->"
PARTS = ("postgres", "temporal", "worker", "web", "messages")
PLACES: Mapping[str, tuple[int, int, int, int]] = {
    "a town of 1 lakh people": (25_000, 30, 300, 150),
    "Kanpur, 25 lakh people": (625_000, 700, 7_000, 3_000),
    "a state, 4 crore people": (10_000_000, 11_000, 110_000, 40_000),
}
"""Connections; complaints of an ordinary day, of a storm's day, and of its worst hour: assumed, see the page."""
BUSY = 0.5
"""The share of a core that may be used by plan."""
HOUR = 3_600_000
YEAR = 365


def main() -> None:
    """Read the figures, write both pages."""
    reader = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__)
    reader.add_argument("figures", type=Path, nargs="*", default=[Path("bench.json")])
    reader.add_argument(
        "--growth", action="store_true", help="how the rows grow, from one file for each number of open requests"
    )
    given = reader.parse_args()
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in given.figures]
    if given.growth:
        fill(DOCS / "bench.md", "growth", growth(runs))
        return
    [found] = runs
    fill(DOCS / "bench.md", "figures", [where(found["machine"]), "", *rows(found["rows"])])
    costs = {
        row["row"].removeprefix("cost: "): statistics.median(row["ours"])
        for row in found["rows"]
        if not row["promised"]
    }
    if costs:
        fill(DOCS / "capacity.md", "costs", [where(found["machine"]), "", *cost_rows(found["rows"])])
        fill(DOCS / "capacity.md", "needs", needs(costs))


def fill(page: Path, name: str, lines: Sequence[str]) -> None:
    """Put these lines between the two marks of a page."""
    begins, ends = BEGINS.format(name=name), ENDS.format(name=name)
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(begins)
    _, closed, after = rest.partition(ends)
    if not found or not closed:
        raise SystemExit(f"{page.name} has no place for {name}")
    page.write_text("\n".join([before + begins, *lines, ends]) + after, encoding="utf-8")


def where(machine: Mapping[str, Any]) -> str:
    """When and on what it was measured."""
    versions = f"Python {machine['python']}, PostgreSQL {machine['postgresql']}, Temporal {machine['temporal']}"
    of = f"{machine['processor']}, {machine['gigabytes']} GB"
    return f"{machine['at'][:16].replace('T', ' ')} UTC, {machine['cores']} cores ({of}), load {machine['load']} at the beginning, {versions}."


def rows(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each row with a promise: the medians, the ratio with its spread, and what was promised."""
    lines = ["| row | ours | limit | ratio | promised | |", "|---|---|---|---|---|---|"]
    for row in (row for row in found if row["promised"]):
        ours, limit = (f"{_figure(statistics.median(row[side]))} {row['unit']}" for side in ("ours", "limit"))
        ratios = row["ratios"]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        promised = asked(row["promised"], less=row["less"])
        word = "reached" if row["reached"] else "**not reached**"
        lines.append(f"| {row['row']} | {ours} | {row['against']}: {limit} | {ratio} | {promised} | {word} |")
    return lines


def growth(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each row beside itself with more open requests: the medians, and their ratio to the limit's of that run."""
    runs = sorted(runs, key=lambda run: int(run["many"]))
    rows_of = [{row["row"].partition(":")[0]: row for row in run["rows"] if row["promised"]} for run in runs]
    names = [name for name in rows_of[0] if all(name in rows for rows in rows_of)]
    lines = [
        "| open requests | " + " | ".join(f"{run['many']:,}" for run in runs) + " |",
        "|---" * (len(runs) + 1) + "|",
    ]
    for name in names:
        lines.append(f"| {name} | " + " | ".join(_beside(rows[name]) for rows in rows_of) + " |")
    return lines


def _beside(row: Mapping[str, Any]) -> str:
    return f"{_figure(statistics.median(row['ours']))} {row['unit']} ({statistics.median(row['ratios']):.2f} x)"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def cost_rows(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """What one complaint took."""
    lines = ["| of one complaint | |", "|---|---|"]
    for row in (row for row in found if not row["promised"]):
        lines.append(f"| {row['row'].removeprefix('cost: ')} | {statistics.median(row['ours']):,.3g} {row['unit']} |")
    return lines


def needs(costs: Mapping[str, float]) -> list[str]:
    """What each place needs in its worst hour, and what it keeps in a year."""
    cpu = {part: costs.get(f"{part}, CPU of a complaint", 0.0) for part in PARTS}
    kept = costs.get("PostgreSQL, tables and indexes for a complaint", 0.0)
    flows = costs.get("Temporal's file for a complaint", 0.0)
    lines = [
        "| place | connections | complaints a day, in a storm, in its worst hour | cores in that hour | of them database, Temporal, worker, web | PostgreSQL in a year | Temporal's store, 90 days |",
        "|---|---|---|---|---|---|---|",
    ]
    for place, (connections, day, storm, hour) in PLACES.items():
        cores = {part: hour * ms / HOUR / BUSY for part, ms in cpu.items()}
        shares = ", ".join(f"{cores[part]:.1f}" for part in PARTS[:4])
        year = day * YEAR * kept / 2**20
        lines.append(
            f"| {place} | {connections:,} | {day:,}, {storm:,}, {hour:,} | {sum(cores.values()):.1f} | {shares}"
            f" | {year:,.1f} GB | {day * 90 * flows / 2**20:,.1f} GB |"
        )
    return lines


if __name__ == "__main__":
    main()
