"""One calendar as a form: the hours of each day, the holidays of a year, other hours between two dates; and back into a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from languages.catalog import gettext as _
from models.holidays import Holiday
from rules.calendar import Calendar, Variant
from rules.holidays import LONGEST_CLOSED, check_closed, needed
from rules.hours import CLOSED, DAY_NAMES, BadCalendar, Day, Week, check_week, week_from
from rules.policy import Policy
from rules.policy_calendars import carried
from web.admin.grid import Edited

BLANK = 2
"""Empty lines offered for days added by hand, and for other hours."""
LONGEST_STRETCH = 31
FIRST, LAST = 2000, 2100
"""The years whose days can be spoken of."""
ONE_DAY = timedelta(days=1)
Typed = Mapping[str, str]


class Which(NamedTuple):
    """The calendar that is edited: its code, and "zones" or "offices" with a code where it is one's own."""

    code: str
    of: str = ""
    one: str = ""

    @property
    def at(self) -> str:
        """Whose it is, as an address says it; "" for the general one."""
        return f"{self.of}.{self.one}" if self.of else ""


@dataclass(frozen=True)
class Marked:
    """A day of the list: whether it is a holiday, and how it is called."""

    day: date
    ticked: bool
    name: str
    estimated: bool
    new: bool


def which(form: Typed, policy: Policy) -> Which | None:
    """The calendar a form or an address means; None where there is none."""
    of, _dot, one = form.get("at", "").partition(".")
    code = form.get("code", "")
    if code not in policy.calendars or policy.calendars[code].never_closes or of not in ("", "zones", "offices"):
        return None
    return Which(code, of, one)


def calendar_now(policy: Policy, what: Which) -> Calendar:
    """The calendar as it is: a zone or an office without its own has the general one."""
    return policy.sites.get((what.code, what.of, what.one)) or policy.calendars[what.code]


def texts(calendar: Calendar, typed: Typed) -> dict[str, str]:
    """The fields that are texts, with what was typed in place of the calendar's own."""
    own = {name: spans_of(day) for name, day in zip(DAY_NAMES, calendar.week, strict=True)} | {"tz": calendar.zone}
    for place, variant in enumerate(calendar.variants):
        own |= {f"other{place}.from": str(variant.first), f"other{place}.to": str(variant.last)}
        own[f"other{place}.hours"] = week_of(variant.week)
    for place in range(len(calendar.variants), len(calendar.variants) + BLANK):
        own |= {f"other{place}.{part}": "" for part in ("from", "to", "hours")}
    for place in range(BLANK):
        own |= {f"add{place}.{part}": "" for part in ("from", "to", "name")}
    return {name: typed.get(name, text) for name, text in own.items()}


def marked(
    calendar: Calendar, year: int, names: Mapping[date, Holiday], found: Mapping[date, Holiday], typed: Typed
) -> list[Marked]:
    """The list of a year: its holidays, and days that were `found` to be added, unless something else was typed."""
    days = {day for day in calendar.holidays if day.year == year} | set(found)
    return [_marked(day, calendar, names.get(day) or found.get(day), typed) for day in sorted(days)]


def _marked(day: date, calendar: Calendar, row: Holiday | None, typed: Typed) -> Marked:
    ticked = f"day.{day}" in typed if "known" in typed else True
    name = row.names.get("", "") if row else ""
    return Marked(day, ticked, name, row is not None and row.open, day not in calendar.holidays)


def spans_of(day: Day) -> str:
    """A day's hours as people write them."""
    return ", ".join(map(str, day))


def week_of(week: Week) -> str:
    """A week in one line: "mon-thu 09:00-14:00; fri 09:00-12:00"."""
    said: list[tuple[str, str, str]] = []
    for name, spans in zip(DAY_NAMES, map(spans_of, week), strict=True):
        if said and said[-1][2] == spans:
            said[-1] = (said[-1][0], name, spans)
        else:
            said.append((name, name, spans))
    return "; ".join(f"{a if a == b else f'{a}-{b}'} {spans}" for a, b, spans in said if spans)


def edit(base: Policy, typed: Typed) -> Edited:
    """`base` with the calendar as it was typed; what is not on the form stays."""
    what = which(typed, base)
    if what is None:
        return Edited(base, {"code": _("There is no such calendar.")})
    errors: dict[str, str] = {}
    now = calendar_now(base, what)
    made = _calendar(now, typed, errors)
    if made is None or errors:
        return Edited(base, errors)
    return Edited(_with(base, what, made), {})


