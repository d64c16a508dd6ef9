"""How a row is measured: a warm-up, then rounds in which ours and the limit take turns on the same machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Rounds = list[tuple[float, int]]
Asked = Callable[[], Awaitable[tuple[float, int]]]
"""Measures once: so many a second, and how many there were."""


@dataclass(frozen=True)
class Chosen:
    """How to measure: rounds of so many seconds, among so many open requests; `alone`: one row, which may take its time."""

    rounds: int = 4
    seconds: float = 3.0
    many: int = 10_000
    seed: int = 20260101
    alone: bool = False

    @property
    def burst(self) -> int:
        """How many go through Temporal: among other rows a fortieth of all, alone a tenth."""
        return max(self.many // (10 if self.alone else 40), 50)


async def alternated(ours: Asked, limit: Asked, chosen: Chosen) -> tuple[Rounds, Rounds]:
    """The rounds of both, the warm-up first in each: it counts for the sum of rows, never for the speed."""
    found: tuple[Rounds, Rounds] = ([], [])
    for _ in range(1 + chosen.rounds):
        found[0].append(await ours())
        found[1].append(await limit())
    return found


def speeds(rounds: Rounds) -> list[float]:
    """Without the warm-up."""
    return [speed for speed, _ in rounds[1:]]
