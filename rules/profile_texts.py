"""What every part of a profile is read with: texts in each of its languages, local days as instants, lists of choices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.profile import Choice, Texts
from rules.toml_table import Table

LANGUAGES = ("en", "hi", "ur")
"""The languages the pages and messages exist in."""


@dataclass(frozen=True)
class Reader:
    """The languages a profile promises and the zone its local times are in."""

    languages: tuple[str, ...]
    zone: ZoneInfo

    def texts(self, table: Table) -> Texts:
        """The text of this table in every language of the profile; a finding for each that is missing."""
        return {language: table.text(language) for language in self.languages}

    def maybe_texts(self, table: Table, key: str) -> Texts:
        """The texts of a table inside, in every language, or none at all where it is left out."""
        if key not in table:
            return {}
        inner = table.table(key)
        texts = self.texts(inner)
        inner.close()
        return texts

    def named_texts(self, table: Table, key: str) -> Texts:
        """The texts of a table inside that has to be there."""
        inner = table.table(key)
        if key not in table:
            return {}
        texts = self.texts(inner)
        inner.close()
        return texts

    def choices(self, table: Table) -> dict[str, Choice]:
        """A list people choose from: one line of texts a code."""
        read = {}
        for code, one in table.tables():
            read[code] = Choice(code, self.texts(one))
            one.close()
        if not read:
            table.wrong("", "is missing or empty")
        return read

    def first_instant(self, table: Table, key: str) -> datetime | None:
        """The instant a local day (or local time) begins; None where it is left out."""
        return self._instant(table, key, timedelta(0))

    def last_instant(self, table: Table, key: str) -> datetime | None:
        """The instant a local day has ended (or a local time); None where it is left out."""
        return self._instant(table, key, timedelta(days=1))

    def _instant(self, table: Table, key: str, whole_day: timedelta) -> datetime | None:
        value = table.value(key) if key in table else None
        if value is None:
            return None
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=self.zone)).astimezone(UTC)
        if isinstance(value, date):
            day = value + whole_day
            return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
        table.wrong(key, "is no date; write it bare, like 2027-04-01")
        return None


def known(table: Table, key: str, code: str, codes: Collection[str], what: str) -> bool:
    """Whether a code is one of those there are; a finding that says what there is none of, if not."""
    if code and code not in codes:
        table.wrong(key, f"there is no {what} {code!r}")
    return code in codes


def named(table: Table, key: str, names: Collection[str], there: Mapping[str, object], what: str) -> tuple[str, ...]:
    """Those of the names that exist; a finding for every other."""
    return tuple(name for name in names if known(table, key, name, there, what))
