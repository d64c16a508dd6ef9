"""Instants, spans and numbers as people say them: part of the day in words, weekday before date, Latin digits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from babel.dates import get_day_names, get_month_names
from markupsafe import Markup, escape

from languages.catalog import SOURCE, current, direction, gettext, ngettext, pgettext, use
from rules.durations import Duration, Unit

_ = gettext

LEFT_TO_RIGHT, END_OF_ISOLATE = "\u2066", "\u2069"
RIGHT_TO_LEFT_MARKS = str.maketrans(",;", "\u060c\u061b")
EVENING_AND_NIGHT = {"en": (17, 21), "hi": (16, 20), "ur": (16, 20)}
"""The hours at which people begin to say evening, and night."""


def when(at: datetime, zone: tzinfo, language: str | None = None, now: datetime | None = None) -> str:
    """`at` in full: "Tuesday 23 November, 5:30 in the evening"; with `now`, "today, Tuesday, 5:30 in the evening".

    Midnight belongs to the day it ends. The year is said only when `now` is given and lies in another one.
    """
    with use(language):
        return _("%(day)s, %(clock)s", day=day(at, zone, now=now), clock=clock(at, zone))


def clock(at: datetime, zone: tzinfo, language: str | None = None) -> str:
    """The time of the day: "5:30 in the evening"."""
    local = at.astimezone(zone)
    with use(language):
        return _part_of_day(local.hour, local.minute)


def between(
    start: datetime, end: datetime, zone: tzinfo, language: str | None = None, now: datetime | None = None
) -> str:
    """A span of one day in full: "Monday 23 November, 10 in the morning to 1 in the afternoon"."""
    with use(language):
        return _(
            "%(day)s, %(start)s to %(end)s",
            day=day(start, zone, now=now),
            start=clock(start, zone),
            end=clock(end, zone),
        )


def day(at: datetime, zone: tzinfo, language: str | None = None, now: datetime | None = None) -> str:
    """The day: "Tuesday 23 November"; with `now`, "today, Tuesday" and "tomorrow, Wednesday"."""
    local = _day_of(at, zone)
    today = None if now is None else now.astimezone(zone).date()
    with use(language):
        weekday = get_day_names("wide", locale=current())[local.weekday()]
        near = _near(local, today)
        if near:
            return _("%(near)s, %(weekday)s", near=near, weekday=weekday)
        return _("%(weekday)s %(date)s", weekday=weekday, date=_date(local, today))


def date_of(at: datetime, zone: tzinfo) -> str:
    """A date in full: "1 June 2027"."""
    local = at.astimezone(zone)
    return f"{local.day} {get_month_names('wide', locale=current())[local.month]} {local.year}"


def end_of_day(now: datetime, zone: tzinfo) -> datetime:
    """The instant at which "today" stops being true: the next local midnight."""
    following = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(following, time.min, tzinfo=zone).astimezone(UTC)


def _day_of(at: datetime, zone: tzinfo) -> date:
    """The local date `at` counts to; midnight counts to the day it ends."""
    local = at.astimezone(zone)
    midnight = (local.hour, local.minute) == (0, 0)
    return local.date() - timedelta(days=1) if midnight else local.date()


def _near(local: date, today: date | None) -> str | None:
    if today is None:
        return None
    if local == today:
        return _("today")
    if local == today + timedelta(days=1):
        return _("tomorrow")
    # Hindi and Urdu have one word for tomorrow and yesterday: there the date is said.
    return "yesterday" if local == today - timedelta(days=1) and current() == SOURCE else None


def _date(local: date, today: date | None) -> str:
    words = f"{local.day} {get_month_names('wide', locale=current())[local.month]}"
    return words if today is None or today.year == local.year else f"{words} {local.year}"


def _part_of_day(hour: int, minute: int) -> str:
    evening, night = EVENING_AND_NIGHT[current()]
    said = f"{(hour - 1) % 12 + 1}:{minute:02}" if minute else f"{(hour - 1) % 12 + 1}"
    if hour == 0 and minute == 0:
        return _("12 midnight")
    if hour < 4:
        return _("%(time)s after midnight", time=said)
    if hour < 12:
        return _("%(time)s in the morning", time=said)
    if hour == 12 and minute == 0:
        return _("12 noon")
    if hour < evening:
        return _("%(time)s in the afternoon", time=said)
    if hour < night:
        return _("%(time)s in the evening", time=said)
    return _("%(time)s at night", time=said)


def span(length: timedelta, language: str | None = None, *, short: bool = False) -> str:
    """A length of time in its two largest units: "2 hours 5 minutes", short "2 h 5 min"; below a minute, seconds.

    The sign is left out: the sentence around it says "left" or "late".
    """
    seconds = int(abs(length).total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    with use(language):
        if days:
            return _two(_days(days), _hours(hours % 24, short) if hours % 24 else "")
        if hours:
            return _two(_hours(hours, short), _minutes(minutes % 60, short) if minutes % 60 else "")
        return _minutes(minutes, short) if minutes else _seconds(seconds, short)


def _two(larger: str, smaller: str) -> str:
    return f"{larger} {smaller}" if smaller else larger


def _days(number: int) -> str:
    return ngettext("%(num)d day", "%(num)d days", number)


def _hours(number: int, short: bool) -> str:
    return _("%(num)d h", num=number) if short else ngettext("%(num)d hour", "%(num)d hours", number)


def _minutes(number: int, short: bool) -> str:
    return _("%(num)d min", num=number) if short else ngettext("%(num)d minute", "%(num)d minutes", number)


def _seconds(number: int, short: bool) -> str:
    return _("%(num)d s", num=number) if short else ngettext("%(num)d second", "%(num)d seconds", number)


def duration(allowed: Duration, language: str | None = None) -> str:
    """A time allowed, as set in the timings: "2 working days", "90 minutes", "4 hours"."""
    with use(language):
        match allowed.unit:
            case Unit.SECONDS:
                return _seconds(allowed.amount, False)
            case Unit.MINUTES:
                return _minutes(allowed.amount, False)
            case Unit.HOURS:
                return _hours(allowed.amount, False)
            case Unit.DAYS:
                return _days(allowed.amount)
            case Unit.WORKING_DAYS:
                return ngettext("%(num)d working day", "%(num)d working days", allowed.amount)


def due_in(due: datetime, now: datetime, language: str | None = None) -> str:
    """How a due instant stands, for queues: "Due in 40 min" or "Overdue by 2 h"."""
    with use(language):
        words = span(due - now, short=True)
        return _("Overdue by %(span)s", span=words) if due <= now else _("Due in %(span)s", span=words)


def ago(at: datetime, now: datetime, language: str | None = None) -> str:
    """How long ago: "5 min ago"; "just now" below a minute."""
    with use(language):
        if now - at < timedelta(minutes=1):
            return pgettext("time", "just now")
        return _("%(span)s ago", span=span(now - at, short=True))


def joined(items: Iterable[str], mark: str = ", ") -> str:
    """Several things in a row, with the comma or semicolon of the language in use."""
    return (mark.translate(RIGHT_TO_LEFT_MARKS) if direction() == "rtl" else mark).join(items)


def isolate(text: str, language: str | None = None) -> str:
    """A number in a plain text, kept from turning round: isolated left to right where the language runs the other way."""
    if direction(language) == "ltr":
        return text
    return f"{LEFT_TO_RIGHT}{text}{END_OF_ISOLATE}"


def bdi(text: object) -> Markup:
    """A number on a page, kept from turning round in any language; `text` is escaped."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(escape(text))


def reference(number: str) -> str:
    """A reference number as shown, 4-4-1: "4827-1936-0"; anything else unchanged. Wrap it in `bdi` or `isolate`."""
    return f"{number[:4]}-{number[4:8]}-{number[8]}" if len(number) == 9 else number


def inside(title: str) -> str:
    """A title within a sentence: "Service manager" becomes "service manager" in English; names and shorthand stay."""
    first = title.partition(",")[0]
    return title[0].lower() + title[1:] if current() == SOURCE and first[1:].islower() else title
