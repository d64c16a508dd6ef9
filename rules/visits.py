"""Visits: which slots are free at an office, as three dates to choose from."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.calendar import Calendar
from rules.procedure import Slots

OFFERED = 3
A_YEAR = 366
"""How many days ahead is looked where nothing is free before."""


@dataclass(frozen=True)
class Slot:
    """One visit that can be made; `key` is what a request takes."""

    key: str
    start: datetime
    end: datetime


def offers(slots: Slots, calendar: Calendar, at: datetime, office: str, taken: Container[str]) -> list[Slot]:
    """Three free slots on different days from the next working day on, mornings and afternoons in turn.

    Fewer if there are fewer as far ahead as visits are usually made; where there are none, the next free ones after that.
    """
    near = _offers(slots, _days(calendar, at, range(1, slots.days_ahead + 1)), calendar, office, taken)
    return near or _offers(slots, _days(calendar, at, range(slots.days_ahead + 1, A_YEAR)), calendar, office, taken)


def _offers(
    slots: Slots, days: Iterator[datetime], calendar: Calendar, office: str, taken: Container[str]
) -> list[Slot]:
    found: list[Slot] = []
    for day in days:
        free = [slot for span in slots.spans for slot in _free(day, span, calendar, office, slots.at_once, taken)]
        if free:
            found.append(free[len(found) % len(free)])
        if len(found) == OFFERED:
            break
    return found


def _days(calendar: Calendar, at: datetime, days_ahead: range) -> Iterator[datetime]:
    local = at.astimezone(ZoneInfo(calendar.zone))
    for ahead in days_ahead:
        day = datetime.combine(local.date() + timedelta(days=ahead), time(), local.tzinfo)
        if calendar.spans_on(day.date()):
            yield day


def _free(day: datetime, span: str, calendar: Calendar, office: str, at_once: int, taken: Container[str]) -> list[Slot]:
    first, last = (time.fromisoformat(part) for part in span.split("-"))
    start, end = (datetime.combine(day.date(), part, day.tzinfo).astimezone(UTC) for part in (first, last))
    keys = (f"{office}/{start:%Y-%m-%dT%H:%MZ}/{place}" for place in range(1, at_once + 1))
    return [Slot(key, start, end) for key in keys if key not in taken][:1]
