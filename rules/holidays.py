"""Holidays of a policy: one day closed in a zone or everywhere, calendars that never open again, a change taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from rules.calendar import Calendar
from rules.hours import BadCalendar
from rules.policy import Own, Policy

ONE_DAY = timedelta(days=1)
LONGEST_CLOSED = 31
"""Days a calendar may stay closed without a break."""
FROM_MONTH = 10
"""From this month on the holidays of the next year are missed."""
MOST_HOLIDAYS = 2_000
"""Days one calendar may have in all: two a week for twenty years."""


def check_closed(calendar: Calendar) -> None:
    """BadCalendar where holidays or other hours keep a calendar closed for longer than a month: a list that never ends."""
    if len(calendar.holidays) > MOST_HOLIDAYS:
        raise BadCalendar("holidays", f"{len(calendar.holidays)} days are more than {MOST_HOLIDAYS}")
    for first in _closing(calendar):
        length = next((n for n in range(LONGEST_CLOSED + 1) if calendar.spans_on(first + n * ONE_DAY)), None)
        if length is None:
            key = "holidays" if calendar.ordinarily(first) or first in calendar.holidays else "variants"
            raise BadCalendar(key, f"from {first} on it is closed for more than {LONGEST_CLOSED} days")


def _closing(calendar: Calendar) -> Iterator[date]:
    """Days with which a longer time of closed days may begin."""
    for day in sorted(calendar.holidays | {variant.first for variant in calendar.variants}):
        if calendar.spans_on(day - ONE_DAY):
            yield day


class Few(NamedTuple):
    """A calendar with few holidays in the next year: how many this year has, and how many that one."""

    code: str
    these: int
    next: int


def few_next_year(policy: Policy, today: date) -> list[Few]:
    """From October on: the calendars that have less than half as many holidays in the next year as in this one.

    The fixed ones of a profile may be there for years; those that are announced each year are what is missing then.
    """
    if today.month < FROM_MONTH:
        return []
    years = {code: Counter(day.year for day in one.holidays) for code, one in policy.calendars.items()}
    found = [Few(code, many[today.year], many[today.year + 1]) for code, many in years.items()]
    return [one for one in found if 2 * one.next < one.these]


def closed_on(policy: Policy, day: date, zone: str | None, offices: Mapping[str, str]) -> Policy:
    """The policy with one more holiday in every calendar that closes: in one zone with its offices, or everywhere.

    `offices` has the zone of each office.
    """
    calendars, sites = dict(policy.calendars), dict(policy.sites)
    for code, calendar in policy.calendars.items():
        if calendar.never_closes:
            continue
        if zone is None:
            calendars[code] = _with(calendar, day)
        else:
            sites[code, "zones", zone] = _with(sites.get((code, "zones", zone), calendar), day)
    for own, calendar in policy.sites.items():
        inside = zone is None or (own[1] == "offices" and offices.get(own[2]) == zone)
        if inside and not calendar.never_closes:
            sites[own] = _with(calendar, day)
    return replace(policy, calendars=calendars, sites=needed(calendars, sites))


def _with(calendar: Calendar, day: date) -> Calendar:
    return replace(calendar, holidays=calendar.holidays | {day})


def needed(calendars: Mapping[str, Calendar], sites: Mapping[Own, Calendar]) -> dict[Own, Calendar]:
    """The calendars of zones and offices that are needed: those that differ from the general calendar, and offices whatever they have: their zone may differ."""
    return {own: one for own, one in sites.items() if own[1] == "offices" or one != calendars[own[0]]}


def with_calendars_of(policy: Policy, other: Policy) -> Policy:
    """The policy with its own times and the calendars of another one, as far as it knows them."""
    general = {code: other.calendars.get(code, one) for code, one in policy.calendars.items()}
    return replace(policy, calendars=general, sites={own: one for own, one in other.sites.items() if own[0] in general})


class ChangedSince(ValueError):
    """What a version changed was changed again since; `key` says what."""

    def __init__(self, key: str) -> None:
        super().__init__(f"changed again since: {key}")
        self.key = key


def without(newest: Policy, after: Policy, before: Policy) -> Policy:
    """`newest` with what `after` changed of `before` as it was in `before`. ChangedSince where that is not as in `after` any more."""
    return replace(newest, **{name: _taken_back(name, newest, after, before) for name in _parts()})


def _parts() -> list[str]:
    return [field.name for field in fields(Policy) if field.name != "version"]


def _taken_back(name: str, newest: Policy, after: Policy, before: Policy) -> Any:
    now, then, was = (getattr(policy, name) for policy in (newest, after, before))
    if not isinstance(then, Mapping):
        if then != was and now != then:
            raise ChangedSince(name)
        return was if then != was else now
    back = dict(now)
    for key in {*then, *was}:
        if then.get(key) == was.get(key):
            continue
        if now.get(key) != then.get(key):
            raise ChangedSince(f"{name} {key if isinstance(key, str) else ' '.join(key)}")
        back.pop(key, None)
        if key in was:
            back[key] = was[key]
    return back
