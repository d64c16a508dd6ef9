"""The working time a clock runs in: office hours, holidays and seasons of one time zone, and arithmetic with them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.hours import (
    CLOSED,
    ROUND_THE_CLOCK,
    BadCalendar,
    Day,
    NoOpenTime,
    Span,
    Week,
    check_night,
    check_week,
    week_from,
    written_week,
)
from rules.written import date_of, list_of, only, table_of
from rules.years import MICROSECOND, Year, compiled, instant_of, moment_of, wall

__all__ = ["BadCalendar", "Calendar", "NoOpenTime", "Span", "Variant", "Week", "calendar_from", "written_calendar"]

ONE_DAY: Final = timedelta(days=1)
FURTHEST: Final = timedelta(days=2)
"""No two zones are further apart: by then it is no earlier year anywhere."""


class Variant(NamedTuple):
    """Another week from `first` to `last`, both included: summer hours, Ramadan."""

    first: date
    last: date
    week: Week


@dataclass(frozen=True)
class Calendar:
    """Working hours in one zone. BadCalendar names what cannot be; NoOpenTime if the ordinary week never opens.

    A span belongs to the local day it opens on: a holiday closes the spans that open on it, and a night span that
    opened the evening before runs on into it. Where clocks change, a span opens and closes the first time the local
    clock shows its time or later. Instants go in aware, in any zone, and come out in UTC.
    """

    code: str
    zone: str
    week: Week
    holidays: frozenset[date] = frozenset()
    variants: tuple[Variant, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)
    _years: dict[int, Year] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "_hash", hash((self.code, self.zone, self.week, self.holidays, self.variants)))

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def round_the_clock(cls, zone: str, code: str = "round-the-clock") -> Calendar:
        """A calendar that never closes; each of its local days is a working day, from midnight to midnight."""
        return cls(code, zone, ROUND_THE_CLOCK)

    @property
    def never_closes(self) -> bool:
        """True for a calendar that is open day and night, the whole year."""
        return self.week == ROUND_THE_CLOCK and not self.holidays and not self.variants

    def spans_on(self, day: date) -> Day:
        """The spans that open on a local day; none on a holiday."""
        return () if day in self.holidays else self.ordinarily(day)

    def is_open(self, at: datetime) -> bool:
        """Whether working time runs at this instant; at the instant of closing it no longer does."""
        moment = moment_of(at)
        year = self._year_of(moment, at)
        return year.is_open(moment)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself while open, else the next instant at which the calendar opens."""
        moment = moment_of(at)
        year = self._year_of(moment, at)
        if year.is_open(moment):
            return at.astimezone(UTC)
        following = bisect_right(year.opens, moment)
        return instant_of(year.opens[following] if following < len(year.opens) else self._after(year).opens[0])

    def add(self, at: datetime, working: timedelta) -> datetime:
        """The earliest instant at which this much working time has run since `at`.

        Time that ends exactly with the day gives its close, not the next opening. Nothing to add gives `at`, open or
        not. ValueError for less than nothing.
        """
        left = working // MICROSECOND
        if left <= 0:
            if left < 0:
                raise ValueError("working time can only be added")
            return at.astimezone(UTC)
        moment = moment_of(at)
        year = self._year_of(moment, at)
        left += year.worked_until(moment)
        while left > year.worked[-1]:
            left -= year.worked[-1]
            year = self._after(year)
        span = bisect_left(year.worked, left)
        return instant_of(year.closes[span] - (year.worked[span] - left))

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from `a` until `b`; nothing if `b` is not later."""
        start, end = moment_of(a), moment_of(b)
        if end <= start:
            return timedelta(0)
        year, last = self._year_of(start, a), self._year_of(end, b)
        worked = -year.worked_until(start)
        while year.number < last.number:
            worked += year.worked[-1]
            year = self._after(year)
        return (worked + last.worked_until(end)) * MICROSECOND

    def changes(self, a: datetime, b: datetime) -> Iterator[datetime]:
        """The instants between `a` and `b`, both left out, at which it opens or closes."""
        start, end = moment_of(a), moment_of(b)
        year, last = self._year_of(start, a), self._year_of(end, b)
        while year.number <= last.number:
            yield from (instant_of(m) for m in (*year.opens, *year.closes) if start < m < end)
            year = self._after(year)

    def close_of_nth_day(self, at: datetime, n: int) -> datetime:
        """The close of the nth working day after the working day on which `at` begins; ValueError if n is below 1.

        What begins outside office hours begins at the next opening, and the instant of closing is outside: one day
        from Tuesday's close begins on Wednesday and ends at Thursday's close. A night span counts for the day it opens
        on. Round the clock, working days are calendar days and end at local midnight.
        """
        if n < 1:
            raise ValueError("a number of days begins at 1")
        begins = self.next_opening(at)
        moment = moment_of(begins)
        year = self._year_of(moment, begins)
        day = bisect_right(year.mornings, moment) - 1 + n
        while day >= len(year.evenings):
            day -= len(year.evenings)
            year = self._after(year)
        return instant_of(year.evenings[day])

    def end_of_nth_calendar_day(self, at: datetime, n: int) -> datetime:
        """The local midnight that ends the nth calendar day after the one on which `at`, or else the next opening, lies."""
        if n < 1:
            raise ValueError("a number of days begins at 1")
        begins = self.next_opening(at).astimezone(ZoneInfo(self.zone)).date()
        return instant_of(_midnight(self.zone, begins + (n + 1) * ONE_DAY))

    def ordinarily(self, day: date) -> Day:
        """The spans that would open on a local day were it no holiday."""
        week = next((variant.week for variant in self.variants if variant.first <= day <= variant.last), self.week)
        return week[day.weekday()]

    def _year_of(self, moment: int, at: datetime) -> Year:
        """The compiled year whose first opening is the last one not after the moment."""
        year = self._year((at + FURTHEST).year)
        while not year.opens or moment < year.opens[0]:
            year = self._year(year.number - 1)
        return year

    def _after(self, year: Year) -> Year:
        following = self._year(year.number + 1)
        while not following.opens:
            following = self._year(following.number + 1)
        return following

    def _year(self, number: int) -> Year:
        """A compiled year, kept with the calendar: to find it by comparing whole calendars costs more than to use it."""
        kept = self._years.get(number)
        if kept is None:
            kept = self._years[number] = _year(self, number)
        return kept


@lru_cache(maxsize=4096)
def _midnight(zone: str, day: date) -> int:
    return wall(ZoneInfo(zone), day, 0)


@lru_cache(maxsize=512)
def _year(calendar: Calendar, number: int) -> Year:
    return compiled(number, ZoneInfo(calendar.zone), calendar.spans_on)


def _check(calendar: Calendar) -> None:
    try:
        ZoneInfo(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCalendar("zone", f"{calendar.zone!r} is no time zone; write one like Asia/Kolkata") from None
    check_week(calendar.week, "hours")
    if calendar.week == CLOSED:
        raise NoOpenTime("hours", "the ordinary week never opens")
    last = date.min
    for number, variant in enumerate(calendar.variants):
        _check_variant(calendar, variant, last, f"variants.{number}")
        last = variant.last


def _check_variant(calendar: Calendar, variant: Variant, after: date, key: str) -> None:
    check_week(variant.week, f"{key}.hours")
    if variant.last < variant.first:
        raise BadCalendar(f"{key}.to", f"{variant.last} lies before {variant.first}")
    if variant.first <= after:
        raise BadCalendar(f"{key}.from", f"{variant.first} lies in or before the variant above it")
    for border in (variant.first - ONE_DAY, variant.last):
        check_night(calendar.ordinarily(border), calendar.ordinarily(border + ONE_DAY), f"{key}.hours")


def calendar_from(code: str, zone: str, written: Mapping[str, object]) -> Calendar:
    """The calendar a profile's table describes; BadCalendar names the key that cannot be.

    Either `round_the_clock = true` alone, or `hours` ({"mon-fri" = ["09:30-13:00"], sat = [...]}; a span like
    "22:00-06:00" runs into the next day), `holidays` (dates) and `variants` ({from, to, hours}, both dates included,
    in order of time; their hours stand for the whole week).
    """
    if written.get("round_the_clock") is True:
        only(written, {"round_the_clock"}, "")
        return Calendar.round_the_clock(zone, code)
    only(written, {"round_the_clock", "hours", "holidays", "variants"}, "")
    week = week_from(table_of(written.get("hours"), "hours"), "hours")
    holidays = frozenset(date_of(day, "holidays") for day in list_of(written.get("holidays", []), "holidays"))
    variants = list_of(written.get("variants", []), "variants")
    return Calendar(code, zone, week, holidays, tuple(_variant(v, f"variants.{n}") for n, v in enumerate(variants)))


def written_calendar(calendar: Calendar) -> dict[str, object]:
    """A calendar as a profile writes it; `calendar_from` with the same code and zone reads it back."""
    if calendar.never_closes:
        return {"round_the_clock": True}
    written: dict[str, object] = {"hours": written_week(calendar.week)}
    if calendar.holidays:
        written["holidays"] = sorted(calendar.holidays)
    if calendar.variants:
        written["variants"] = [
            {"from": v.first, "to": v.last, "hours": written_week(v.week)} for v in calendar.variants
        ]
    return written


def _variant(written: object, key: str) -> Variant:
    table = table_of(written, key)
    only(table, {"from", "to", "hours"}, f"{key}.")
    week = week_from(table_of(table.get("hours"), f"{key}.hours"), f"{key}.hours")
    return Variant(date_of(table.get("from"), f"{key}.from"), date_of(table.get("to"), f"{key}.to"), week)
