"""Marks added up: how many stand by a post or a person, and which part of them by the working time each had the work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from rules.share import Mark, Marked, Share

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Tally:
    """How many marks of a kind somebody had a share in, and the sum of these shares."""

    marks: int = 0
    part: float = 0.0


def tallied(marked: Iterable[Marked], whose: Callable[[Share], Key | None]) -> Mapping[Key, Mapping[Mark, Tally]]:
    """By whom `whose` names (None: left out), what stands there of each kind; a mark counts once for each."""
    found: dict[Key, dict[Mark, Tally]] = defaultdict(dict)
    for one in marked:
        parts: dict[Key, float] = defaultdict(float)
        for share in one.shares:
            key = whose(share)
            if key is not None:
                parts[key] += share.part
        for key, part in parts.items():
            before = found[key].get(one.mark, Tally())
            found[key][one.mark] = Tally(before.marks + 1, before.part + part)
    return found
