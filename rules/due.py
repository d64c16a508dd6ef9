"""When a time allowed runs out: a function of the time, the instant entered, the pauses and the calendar, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from rules.calendar import Calendar
from rules.durations import Duration, Unit

ELAPSED: Final = Calendar.round_the_clock("UTC")
NOTHING: Final = timedelta(0)
A_QUARTER: Final = Fraction(1, 4)


@dataclass(frozen=True)
class Pause:
    """A stretch in which a clock stands, a hold or a stretch resolved; `end` is None while it is open. Half-open."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause that begins {self.start} cannot end {self.end}")


def due(time: Duration, entered: datetime, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    """The instant (UTC) at which the time runs out, or None while an open pause keeps it from being known.

    Seconds, minutes and hours: the earliest instant at which that much working time, outside the pauses, has run since
    `entered`. N working days: the close of the Nth working day after the day it begins. N days: the local midnight
    ending the Nth calendar day after that day. Either begins at the next opening if `entered` lies outside office hours,
    and is then moved by the time held before it: for working days by working time, for days by elapsed time, each
    counted outside the pauses, so that a pause in the time given back is given back too.

    Pauses may overlap and come in any order; what lies before the beginning, or begins at or after the due instant,
    changes nothing: a time that has run out stays so, even when an open pause follows.
    """
    if time.unit not in (Unit.DAYS, Unit.WORKING_DAYS):
        return _run(time.timedelta, entered, pauses, calendar)
    if time.unit is Unit.WORKING_DAYS:
        counting, unpaused = calendar, calendar.close_of_nth_day(entered, time.amount)
    else:
        counting, unpaused = ELAPSED, calendar.end_of_nth_calendar_day(entered, time.amount)
    if not pauses:
        return unpaused
    begins = calendar.next_opening(entered)
    if any(pause.end is None and pause.start < unpaused for pause in pauses):
        return None
    return _run(held(begins, unpaused, pauses, counting), unpaused, pauses, counting)


def reminder(
    entered: datetime, due: datetime, calendar: Calendar, left: Fraction = A_QUARTER, pauses: Sequence[Pause] = ()
) -> datetime:
    """The instant (UTC) at which the share `left` of the working time from `entered` to `due` is left.

    Time inside the pauses, the same by which `due` was found, does not count. `due` itself if no working time lies
    between. ValueError for a share below nothing or above the whole.
    """
    if not 0 <= left <= 1:
        raise ValueError(f"{left} is no share")
    whole = calendar.working_between(entered, due) - held(entered, due, pauses, calendar)
    used = whole * (left.denominator - left.numerator) // left.denominator
    reached = _run(used, entered, pauses, calendar) if whole > NOTHING else due
    return min(reached or due, due).astimezone(UTC)


def _run(left: timedelta, cursor: datetime, pauses: Sequence[Pause], calendar: Calendar) -> datetime | None:
    """The earliest instant at which this much counted time, outside the pauses, has run; None if a pause is open before."""
    for start, end in _stretches(cursor, pauses) if pauses else ():
        before = calendar.working_between(cursor, start)
        if before >= left:
            break
        if end is None:
            return None
        left -= before
        cursor = end
    return calendar.add(cursor, left)


def held(begins: datetime, until: datetime, pauses: Sequence[Pause], calendar: Calendar) -> timedelta:
    """The counted time inside the pauses between two instants."""
    if not pauses:
        return NOTHING
    stretches = ((start, until if end is None else min(end, until)) for start, end in _stretches(begins, pauses))
    return sum((calendar.working_between(start, end) for start, end in stretches), NOTHING)


def _stretches(begins: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime | None]]:
    """The pauses from `begins` on, clipped, in order and without overlap; after an open one comes none."""
    cursor = begins
    for pause in sorted(pauses, key=lambda pause: pause.start):
        start = max(pause.start, cursor)
        if pause.end is None:
            yield start, None
            return
        if pause.end > start:
            yield start, pause.end
            cursor = pause.end
