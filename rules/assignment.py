"""Which post is given the work: able to do it, of the consumer's group, filled now, not full, and the least loaded of those."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A post that could handle a request, how many open tasks it has, and whether anybody fills it now.

    `able`: it does this sort of work. `group`: it is of the consumer's own group. `most`: the open tasks it may have.
    """

    post: str
    open_tasks: int
    filled: bool
    able: bool = True
    group: bool = False
    most: int | None = None

    @property
    def full(self) -> bool:
        """Whether it has as many open tasks as it may have."""
        return self.most is not None and self.open_tasks >= self.most


def choose(candidates: Sequence[Candidate], but: Container[str] = ()) -> str | None:
    """The post to give the work to, leaving out those in `but`; None if there is none.

    One that is able comes before one that is not, then one that is filled, one that is not full, one of the consumer's own
    group, the one with fewer open tasks, and the first by code. A limit turns nobody away: where all are full, they share.
    """
    left = [candidate for candidate in candidates if candidate.post not in but]
    if not left:
        return None
    return min(left, key=lambda c: (not c.able, not c.filled, c.full, not c.group, c.open_tasks, c.post)).post


@dataclass(frozen=True)
class Segment:
    """A group of consumers with officers of its own: of `role`, beside those of the role `beside` at the first tier.

    A consumer is of it by a mark on his account, by a load above `above_kw`, or by his locality.
    """

    code: str
    role: str
    beside: str
    above_kw: float | None = None
    localities: frozenset[str] = frozenset()


def segment_of(
    segments: Iterable[Segment], marked: str | None, load_kw: float | None, locality: str | None
) -> str | None:
    """The group a consumer is of: the one his account is marked with, else the first whose load or locality is his."""
    known = list(segments)
    if any(segment.code == marked for segment in known):
        return marked
    for segment in known:
        above = segment.above_kw is not None and load_kw is not None and load_kw > segment.above_kw
        if above or (locality is not None and locality in segment.localities):
            return segment.code
    return None
