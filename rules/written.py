"""Parts of a calendar as a profile writes them, each checked and named when it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from rules.hours import BadCalendar


def only(table: Mapping[str, object], known: set[str], prefix: str) -> None:
    """BadCalendar for a key that is not known."""
    for key in table:
        if key not in known:
            raise BadCalendar(f"{prefix}{key}", f"not known here; there is {', '.join(sorted(known))}")


def table_of(written: object, key: str) -> Mapping[str, object]:
    """What is written, if it is a table; BadCalendar otherwise."""
    if not isinstance(written, Mapping):
        raise BadCalendar(key, "is missing or no table")
    return written


def list_of(written: object, key: str) -> Iterable[object]:
    """What is written, if it is a list; BadCalendar otherwise."""
    if isinstance(written, str) or not isinstance(written, Iterable):
        raise BadCalendar(key, "write a list")
    return written


def date_of(written: object, key: str) -> date:
    """A date as TOML or JSON gives it, from 1970 to 2199; BadCalendar for anything else."""
    try:
        day = date.fromisoformat(written) if isinstance(written, str) else written
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime) or not 1970 <= day.year < 2200:
        raise BadCalendar(key, f"{written!r} is no date; write 2026-08-15")
    return day
