"""What says that the clock can be trusted: what is watched, within which bounds, and when a mail is due about it."""

# ruff: noqa: RUF009 (bound() is dataclasses.field() with a default that cannot change)
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rules.durations import BadDuration, Duration, Unit, parse

MOST_ADDRESSES = 10


class Watched(StrEnum):
    """What is watched; each has a bound of the same name."""

    LATENESS = "lateness"
    OVERDUE = "overdue"
    NOT_STARTED = "not_started"
    UNANSWERED = "unanswered"
    OUTBOX = "outbox"
    WORKERS = "workers"
    HEALED = "healed"


class OutOfBounds(ValueError):
    """A text is no value of a bound; `at_least` and `at_most` are the ends of what would do."""

    def __init__(self, at_least: Duration | int, at_most: Duration | int) -> None:
        self.at_least = at_least
        self.at_most = at_most
        super().__init__(f"from {at_least} to {at_most}")


def bound(default: Duration | int, at_least: Duration | int, at_most: Duration | int) -> Any:
    """A field of Bounds with its own bounds, both allowed."""
    return field(default=default, metadata={"at_least": at_least, "at_most": at_most})


def seconds(amount: int) -> Duration:
    """That many seconds."""
    return Duration(amount, Unit.SECONDS)


def minutes(amount: int) -> Duration:
    """That many minutes."""
    return Duration(amount, Unit.MINUTES)


DAY = Duration(24, Unit.HOURS)


@dataclass(frozen=True)
class Bounds:
    """How far each may go: at most so late or so old, at least so many workers, at most so many rows healed in an hour.

    `lateness`: of 99 in 100 timers of the last hour. `apart`: how far apart two mails lie at least.
    """

    lateness: Duration = bound(minutes(1), seconds(1), DAY)
    overdue: Duration = bound(minutes(1), seconds(15), DAY)
    not_started: Duration = bound(minutes(1), seconds(15), DAY)
    unanswered: Duration = bound(minutes(1), seconds(15), DAY)
    outbox: Duration = bound(minutes(5), seconds(30), DAY)
    workers: int = bound(1, 1, 1000)
    healed: int = bound(0, 0, 100_000)
    apart: Duration = bound(minutes(15), minutes(1), DAY)

    def limit(self, what: Watched) -> float:
        """A bound as a number: seconds, workers, rows."""
        value: Duration | int = getattr(self, what.value)
        return value.timedelta.total_seconds() if isinstance(value, Duration) else value


def settings() -> Iterator[Field[Any]]:
    """The fields of Bounds; `metadata` has `at_least` and `at_most`."""
    return iter(fields(Bounds))


def read(setting: Field[Any], text: str) -> Duration | int:
    """The value a text means for a field of Bounds; BadDuration when it is no length of time, OutOfBounds otherwise."""
    least, most = setting.metadata["at_least"], setting.metadata["at_most"]
    value: Duration | int
    if isinstance(setting.default, Duration):
        value = parse(text)
        if value.unit in (Unit.DAYS, Unit.WORKING_DAYS):
            raise OutOfBounds(least, most)
        within = least.timedelta <= value.timedelta <= most.timedelta
    else:
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            raise OutOfBounds(least, most)
        value = int(text)
        within = least <= value <= most
    if not within:
        raise OutOfBounds(least, most)
    return value


def bounds_of(kept: Mapping[str, Any]) -> Bounds:
    """The bounds as they were kept, each as it is written; what is missing or no longer allowed has its default."""
    found: dict[str, Duration | int] = {}
    for setting in settings():
        try:
            found[setting.name] = read(setting, str(kept[setting.name]))
        except (KeyError, BadDuration, OutOfBounds):
            continue
    return Bounds(**found)  # type: ignore[arg-type]


def broken(values: Mapping[Watched, float | None], bounds: Bounds) -> frozenset[Watched]:
    """Which bounds are broken. None is nothing there to be late, and good."""
    return frozenset(what for what, value in values.items() if value is not None and _beyond(what, value, bounds))


def _beyond(what: Watched, value: float, bounds: Bounds) -> bool:
    limit = bounds.limit(what)
    return value < limit if what is Watched.WORKERS else value > limit


@dataclass(frozen=True)
class News:
    """What a mail says: what broke, what is well again, and what was told before and is still broken."""

    broken: frozenset[Watched]
    well: frozenset[Watched]
    still: frozenset[Watched]


def news(
    told: frozenset[Watched], now_broken: frozenset[Watched], last: datetime | None, now: datetime, apart: timedelta
) -> News | None:
    """The mail that is due; None when nothing differs from what was `told`, or the `last` one is not long enough ago."""
    if told == now_broken or (last is not None and now - last < apart):
        return None
    return News(now_broken - told, told - now_broken, told & now_broken)
