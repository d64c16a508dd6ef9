"""The calendars of a policy as TOML: one table each, and inside it one for a zone or an office whose hours or holidays differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from rules.calendar import BadCalendar, Calendar, calendar_from, written_calendar
from rules.holidays import check_closed, needed
from rules.policy import Own, Policy
from rules.toml_table import Table
from rules.written import date_of, list_of

SITES = ("zones", "offices")
"""The tables inside a calendar's: those who have one of their own."""


@dataclass(frozen=True)
class Surroundings:
    """What a policy is read against: the zone of calendars that name none, the utility's holidays, what codes there are.

    `categories` None: those of the base, or any where there is no base. `sites` None: any zone and office.
    `reasons` are those for which the consumer may be waited for; None: any.
    """

    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    categories: Collection[str] | None = None
    sites: Mapping[str, Collection[str]] | None = None
    reasons: Collection[str] | None = None


@dataclass(frozen=True)
class Calendars:
    """What was read; a calendar of `broken` was given and cannot be."""

    general: Mapping[str, Calendar]
    sites: Mapping[Own, Calendar]
    broken: Collection[str]


def read_calendars(top: Table, start: Policy, surroundings: Surroundings) -> Calendars:
    """The calendars of a document over those of `start`: a zone or an office keeps what differs from the general one."""
    general, sites, broken = dict(start.calendars), dict(start.sites), set()
    for code, table in top.tables():
        own = {of: table.table(of, False) for of in SITES}
        written = {key: table.value(key) for key in table.content if key not in SITES}
        before = start.calendars.get(code)
        read = before if before and not written else _calendar(code, written, table, surroundings)
        if read is None:
            broken.add(code)
            continue
        general[code] = read
        sites |= carried(start, code, read)
        for of, tables in own.items():
            sites |= _sites(code, of, tables, read, surroundings)
    return Calendars(general, needed(general, sites), broken)


def carried(start: Policy, code: str, now: Calendar) -> dict[Own, Calendar]:
    """The calendars of zones and offices over a general one that changed: what differed before still does."""
    before = start.calendars.get(code, now)
    return {own: merged(now, difference(before, one)) for own, one in start.sites.items() if own[0] == code}


def difference(general: Calendar, own: Calendar) -> dict[str, object]:
    """What a zone's or an office's calendar says otherwise, as a file writes it."""
    written: dict[str, object] = {}
    plain, usual = written_calendar(own), written_calendar(general)
    if plain.get("hours") != usual.get("hours") or own.never_closes != general.never_closes:
        written |= {key: plain[key] for key in ("hours", "round_the_clock") if key in plain}
    if own.holidays - general.holidays:
        written["holidays"] = sorted(own.holidays - general.holidays)
    if general.holidays - own.holidays:
        written["working"] = sorted(general.holidays - own.holidays)
    if own.variants != general.variants:
        written["variants"] = plain.get("variants", [])
    return written


def merged(general: Calendar, own: Mapping[str, object]) -> Calendar:
    """The general calendar with what a zone or an office says otherwise. BadCalendar names the key that cannot be."""
    if own.get("round_the_clock") is True:
        return calendar_from(general.code, general.zone, own)
    usual = written_calendar(general)
    if "hours" in own and general.never_closes:
        usual = {}
    working = frozenset(date_of(day, "working") for day in list_of(own.get("working", []), "working"))
    more = frozenset(date_of(day, "holidays") for day in list_of(own.get("holidays", []), "holidays"))
    rest = {key: value for key, value in own.items() if key not in ("working", "holidays")}
    read = calendar_from(general.code, general.zone, usual | rest)
    return replace(read, holidays=(general.holidays - working) | more) if working or more else read


def written_calendars(policy: Policy) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    """The path below [calendar] and the pairs of every table, zones and offices with what differs."""
    for code, calendar in policy.calendars.items():
        yield (code,), {"zone": calendar.zone, **written_calendar(calendar)}
        for own, one in policy.sites.items():
            if own[0] == code:
                yield own, difference(calendar, one)


def _calendar(code: str, written: dict[str, object], table: Table, surroundings: Surroundings) -> Calendar | None:
    zone = written.pop("zone", surroundings.zone)
    if written.get("holidays") == "utility":
        written["holidays"] = sorted(surroundings.holidays)
    try:
        ZoneInfo(zone)  # type: ignore[arg-type]  # what is no text is refused like a text that is no zone
    except (ValueError, TypeError, OSError, LookupError, AttributeError):
        table.wrong("zone", f"{zone!r} is no time zone; write one like Asia/Kolkata")
        return None
    try:
        calendar = calendar_from(code, str(zone), written)
        check_closed(calendar)
    except BadCalendar as error:
        table.findings.wrong((*table.path, *error.key.split(".")), error.reason)
        return None
    return calendar


def _sites(code: str, of: str, tables: Table, general: Calendar, around: Surroundings) -> dict[Own, Calendar]:
    found: dict[Own, Calendar] = {}
    for name, table in tables.tables():
        if around.sites is not None and name not in around.sites[of]:
            table.wrong("", f"there is no {of[:-1]} {name!r}")
            continue
        try:
            found[code, of, name] = merged(general, {key: table.value(key) for key in table.content})
            check_closed(found[code, of, name])
        except BadCalendar as error:
            table.findings.wrong((*table.path, *error.key.split(".")), error.reason)
    return found
