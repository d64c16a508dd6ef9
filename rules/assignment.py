"""Which post is given the work: the least loaded among those of the same role at the office that are filled now."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A post that could handle a request, how many open tasks it has, and whether anybody fills it now."""

    post: str
    open_tasks: int
    filled: bool


def choose(candidates: Sequence[Candidate], but: Container[str] = ()) -> str | None:
    """The post to give the work to, leaving out those in `but`; None if there is none.

    A post that is filled comes before a vacant one, then the one with fewer open tasks, then the first by code.
    """
    left = [candidate for candidate in candidates if candidate.post not in but]
    if not left:
        return None
    return min(left, key=lambda c: (not c.filled, c.open_tasks, c.post)).post
