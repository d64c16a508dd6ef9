"""Opening hours of a week: spans of local time, their checks, and how a profile writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

DAY: Final = 86400
DAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?[-–] ?([0-9]{1,2}):([0-9]{2})")


class BadCalendar(ValueError):
    """A calendar that cannot be; `key` is the field as a profile names it, `reason` what is wrong with it."""

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        self.reason = reason
        super().__init__(f"{key}: {reason}")


class NoOpenTime(BadCalendar):
    """A calendar whose ordinary week never opens: nothing counted in it would ever end."""


@dataclass(frozen=True, order=True)
class Span:
    """Open from `opens` until just before `closes`, in seconds after local midnight; `closes` over 86400 is past midnight."""

    opens: int
    closes: int

    def __str__(self) -> str:
        closes = self.closes if self.closes <= DAY else self.closes - DAY
        return f"{_written_time(self.opens)}-{_written_time(closes)}"


Day: TypeAlias = tuple[Span, ...]
Week: TypeAlias = tuple[Day, Day, Day, Day, Day, Day, Day]

CLOSED: Final[Week] = ((), (), (), (), (), (), ())
ROUND_THE_CLOCK: Final[Week] = ((Span(0, DAY),),) * 7


def check_week(week: Week, key: str) -> None:
    """BadCalendar naming the day if a span is impossible, or spans are out of order or overlap, also into the next day."""
    if len(week) != 7:
        raise BadCalendar(key, f"a week has seven days, not {len(week)}")
    for name, spans in zip(DAY_NAMES, week, strict=True):
        check_day(spans, f"{key}.{name}")
    for number, name in enumerate(DAY_NAMES):
        check_night(week[number], week[(number + 1) % 7], f"{key}.{name}")


def check_day(spans: Day, key: str) -> None:
    """BadCalendar if a span of a day is impossible or begins before the one before it ends."""
    for span in spans:
        if not _possible(span):
            raise BadCalendar(key, f"{span.opens} to {span.closes} seconds after midnight is no span in whole minutes")
    for earlier, later in pairwise(spans):
        if later.opens < earlier.closes:
            raise BadCalendar(key, f"{later} overlaps {earlier} or stands before it")


def check_night(day: Day, following: Day, key: str) -> None:
    """BadCalendar if a day is still open when the day after it opens."""
    if day and following and day[-1].closes > following[0].opens + DAY:
        raise BadCalendar(key, f"{day[-1]} overlaps {following[0]} of the day after")


def _possible(span: Span) -> bool:
    shorter_than_a_day = 0 < span.closes - span.opens < DAY or span == Span(0, DAY)
    return shorter_than_a_day and 0 <= span.opens < DAY and span.opens % 60 == span.closes % 60 == 0


def week_from(hours: Mapping[str, object], key: str) -> Week:
    """The week of a table like {"mon-fri" = ["09:30-13:00", "14:00-17:30"]}; days not named are closed. BadCalendar if unclear."""
    days: dict[int, Day] = {}
    for name, written in hours.items():
        for number in _days_named(name, f"{key}.{name}"):
            if number in days:
                raise BadCalendar(f"{key}.{name}", f"{DAY_NAMES[number]} is given twice")
            days[number] = _spans(written, f"{key}.{name}")
    mon, tue, wed, thu, fri, sat, sun = (days.get(number, ()) for number in range(7))
    return (mon, tue, wed, thu, fri, sat, sun)


def written_week(week: Week) -> dict[str, list[str]]:
    """A week as a profile writes it, one entry for each open day; `week_from` reads it back."""
    return {name: [str(span) for span in spans] for name, spans in zip(DAY_NAMES, week, strict=True) if spans}


def _days_named(name: str, key: str) -> Iterable[int]:
    ends = name.lower().replace(" ", "").split("-")
    if len(ends) > 2 or any(end not in DAY_NAMES for end in ends):
        raise BadCalendar(key, f"write a day ({', '.join(DAY_NAMES)}) or days like mon-fri")
    first, last = DAY_NAMES.index(ends[0]), DAY_NAMES.index(ends[-1])
    return ((first + step) % 7 for step in range((last - first) % 7 + 1))


def _spans(written: object, key: str) -> Day:
    if isinstance(written, str) or not isinstance(written, Sequence):
        raise BadCalendar(key, 'write a list of spans like ["09:30-13:00", "14:00-17:30"]')
    return tuple(_span(span, key) for span in written)


def _span(written: object, key: str) -> Span:
    match = _SPAN.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        raise BadCalendar(key, f"{written!r} is no span; write 09:30-13:00")
    opens, closes = _seconds(match[1], match[2], key), _seconds(match[3], match[4], key)
    if opens in (closes, DAY):
        raise BadCalendar(key, f"{written!r} has no length; a whole day is 00:00-24:00")
    return Span(opens, closes if closes > opens else closes + DAY)


def _seconds(hours: str, minutes: str, key: str) -> int:
    seconds = int(hours) * 3600 + int(minutes) * 60
    if int(minutes) > 59 or seconds > DAY:
        raise BadCalendar(key, f"{hours}:{minutes} is no time of day")
    return seconds


def _written_time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