def _with(base: Policy, what: Which, made: Calendar) -> Policy:
    calendars, sites = dict(base.calendars), dict(base.sites)
    if what.of:
        sites[what.code, what.of, what.one] = made
    else:
        sites |= carried(base, what.code, made)
        calendars[what.code] = made
    return replace(base, calendars=calendars, sites=needed(calendars, sites))


def _calendar(now: Calendar, typed: Typed, errors: dict[str, str]) -> Calendar | None:
    week = _week(now, typed, errors)
    zone = _zone(typed.get("tz", now.zone), errors)
    holidays = _holidays(now, typed, errors)
    variants = tuple(sorted(_variants(now, typed, errors)))
    if errors:
        return None
    try:
        made = Calendar(now.code, zone, week, holidays, variants)
        check_closed(made)
    except BadCalendar as wrong:
        errors["other0.from" if wrong.key.startswith("variants") else "holidays"] = _why(wrong)
        return None
    return made


def _why(wrong: BadCalendar) -> str:
    if wrong.key == "holidays":
        return _(
            "It would stay closed for more than %(number)d days. A list of holidays must end.", number=LONGEST_CLOSED
        )
    return _("These other hours cannot be: their dates or hours overlap, or they are closed for too long.")


def _week(now: Calendar, typed: Typed, errors: dict[str, str]) -> Week:
    days = list(now.week)
    for place, name in enumerate(DAY_NAMES):
        if name in typed:
            days[place] = _day(name, typed[name], errors)
    mon, tue, wed, thu, fri, sat, sun = days
    week: Week = (mon, tue, wed, thu, fri, sat, sun)
    if not errors and week == CLOSED:
        errors["mon"] = _("A calendar needs hours on at least one day.")
    if not errors:
        try:
            check_week(week, "")
        except BadCalendar as wrong:
            errors[wrong.key.strip(".")] = _unclear()
    return week


def _unclear() -> str:
    return _("Write hours like 09:30-13:00, 14:00-17:30, one after the other. 22:00-06:00 goes on into the next day.")


def _day(field: str, text: str, errors: dict[str, str]) -> Day:
    try:
        return week_from({"mon": [span.strip() for span in text.split(",") if span.strip()]}, "")[0]
    except BadCalendar:
        errors[field] = _unclear()
        return ()


def _zone(text: str, errors: dict[str, str]) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        errors["tz"] = _("There is no such time zone. Write one like Asia/Kolkata.")
        return "UTC"


def _holidays(now: Calendar, typed: Typed, errors: dict[str, str]) -> frozenset[date]:
    known = {day for text in typed.get("known", "").split() if (day := day_of(text))}
    ticked = {day for day in known if f"day.{day}" in typed}
    return (now.holidays - known) | ticked | frozenset(day for day, _name in added(typed, errors))


def added(typed: Typed, errors: dict[str, str]) -> Iterator[tuple[date, str]]:
    """The days added by hand, with their names."""
    for place in range(BLANK):
        start, end, name = (typed.get(f"add{place}.{part}", "") for part in ("from", "to", "name"))
        if not start and not end:
            continue
        first, last = day_of(start), day_of(end or start)
        if first is None or last is None or last < first:
            errors[f"add{place}.from"] = _("Write both dates, the first one first.")
        elif (last - first).days >= LONGEST_STRETCH:
            most = LONGEST_STRETCH
            errors[f"add{place}.to"] = _("At most %(number)d days at a time: a list of holidays must end.", number=most)
        else:
            yield from ((first + n * ONE_DAY, name) for n in range((last - first).days + 1))


def _variants(now: Calendar, typed: Typed, errors: dict[str, str]) -> Iterator[Variant]:
    for place in range(len(now.variants) + BLANK):
        fields = [f"other{place}.{part}" for part in ("from", "to", "hours")]
        if fields[0] not in typed:
            if place < len(now.variants):
                yield now.variants[place]
            continue
        start, end, hours = (typed.get(field, "") for field in fields)
        if not (start or end or hours):
            continue
        first, last, week = day_of(start), day_of(end), _line(fields[2], hours, errors)
        if first is None or last is None or last < first:
            errors[fields[0]] = _("Write both dates, the first one first.")
        else:
            yield Variant(first, last, week)


def _line(field: str, text: str, errors: dict[str, str]) -> Week:
    days: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _blank, spans = part.partition(" ")
        days[name] = [span.strip() for span in spans.split(",") if span.strip()]
    try:
        week = week_from(days, "")
        check_week(week, "")
    except BadCalendar:
        errors[field] = _("Write them like mon-thu 09:00-14:00; fri 09:00-12:00.")
        return CLOSED
    return week


def day_of(text: str) -> date | None:
    """A date as forms send it; None for anything else, and for what lies too far off."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day.year <= LAST else None
