"""The timings as a table of texts: one row a category, one more for an area class that differs; and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from languages.catalog import gettext as _
from rules.durations import BadDuration, Duration, parse
from rules.policy import Policy, Timing, about, ladder_of
from rules.policy_timings import LONGEST

NEVER = ("", "none", "never", "-", "–", "—")
"""What people write for a time there is none of."""
LONGEST_CELL = 40


@dataclass(frozen=True)
class Cell:
    """One field: its name, its text, and for an area class the category's text, which an empty field follows."""

    name: str
    column: str
    text: str
    follows: str = ""
    role: str = ""


@dataclass(frozen=True)
class GridRow:
    """The fields of a category, or of one of its area classes. `tiers` are as many as its ladder has."""

    category: str
    area: str | None
    ladder: str
    accept: Cell
    tiers: tuple[Cell, ...]
    standard: Cell
    confirm: Cell | None
    calendar: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every field of the row in the order of the columns."""
        return (self.accept, *self.tiers, self.standard, *((self.confirm,) if self.confirm else ()), self.calendar)


@dataclass(frozen=True)
class Edited:
    """What a form makes of a policy: the policy as it would be, and what is wrong by field."""

    policy: Policy
    errors: Mapping[str, str]


def prefix(category: str, area: str | None) -> str:
    """What the names of a row's fields begin with."""
    return f"{category}@{area}" if area else category


def rows_of(policy: Policy) -> Iterator[tuple[str, str | None, Timing]]:
    """Every timing with its category and area class, each category followed by its area classes."""
    for category, timing in policy.timings.items():
        yield category, None, timing
        for (owner, area), special in policy.areas.items():
            if owner == category:
                yield category, area, special


def grid(policy: Policy, typed: Mapping[str, str] | None = None) -> list[GridRow]:
    """The table of a policy, with what was typed in place of its own texts."""
    return [_row(policy, category, area, timing, typed or {}) for category, area, timing in rows_of(policy)]


def written(timing: Timing) -> dict[str, str]:
    """A timing's texts by column."""
    times = {"accept": timing.accept, "standard": timing.standard, "confirm": timing.confirm}
    texts = {column: str(time) if time else "none" for column, time in times.items()}
    texts |= {f"tier{place}": str(time) for place, time in enumerate(timing.tiers, 1)}
    return texts | {"calendar": timing.calendar}


def _row(policy: Policy, category: str, area: str | None, timing: Timing, typed: Mapping[str, str]) -> GridRow:
    texts, above = written(timing), written(policy.timings[category]) if area else {}
    start = prefix(category, area)
    roles = [tier.role for tier in ladder_of(policy, timing).tiers]

    def cell(column: str, role: str = "") -> Cell:
        own = "" if above.get(column) == texts[column] else texts[column]
        return Cell(f"{start}.{column}", column, typed.get(f"{start}.{column}", own), above.get(column, ""), role)

    return GridRow(
        category,
        area,
        timing.ladder,
        cell("accept"),
        tuple(cell(f"tier{place}", role) for place, role in enumerate(roles, 1)),
        cell("standard"),
        None if timing.confidential else cell("confirm"),
        cell("calendar"),
    )


def edit(base: Policy, typed: Mapping[str, str]) -> Edited:
    """`base` with what was typed in place of its own values; a field that was not sent keeps its value."""
    errors: dict[str, str] = {}
    timings, areas = dict(base.timings), dict(base.areas)
    for category, area, timing in rows_of(base):
        texts = _texts(base, category, area, timing, typed)
        if area is None:
            timings[category] = _timing(prefix(category, area), timing, texts, base, errors)
        else:
            followed = written(timings[category])
            texts = {column: text or followed.get(column, "") for column, text in texts.items()}
            areas[category, area] = _timing(prefix(category, area), timing, texts, base, errors)
    return Edited(replace(base, timings=timings, areas=areas), errors)


def _texts(base: Policy, category: str, area: str | None, timing: Timing, typed: Mapping[str, str]) -> dict[str, str]:
    """The row's texts as they stand after typing; "" in a row of an area class follows the category."""
    row = _row(base, category, area, timing, typed)
    return {cell.column: cell.text.strip() for cell in row.cells}


def _timing(name: str, timing: Timing, texts: Mapping[str, str], base: Policy, errors: dict[str, str]) -> Timing:
    def time(column: str, *, optional: bool) -> Duration | None:
        text = texts.get(column, "none")
        if optional and text.lower() in NEVER:
            return None
        try:
            return _bounded(text, column)
        except ValueError as error:
            errors[f"{name}.{column}"] = str(error)
            return None

    tiers = [time(f"tier{place}", optional=False) for place in range(1, len(timing.tiers) + 1)]
    calendar = texts["calendar"]
    if calendar not in base.calendars:
        errors[f"{name}.calendar"] = _("There is no such calendar.")
    return replace(
        timing,
        tiers=tuple(new or old for new, old in zip(tiers, timing.tiers, strict=True)),
        calendar=calendar,
        standard_calendar=calendar if timing.standard_calendar == timing.calendar else timing.standard_calendar,
        accept=time("accept", optional=True),
        standard=time("standard", optional=True),
        confirm=time("confirm", optional=True),
    )


def _bounded(text: str, column: str) -> Duration:
    """The length of time a field means; ValueError with what to write instead."""
    longest = LONGEST["tiers" if column.startswith("tier") else column]
    try:
        time = parse(text[:LONGEST_CELL])
    except BadDuration:
        raise ValueError(_("Write a length of time like 90m, 4h, 2 working days or 30 days.")) from None
    if about(time) > about(longest):
        raise ValueError(_("That is too long: %(longest)s at most.", longest=longest))
    return time


def typed_anew(base: Policy, typed: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, that which differs from the table the form was made from."""
    before = {cell.name: cell.text for row in grid(base) for cell in row.cells}
    return {name: text for name, text in typed.items() if name in before and text.strip() != before[name]}
