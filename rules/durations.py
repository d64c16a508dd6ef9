"""Lengths of time as people write them: 4h, 90 min, 1 hour 30 minutes, 30 days, 2 weeks, 2 working days."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ALLOWED: Final = "5s, 90m, 4 hours, 1h 30m, 30 days, 2 weeks or 2 working days; more than nothing and at most ten years"
LONGEST: Final = datetime.timedelta(days=3660)


class Unit(StrEnum):
    """What an amount counts; the value is how it is written."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "days"
    WORKING_DAYS = "working days"


IN_SECONDS: Final = {Unit.HOURS: 3600, Unit.MINUTES: 60, Unit.SECONDS: 1}
A_WEEK: Final = 7
_BETWEEN = "(?:,? and |, ?| ?)"
_CLOCK = re.compile(
    r"(?=[0-9])(?:([0-9]{1,9}) ?(?:h|hrs?|hours?))?"
    rf"(?:{_BETWEEN}([0-9]{{1,9}}) ?(?:m|mins?|minutes?))?"
    rf"(?:{_BETWEEN}([0-9]{{1,9}}) ?(?:s|secs?|seconds?))?"
)
_DAYS = re.compile(r"([0-9]{1,9}) ?((?:working )?day|week)s?")


class BadDuration(ValueError):
    """A text or an amount that is no length of time; `text` is what was given, `allowed` what would do."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.allowed = ALLOWED
        super().__init__(f"{text!r} is no length of time; write for example {ALLOWED}")


@dataclass(frozen=True)
class Duration:
    """An amount of one unit, above nothing and at most ten years; BadDuration otherwise. `str` writes it, `parse` reads it."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 < self.amount * IN_SECONDS.get(self.unit, 86400) <= LONGEST.total_seconds():
            raise BadDuration(self._written())

    def __str__(self) -> str:
        return self._written()

    @property
    def timedelta(self) -> datetime.timedelta:
        """The length of seconds, minutes or hours; ValueError for days, whose length only a calendar knows."""
        if self.unit not in IN_SECONDS:
            raise ValueError(f"only a calendar knows how long {self} are")
        return datetime.timedelta(seconds=self.amount * IN_SECONDS[self.unit])

    def _written(self) -> str:
        if self.unit in IN_SECONDS:
            return f"{self.amount}{self.unit}"
        return f"{self.amount} {self.unit.removesuffix('s') if self.amount == 1 else self.unit}"


def parse(text: str) -> Duration:
    """The duration a text means, in the smallest unit it names ("1h 30m" is 90 minutes); BadDuration if it means none.

    A week is seven days. "2d" is refused: beside times in working days nobody could say which days it means.
    """
    plain = " ".join(text.lower().split())
    if days := _DAYS.fullmatch(plain):
        unit = Unit.WORKING_DAYS if days[2] == "working day" else Unit.DAYS
        return _of(int(days[1]) * (A_WEEK if days[2] == "week" else 1), unit, text)
    clock = _CLOCK.fullmatch(plain)
    named = [(unit, part) for unit, part in zip(IN_SECONDS, clock.groups(), strict=True) if part] if clock else []
    if not named:
        raise BadDuration(text)
    smallest = named[-1][0]
    seconds = sum(int(part) * IN_SECONDS[unit] for unit, part in named)
    return _of(seconds // IN_SECONDS[smallest], smallest, text)


def _of(amount: int, unit: Unit, text: str) -> Duration:
    try:
        return Duration(amount, unit)
    except BadDuration:
        raise BadDuration(text) from None
