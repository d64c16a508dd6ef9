"""Who is away and who stands in: what may be entered, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(days=400)
"""Longer than any leave; what is longer is a slip of the finger, or one who left."""
GRACE = timedelta(minutes=5)
"""How far back a beginning may lie: forms have no seconds, and typing takes its time."""

Stretch = tuple[datetime, datetime | None]
"""From an instant to another; None: open."""


class AbsenceFault(StrEnum):
    """Why a leave or a charge is not taken."""

    BACKWARDS = "backwards"
    PAST = "past"
    TOO_LONG = "too_long"
    OVERLAPS = "overlaps"
    ONESELF = "oneself"
    NOT_THERE = "not_there"
    OUT_OF_REACH = "out_of_reach"
    OVER = "over"
    LAST_ACCESS = "last_access"


class NotTaken(ValueError):
    """A leave or a charge was refused; `fault` says why."""

    def __init__(self, fault: AbsenceFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def stretch_fault(
    since: datetime, until: datetime | None, now: datetime, others: Iterable[Stretch] = ()
) -> AbsenceFault | None:
    """Why a stretch from `since` to `until` may not be entered beside `others`; None when it may."""
    if until is not None and until <= since:
        return AbsenceFault.BACKWARDS
    if since < now - GRACE or (until is not None and until <= now):
        return AbsenceFault.PAST
    if since > now + LONGEST or (until is not None and until - since > LONGEST):
        return AbsenceFault.TOO_LONG
    return AbsenceFault.OVERLAPS if any(meet((since, until), other) for other in others) else None


def end_fault(since: datetime, until: datetime | None, end: datetime, now: datetime) -> AbsenceFault | None:
    """Why a stretch that runs or comes may not end at `end` instead; None when it may. At or before its beginning: cancelled."""
    if until is not None and until <= now:
        return AbsenceFault.OVER
    if end < now - GRACE and since < now:
        return AbsenceFault.PAST
    return AbsenceFault.TOO_LONG if end - max(since, now) > LONGEST else None


def meet(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches share an instant; one that begins when the other ends does not."""
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])
