"""Exceptional events: a flood or a curfew excuses a promise that was not kept, in the open; the ladder goes on as always."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

WHATS = ("flood", "cyclone", "storm", "earthquake", "curfew", "other")
"""What can be declared."""


@dataclass(frozen=True)
class Exceptional:
    """What was declared for a zone (None: all) and categories (none named: all), from `since` to `until` (None: it goes on)."""

    id: int
    what: str
    zone: str | None
    categories: frozenset[str]
    since: datetime
    until: datetime | None
    note: Mapping[str, str] = field(default_factory=dict)

    def concerns(self, zone: str, category: str) -> bool:
        """Whether it was declared for requests like this."""
        return self.zone in (None, zone) and (not self.categories or category in self.categories)

    def excuses(self, counts_from: datetime, standard_due: datetime, until: datetime) -> bool:
        """Whether it excuses a promise that was kept at `until`, or is still open then.

        Some of the promised time must lie in it; and from its end on there is as much time once more as was promised.
        """
        if self.since >= standard_due or (self.until is not None and self.until <= counts_from):
            return False
        return self.until is None or until <= self.until + (standard_due - counts_from)


def excuse(
    events: Iterable[Exceptional],
    zone: str,
    category: str,
    counts_from: datetime | None,
    standard_due: datetime | None,
    until: datetime,
) -> Exceptional | None:
    """The first event that excuses the promise; None where there is none, or nothing was promised."""
    if counts_from is None or standard_due is None:
        return None
    found = (one for one in events if one.concerns(zone, category))
    return next((one for one in found if one.excuses(counts_from, standard_due, until)), None)
