"""The timings as a table of texts: one row a category, a stage or a time limit, one more for what differs; and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from languages.catalog import gettext as _
from rules import procedure_toml
from rules.durations import BadDuration, Duration, parse
from rules.policy import Policy, Timing, about, ladder_of
from rules.policy_timings import LONGEST
from web.admin.rows import Path, area_of, columns_of, rows_of, with_rows

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
    """The fields of one row, in the order of the columns; its tiers are as many as its ladder has."""

    path: Path
    cells: tuple[Cell, ...]

    def cell(self, column: str) -> Cell | None:
        """The field of a column; None where the row has none."""
        return next((cell for cell in self.cells if cell.column == column), None)


@dataclass(frozen=True)
class Edited:
    """What a form makes of a policy: the policy as it would be, and what is wrong by field."""

    policy: Policy
    errors: Mapping[str, str]


def prefix(path: Path) -> str:
    """What the names of a row's fields begin with: `no-supply`, `no-supply@rural`, `new-connection/visit`."""
    match path:
        case ("complaint", *own):
            return "@".join(own)
        case (_, code, "stage", stage):
            return f"{code}/{stage}"
        case (_, code, *own):
            return "/".join((code, *(own or [""])))
        case _:
            raise ValueError(path)


def grid(policy: Policy, typed: Mapping[str, str] | None = None) -> list[GridRow]:
    """The table of a policy, with what was typed in place of its own texts."""
    return [_row(policy, path, timing, typed or {}) for path, timing in rows_of(policy)]


def written(timing: Timing) -> dict[str, str]:
    """A timing's texts by column."""
    times = {"accept": timing.accept, "standard": timing.standard, "confirm": timing.confirm}
    texts = {column: str(time) if time else "none" for column, time in times.items()}
    texts |= {f"tier{place}": str(time) for place, time in enumerate(timing.tiers, 1)}
    return texts | {"calendar": timing.calendar}


def _row(policy: Policy, path: Path, timing: Timing, typed: Mapping[str, str]) -> GridRow:
    texts, above = written(timing), written(policy.timings[path[1]]) if area_of(path) else {}
    start, tiers = prefix(path), ladder_of(policy, timing).tiers if timing.ladder else ()
    roles = {f"tier{place}": tier.role for place, tier in enumerate(tiers, 1)}

    def cell(column: str) -> Cell:
        own = "" if above.get(column) == texts[column] else texts[column]
        text = typed.get(f"{start}.{column}", own)
        return Cell(f"{start}.{column}", column, text, above.get(column, ""), roles.get(column, ""))

    return GridRow(path, tuple(map(cell, columns_of(path, timing))))


def edit(base: Policy, typed: Mapping[str, str]) -> Edited:
    """`base` with what was typed in place of its own values; a field that was not sent keeps its value."""
    errors: dict[str, str] = {}
    rows: dict[Path, Timing] = {}
    for path, timing in rows_of(base):
        texts = {cell.column: cell.text.strip() for cell in _row(base, path, timing, typed).cells}
        if area_of(path):
            followed = written(rows[path[:2]])
            texts = {column: text or followed.get(column, "") for column, text in texts.items()}
        rows[path] = _timing(path, timing, texts, base, errors)
    return Edited(with_rows(base, rows), errors)


def _timing(path: Path, timing: Timing, texts: Mapping[str, str], base: Policy, errors: dict[str, str]) -> Timing:
    """The timing with the texts of its fields; what has no field, or no good text, keeps its value."""

    def time(column: str, before: Duration | None, *, optional: bool = True) -> Duration | None:
        text = texts.get(column)
        if text is None or (optional and text.lower() in NEVER):
            return before if text is None else None
        try:
            return _bounded(text, path, column)
        except ValueError as error:
            errors[f"{prefix(path)}.{column}"] = str(error)
            return before

    tiers = [time(f"tier{place}", before, optional=False) for place, before in enumerate(timing.tiers, 1)]
    calendar = texts.get("calendar", timing.calendar)
    if "calendar" in texts and calendar not in base.calendars:
        errors[f"{prefix(path)}.calendar"] = _("There is no such calendar.")
    return replace(
        timing,
        tiers=tuple(filter(None, tiers)),
        calendar=calendar,
        standard_calendar=calendar if timing.standard_calendar == timing.calendar else timing.standard_calendar,
        accept=time("accept", timing.accept),
        standard=time("standard", timing.standard, optional=path[0] == "complaint"),
        confirm=time("confirm", timing.confirm),
    )


def _bounded(text: str, path: Path, column: str) -> Duration:
    """The length of time a field means; ValueError with what to write instead."""
    most = LONGEST["tiers" if column.startswith("tier") else column]
    longest = most if path[0] == "complaint" else procedure_toml.LONGEST
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
