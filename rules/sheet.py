"""A table as a spreadsheet program writes it (CSV), read with every fault noted by its line; nothing is guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_ROWS = 500_000
MOST_FAULTS = 1_000
"""Faults noted; what comes after is counted."""
SEPARATORS = ",;\t"
MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "a workbook", b"\xd0\xcf\x11\xe0": "a workbook"}


@dataclass(frozen=True)
class RowFault:
    """What is wrong, where: the line of the file (the first is 1), the column ("": the whole line), and why."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.reason}"


@dataclass(frozen=True)
class Row:
    """One line with its values by column, blanks around them taken off; "" for what was left empty."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass
class Sheet:
    """The rows that could be read, and what is wrong. With any fault nothing of it is taken."""

    rows: list[Row] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    more: int = 0
    """Faults beyond those noted."""

    def wrong(self, line: int, column: str, reason: str) -> None:
        """Note a fault."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(RowFault(line, column, reason))
        else:
            self.more += 1


@dataclass(frozen=True)
class Columns:
    """The columns a sheet must have, those it may have, and the longest text of each that has a limit."""

    needed: Sequence[str]
    allowed: Sequence[str]
    longest: dict[str, int]


def read(data: bytes, columns: Columns) -> Sheet:
    """The sheet in these bytes: UTF-8, its first line the names of its columns."""
    sheet = Sheet()
    text = _decoded(data, sheet)
    if text is None:
        return sheet
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        names = _names(next(lines, []), columns, sheet)
        if not sheet.faults:
            _rows(lines, names, columns, sheet)
    except csv.Error as error:
        sheet.wrong(lines.line_num, "", f"this is no line of a table ({error})")
    if not sheet.rows and not sheet.faults:
        sheet.wrong(1, "", "there are no lines below the names of the columns")
    return sheet


def _decoded(data: bytes, sheet: Sheet) -> str | None:
    for mark, what in MARKS.items():
        if data.startswith(mark):
            sheet.wrong(1, "", f"this file is {what}; save it as CSV in UTF-8")
            return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sheet.wrong(line, "", f"this is not UTF-8 (byte {data[error.start]:#04x}); save the file as CSV in UTF-8")
        return None
    if "\0" in text:
        sheet.wrong(
            text.count("\n", 0, text.index("\0")) + 1, "", "this line holds a zero byte; save the file as CSV in UTF-8"
        )
        return None
    return text


def _separator(text: str) -> str:
    """What stands between the names of the columns: some programs write semicolons."""
    first = text.split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def _names(first: Sequence[str], columns: Columns, sheet: Sheet) -> list[str]:
    names = [name.strip().lower().replace(" ", "_") for name in first]
    known = {*columns.needed, *columns.allowed}
    for name in columns.needed:
        if name not in names:
            sheet.wrong(1, name, "this column is missing")
    for name in dict.fromkeys(names):
        if name not in known:
            sheet.wrong(
                1, name, f"there is no such column; there may be {', '.join((*columns.needed, *columns.allowed))}"
            )
        elif names.count(name) > 1:
            sheet.wrong(1, name, "this column is there twice")
    return names


def _rows(lines: Any, names: Sequence[str], columns: Columns, sheet: Sheet) -> None:
    line = lines.line_num + 1
    for cells in lines:
        if any(cell.strip() for cell in cells):
            if len(sheet.rows) >= MOST_ROWS:
                sheet.wrong(line, "", f"there are more than {MOST_ROWS} lines; cut the file in pieces")
                return
            _row(line, cells, names, columns, sheet)
        line = lines.line_num + 1


def _row(line: int, cells: Sequence[str], names: Sequence[str], columns: Columns, sheet: Sheet) -> None:
    if len(cells) != len(names):
        sheet.wrong(line, "", f"there are {len(cells)} cells, but {len(names)} columns")
        return
    values = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    for name in columns.needed:
        if not values[name]:
            sheet.wrong(line, name, "this is empty")
    for name, most in columns.longest.items():
        if len(values.get(name, "")) > most:
            sheet.wrong(line, name, f"this is longer than {most} characters")
    sheet.rows.append(Row(line, values))
