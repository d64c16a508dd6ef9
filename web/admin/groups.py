"""The rows of the timings as people look for them: the complaints, then each sort of application with its limits and stages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from languages import spoken
from languages.catalog import gettext as _
from rules.policy import Policy
from rules.policy_toml import MOST_TIERS
from rules.procedure import Law
from web.admin.changes import area_word
from web.admin.changes import column as column_words
from web.admin.grid import Cell, GridRow, grid, typed_anew
from web.admin.rows import BESIDE, area_of, law_at
from web.book import Book

COLUMNS = ("accept", *(f"tier{place}" for place in range(1, MOST_TIERS + 1)), "standard", "confirm", "calendar")


@dataclass(frozen=True)
class Line:
    """A row with its heading in the table, and how it is called where nothing stands around it."""

    row: GridRow
    heading: str
    title: str

    @property
    def below(self) -> bool:
        """Whether it belongs to the category above it."""
        return self.row.path[0] == "complaint" and len(self.row.path) > 2

    @property
    def confidential(self) -> bool:
        """Whether nobody is asked at the end, since it is told to nobody."""
        return self.row.path[0] == "complaint" and bool(self.row.cell("standard")) and not self.row.cell("confirm")

    def called(self, cell: Cell, headings: Mapping[str, str], book: Book) -> str:
        """A field's whole name."""
        return f"{self.title}: {book.label('role', cell.role) if cell.role else headings[cell.column]}"


@dataclass(frozen=True)
class Table:
    """Rows with the columns any of them has; `corner` heads the first."""

    corner: str
    lines: Sequence[Line]

    @property
    def headings(self) -> dict[str, str]:
        """The columns in their order, by what they are called."""
        used = {cell.column for line in self.lines for cell in line.row.cells}
        return {column: heading(column) for column in COLUMNS if column in used}


@dataclass(frozen=True)
class Group:
    """What is folded and unfolded together."""

    code: str
    title: str
    tables: Sequence[Table]
    open: bool

    @property
    def titles(self) -> dict[str, str]:
        """What each field is called where what is wrong is listed."""
        return {cell.name: line.title for table in self.tables for line in table.lines for cell in line.row.cells}


def heading(column: str) -> str:
    """What a column is called."""
    place = column.removeprefix("tier")
    return _("Officer %(place)d", place=int(place)) if place != column else column_words(column)


def groups_of(
    policy: Policy, typed: Mapping[str, str], errors: Collection[str], book: Book, today: date
) -> list[Group]:
    """Every group; those of applications are open where something was typed or is wrong. Limits that ended are not shown."""
    touched = {*errors, *(typed_anew(policy, typed) if typed else ())}
    rows = grid(policy, typed)
    complaints = [row for row in rows if row.path[0] == "complaint"]
    lines = [
        Line(row, _complaint(row, book), _complaint_alone(row, book))
        for row in sorted(complaints, key=lambda row: book.place("category", row.path[1]))
    ]
    found = [Group("", _("Complaints"), [Table(_("Complaint"), lines)], True)]
    for code in book.in_order("procedure", policy.procedures):
        own = [row for row in rows if row.path[:2] == ("procedure", code)]
        opens = any(cell.name in touched for row in own for cell in row.cells)
        found.append(Group(code, book.label("procedure", code), list(_tables(policy, own, book, today)), opens))
    return found


def _tables(policy: Policy, rows: Sequence[GridRow], book: Book, today: date) -> Iterator[Table]:
    """The limits of a sort of application, and its stages."""
    name = book.label("procedure", rows[0].path[1])

    def line(row: GridRow, words: str) -> Line:
        return Line(row, words, f"{name}, {words}")

    whole = []
    for row in rows:
        law = law_at(policy, row.path)
        if law is not None and (law.until is None or law.until > today):
            whole.append(line(row, _law(law, today)))
        elif len(row.path) == 2:
            whole.append(line(row, _("The question at the end")))
    if whole:
        yield Table(_("The whole application"), whole)
    stages = [row for row in rows if row.path[2:3] == ("stage",)]
    yield Table(_("Stage"), [line(row, book.label("stage", row.path[3])) for row in stages])


def _complaint(row: GridRow, book: Book) -> str:
    if row.path[-1] == BESIDE:
        return _("Hold the recovery")
    area = area_of(row.path)
    return area_word(area) if area else book.label("category", row.path[1])


def _complaint_alone(row: GridRow, book: Book) -> str:
    own = [_complaint(row, book)] if len(row.path) > 2 else []
    return ", ".join([book.label("category", row.path[1]), *own])


def _law(law: Law, today: date) -> str:
    """Of which applications a limit speaks."""
    said = [area_word(law.area)] if law.area else []
    said += [law.voltage] if law.voltage else []
    if law.above_kw is not None:
        said.append(_("above %(load)s kW", load=law.above_kw))
    if law.up_to_kw is not None:
        said.append(_("up to %(load)s kW", load=law.up_to_kw))
    if law.since and law.since > today:
        said.append(_("from %(day)s on", day=_day(law.since)))
    if law.until:
        said.append(_("before %(day)s", day=_day(law.until)))
    return ", ".join(said) or _("every application")


def _day(day: date) -> str:
    return spoken.date_of(datetime.combine(day, time(12), UTC), UTC)
