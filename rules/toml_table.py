"""Reading a document without giving up at the first fault: every fault is collected with its key and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rules.durations import BadDuration, Duration
from rules.durations import parse as parse_duration
from rules.policy import Problem, about
from rules.toml_text import Path, line_of


class Findings:
    """What is wrong with a document so far."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []

    def wrong(self, path: Path, reason: str) -> None:
        """Note a fault at a key."""
        self.problems.append(Problem(".".join(path), line_of(self.lines, path), reason))

    def in_order(self) -> list[Problem]:
        """The findings from the top of the file down."""
        return sorted(self.problems, key=lambda problem: problem.line or 0)


class Table:
    """One table of a document. What is asked for and missing or of another kind is a finding, and a harmless value given."""

    def __init__(self, content: Mapping[str, Any], path: Path, findings: Findings) -> None:
        self.content = content
        self.path = path
        self.findings = findings
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def wrong(self, key: str, reason: str) -> None:
        """Note a fault at a key of this table ("" for the table itself)."""
        self.findings.wrong((*self.path, key) if key else self.path, reason)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; `default` where it is left out, a finding if there is none."""
        value = self._take(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        if key in self.content:
            self.wrong(key, "is no text" if value != "" else "is empty")
        return default or ""

    def choice(self, key: str, choices: Mapping[str, Any] | tuple[str, ...], default: str | None = None) -> str:
        """A text that is one of the choices; the first of them after a finding."""
        value = self.text(key, default)
        if value in choices:
            return value
        if value:
            self.wrong(key, f"{value!r} is none of {', '.join(choices)}")
        return next(iter(choices), "")

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self._take(key, default)
        if isinstance(value, bool):
            return value
        self.wrong(key, "is neither true nor false")
        return default

    def whole(self, key: str, default: int, at_least: int, at_most: int) -> int:
        """A whole number within its bounds."""
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and at_least <= value <= at_most:
            return value
        self.wrong(key, f"{value!r} is no whole number from {at_least} to {at_most}")
        return default

    def listed(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(key, default)
        if isinstance(value, list | tuple) and all(isinstance(one, str) and one for one in value):
            return tuple(value)
        if key in self.content:
            self.wrong(key, "is no list of texts")
        return default or ()

    def duration(self, key: str, value: object, least: Duration, most: Duration) -> Duration | None:
        """The duration a text of this key means; None after a finding, also where it is out of bounds."""
        self._known.add(key)
        try:
            time = parse_duration(value) if isinstance(value, str) else None
        except BadDuration as error:
            self.wrong(key, str(error))
            return None
        if time is None:
            self.wrong(key, f'{value!r} is no length of time; write it as a text like "4h"')
        elif not about(least) <= about(time) <= about(most):
            self.wrong(key, f"{time} is not from {least} to {most}")
            return None
        return time

    def value(self, key: str, default: Any = None) -> Any:
        """Whatever stands there."""
        return self._take(key, default)

    def table(self, key: str, required: bool = True) -> Table:
        """A table inside this one; an empty one where it is left out."""
        value = self._take(key, None if required else {})
        if not isinstance(value, Mapping):
            if key in self.content:
                self.wrong(key, "is no table")
            value = {}
        return Table(value, (*self.path, key), self.findings)

    def entries(self, key: str, required: bool = True) -> list[Table]:
        """The tables of an array of tables."""
        value = self._take(key, None if required else [])
        if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            return [Table(one, (*self.path, key, str(number)), self.findings) for number, one in enumerate(value)]
        if key in self.content:
            self.wrong(key, f"is no list of tables; write [[{'.'.join((*self.path, key))}]]")
        return []

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every entry of this table, each of which has to be a table."""
        for key in self.content:
            yield key, self.table(key)

    def inner(self) -> Iterator[tuple[str, Table]]:
        """The entries of this table that are tables themselves."""
        for key, value in self.content.items():
            if isinstance(value, Mapping):
                yield key, self.table(key)

    def close(self) -> None:
        """Note every key nobody asked for."""
        for key in self.content:
            if key not in self._known:
                self.wrong(key, "is not known here")

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        if key not in self.content and default is None:
            self.wrong(key, "is missing")
        return self.content.get(key, default)
