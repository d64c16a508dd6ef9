"""What a drill found: promises with the figure behind each, and how they are shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One promise looked at: whether it was kept, and the figure."""

    what: str
    good: bool
    figure: str = ""


def none_of(what: str, wrong: Sequence[object], of: int) -> Finding:
    """The promise that nothing of `of` is wrong; the first wrong ones are shown."""
    shown = ": " + ", ".join(str(one) for one in wrong[:5]) if wrong else ""
    return Finding(what, not wrong, f"{len(wrong)} of {of}{shown}")


def within(what: str, seconds: float | None, limit: float) -> Finding:
    """The promise that something took at most `limit` seconds; None: it never came."""
    if seconds is None:
        return Finding(what, False, f"never (limit {limit:g} s)")
    return Finding(what, seconds <= limit, f"{seconds:.2f} s (limit {limit:g} s)")


def spread(what: str, seconds: Sequence[float]) -> Finding:
    """How something is distributed, for information."""
    if not seconds:
        return Finding(what, True, "none")
    line = sorted(seconds)

    def at(share: float) -> float:
        return line[min(int(share * len(line)), len(line) - 1)]

    return Finding(
        what, True, f"{len(line)}: half within {at(0.5):.2f} s, 95 in 100 {at(0.95):.2f} s, worst {line[-1]:.2f} s"
    )


def show(name: str, findings: Iterable[Finding], seconds: float, phases: Mapping[str, float]) -> bool:
    """Print what a drill found and how long each of its phases took; whether every promise was kept."""
    found = list(findings)
    good = all(finding.good for finding in found)
    width = max((len(finding.what) for finding in found), default=0)
    say(
        f"\n{name}: {'kept' if good else 'BROKEN'}, {seconds:.0f} s",
        "  " + ", ".join(f"{phase} {took:.0f} s" for phase, took in phases.items()),
        *(f"  {'ok ' if one.good else 'BAD'} {one.what.ljust(width)}  {one.figure}" for one in found),
    )
    return good


def say(*lines: str) -> None:
    """Lines for whoever watches, in one piece: drills side by side speak at once."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
