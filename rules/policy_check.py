"""What is allowed in a policy but hardly meant: tiers that outlast the standard, accept times that never matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from rules.calendar import Calendar
from rules.due import due
from rules.durations import Duration
from rules.policy import Policy, Problem, Timing, calendar_of, ladder_of, standard_calendar_of

ANY_MONDAY = date(2029, 1, 1)
"""Where a calendar has no holidays one week is like any other."""

A_MINUTE = timedelta(minutes=1)


def warnings(policy: Policy, years: int = 1) -> list[Problem]:
    """Where the last tier can begin only after the standard ended, unless a note says why; and other doubtful timings.

    Every day of that many years is tried, from the first that has holidays.
    """
    found = []
    for path, timing in _timings(policy):
        key = ".".join(("complaint", *path))
        if reason := _too_long(policy, timing, years):
            found.append(Problem(f"{key}.tiers", None, reason))
        if timing.accept and timing.tiers and _not_before(timing.accept, timing.tiers[0], calendar_of(policy, timing)):
            found.append(Problem(f"{key}.accept", None, f"{timing.accept} to accept never ends before the first tier"))
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


def _too_long(policy: Policy, timing: Timing, years: int) -> str | None:
    if timing.note or timing.standard is None:
        return None
    calendars = calendar_of(policy, timing), standard_calendar_of(policy, timing)
    found = _outlasted(timing.tiers, timing.standard, *calendars, years)
    return _said(policy, timing, *found) if found else None


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


def _said(policy: Policy, timing: Timing, registered: datetime, begins: datetime, ends: datetime) -> str:
    last = ladder_of(policy, timing).tiers[-1].role
    zone = ZoneInfo(calendar_of(policy, timing).zone)
    when, begin, end = (one.astimezone(zone).strftime("%a %d %b %H:%M") for one in (registered, begins, ends))
    return (
        f"filed {when}, {last} becomes answerable {begin}, when the standard of {timing.standard} "
        f"has ended ({end}); shorten the tiers before, or write a note that says why"
    )


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
