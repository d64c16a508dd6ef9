"""What is allowed in a policy but hardly meant: tiers that outlast the standard, accept times that never matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from rules.calendar import Calendar
from rules.due import due
from rules.durations import Duration
from rules.policy import Policy, Timing, calendar_of, ladder_of, standard_calendar_of

ANY_MONDAY = date(2029, 1, 1)
"""Where a calendar has no holidays one week is like any other."""

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class TooLate:
    """Filed at `registered`, the last tier becomes answerable (`begins`) when the standard has ended (`ends`)."""

    path: tuple[str, ...]
    role: str
    standard: Duration
    zone: str
    registered: datetime
    begins: datetime
    ends: datetime

    @property
    def key(self) -> str:
        """Where it stands in the file."""
        return ".".join((*self.path, "tiers"))

    def __str__(self) -> str:
        """For whom writes the file."""
        instants = (self.registered, self.begins, self.ends)
        when, begin, end = (one.astimezone(ZoneInfo(self.zone)).strftime("%a %d %b %H:%M") for one in instants)
        return (
            f"{self.key}: filed {when}, {self.role} becomes answerable {begin}, when the standard of {self.standard} "
            f"has ended ({end}); shorten the tiers before, or write a note that says why"
        )


@dataclass(frozen=True)
class NeverMatters:
    """The time to accept never ends before the first tier's."""

    path: tuple[str, ...]
    accept: Duration

    @property
    def key(self) -> str:
        """Where it stands in the file."""
        return ".".join((*self.path, "accept"))

    def __str__(self) -> str:
        """For whom writes the file."""
        return f"{self.key}: {self.accept} to accept never ends before the first tier"


def warnings(policy: Policy, years: int = 1) -> list[TooLate | NeverMatters]:
    """Where the last tier can begin only after the standard ended, unless a note says why; and other doubtful timings.

    Every day of that many years is tried, from the first that has holidays.
    """
    found: list[TooLate | NeverMatters] = []
    for own, timing in _timings(policy):
        path = ("complaint", *own)
        if late := too_late(policy, path, timing, years):
            found.append(late)
        if timing.accept and timing.tiers and _not_before(timing.accept, timing.tiers[0], calendar_of(policy, timing)):
            found.append(NeverMatters(path, timing.accept))
    return found


def latest_tier(tiers: Sequence[Duration], registered: datetime, calendar: Calendar) -> datetime:
    """When the last of these tiers begins, nobody acting."""
    begins = registered
    for time in tiers[:-1]:
        begins = _due(time, begins, calendar)
    return begins


def _timings(policy: Policy) -> Iterator[tuple[tuple[str, ...], Timing]]:
    for category, timing in policy.timings.items():
        yield (category,), timing
    yield from policy.areas.items()


def too_late(policy: Policy, path: tuple[str, ...], timing: Timing, years: int = 1) -> TooLate | None:
    if timing.note or timing.standard is None:
        return None
    calendars = calendar_of(policy, timing), standard_calendar_of(policy, timing)
    found = _outlasted(timing.tiers, timing.standard, *calendars, years)
    if found is None:
        return None
    last = ladder_of(policy, timing).tiers[-1].role
    return TooLate(path, last, timing.standard, calendars[0].zone, *found)


@lru_cache(maxsize=1024)
def _outlasted(
    tiers: tuple[Duration, ...], standard: Duration, calendar: Calendar, standard_calendar: Calendar, years: int
) -> tuple[datetime, datetime, datetime] | None:
    """The first instant tried of which the last tier begins when the standard has ended, and both; None if there is none.

    Kept, since a change of one time leaves the answers of all others as they were.
    """
    for registered in _samples(calendar, standard_calendar, years=years):
        begins, ends = latest_tier(tiers, registered, calendar), _due(standard, registered, standard_calendar)
        if begins >= ends:
            return registered, begins, ends
    return None


def _due(time: Duration, entered: datetime, calendar: Calendar) -> datetime:
    instant = due(time, entered, (), calendar)
    assert instant is not None
    return instant


def _not_before(accept: Duration, first: Duration, calendar: Calendar) -> bool:
    """Whether the accept time never ends before the first tier's."""
    return all(_due(accept, at, calendar) >= _due(first, at, calendar) for at in islice(_samples(calendar), 14))


def _samples(*calendars: Calendar, years: int = 1) -> Iterator[datetime]:
    """Instants to try: each day's first minute and the last of its office hours, in years with holidays, or two weeks."""
    holidays = frozenset[date]().union(*(calendar.holidays for calendar in calendars))
    first, length = (min(holidays).replace(month=1, day=1), 365 * years) if holidays else (ANY_MONDAY, 14)
    for day in (first + timedelta(days=number) for number in range(length)):
        yield from _instants(calendars[0], day)


def _instants(calendar: Calendar, day: date) -> Sequence[datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
    spans = calendar.spans_on(day)
    return [midnight, midnight + timedelta(seconds=spans[-1].closes) - A_MINUTE] if spans else [midnight]
