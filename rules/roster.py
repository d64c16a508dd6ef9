"""Who fills a post from when to when, and the gaps between: by persons, rosters, charges and leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from rules.ladder import Filling, Seat, Skip, present


@dataclass(frozen=True)
class Stint:
    """A stretch in which one person fills a post, or nobody does; `why` says why not."""

    since: datetime
    until: datetime
    person: int | None = None
    why: Skip | None = None


def stints(seat: Seat, since: datetime, until: datetime) -> tuple[Stint, ...]:
    """Who fills `seat` from `since` to `until`, in order and without a hole; neighbours that say the same are one."""
    marks = sorted({since, until, *(at for one in seat.fillings for at in _changes(one, since, until))})
    found: list[Stint] = []
    for start, end in pairwise(marks):
        who = present(seat, start)
        one = Stint(start, end, *((who, None) if isinstance(who, int) else (None, who)))
        if found and (found[-1].person, found[-1].why) == (one.person, one.why):
            found[-1] = replace(found[-1], until=end)
        else:
            found.append(one)
    return tuple(found)


def gaps(seat: Seat, since: datetime, until: datetime) -> tuple[Stint, ...]:
    """The stretches from `since` to `until` in which nobody fills `seat`."""
    return tuple(stint for stint in stints(seat, since, until) if stint.person is None)


def _changes(filling: Filling, since: datetime, until: datetime) -> Iterator[datetime]:
    """The instants strictly between two at which a filling begins, ends, or its person comes or goes."""
    ends = (filling.since, filling.until, *(at for stretch in filling.away for at in stretch))
    yield from (at for at in ends if at is not None and since < at < until)
    if filling.roster is not None:
        first, last = max(filling.since, since), min(filling.until or until, until)
        if first < last:
            yield from filling.roster.changes(first, last)
