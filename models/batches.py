"""Some at a time, as `itertools.batched` gives them from Python 3.12 on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

One = TypeVar("One")


def batched(items: Sequence[One], many: int) -> Iterator[Sequence[One]]:
    """So many at a time."""
    return (items[place : place + many] for place in range(0, len(items), many))
