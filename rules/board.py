"""The public board: its figures, how old what is open is, and which counts are left out of a split so that nobody is recognised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.terms import Closing

LATELY = timedelta(days=30)
"""What happened is counted so far back."""

FEW = 5
"""Counts under this (and above 0, which says nothing of anybody) are left out of a split."""

CONFIDENTIAL = ""
"""The row of a split that stands for all confidential kinds together; never shown."""


class Figure(StrEnum):
    """One count of the board; `days_held` alone counts days."""

    RECEIVED = "received"
    PENDING = "pending"
    AGE_0 = "age_0_1"
    AGE_2 = "age_2_3"
    AGE_4 = "age_4_7"
    AGE_8 = "age_8_15"
    AGE_16 = "age_16_30"
    AGE_31 = "age_over_30"
    JUDGED = "judged"
    WITHIN = "within"
    EXCUSED = "excused"
    LATE = "late"
    WORD = "word"
    SILENCE = "silence"
    UNREACHED = "unreached"
    NOT_ASKED = "not_asked"
    FIRST_CONTACT = "first_contact"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    REOPENED = "reopened"
    ON_HOLD = "on_hold"
    HELD = "held"
    DAYS_HELD = "days_held"


AGES = (Figure.AGE_0, Figure.AGE_2, Figure.AGE_4, Figure.AGE_8, Figure.AGE_16, Figure.AGE_31)
AGE_BEGINS = (2, 4, 8, 16, 31)
"""With how many whole days each age but the first begins."""

CLOSINGS = tuple(Figure(closing.value) for closing in Closing)
SUMS: Mapping[Figure, tuple[Figure, ...]] = {
    Figure.PENDING: AGES,
    Figure.JUDGED: (Figure.WITHIN, Figure.EXCUSED, Figure.LATE),
}
"""Figures that are the sum of others."""

Counts = Mapping[Figure, int]
Shown = Mapping[Figure, int | None]
"""None: left out."""

Place = tuple[str, Figure]
"""One count of a split: its row and its figure."""


@dataclass(frozen=True)
class Split:
    """The rows of a split that are shown, and how many counts of them were left out."""

    rows: Mapping[str, Shown]
    left_out: int


def age(registered: datetime, at: datetime) -> Figure:
    """How old what was registered then is now, in whole days of 24 hours."""
    days = (at - registered) // timedelta(days=1)
    return AGES[sum(days >= begin for begin in AGE_BEGINS)]


def whole(rows: Mapping[str, Counts]) -> dict[Figure, int]:
    """All rows together."""
    return {figure: sum(row.get(figure, 0) for row in rows.values()) for figure in Figure}


def split(rows: Mapping[str, Counts]) -> Split:
    """The rows as they may be shown beside their sums: no count under five can be read or worked out of the others.

    The row CONFIDENTIAL is left out altogether.
    """
    counts = {row: Counter({figure: given.get(figure, 0) for figure in Figure}) for row, given in rows.items()}
    out: set[Place] = set()
    for total, parts in SUMS.items():
        out |= Table(counts, parts, total).left_out()
    for figure in set(Figure) - {Figure.DAYS_HELD} - {one for total, parts in SUMS.items() for one in (total, *parts)}:
        out |= Table(counts, (figure,)).left_out()
    out |= {(row, Figure.DAYS_HELD) for row, figure in out if figure is Figure.HELD}
    shown = {row: {f: None if (row, f) in out else count[f] for f in Figure} for row, count in counts.items()}
    shown.pop(CONFIDENTIAL, None)
    return Split(shown, sum(count is None for row in shown.values() for count in row.values()))


@dataclass(frozen=True)
class Table:
    """Counts by row and figure. The sum of each figure over the rows is public; with `total`, so is that of each row's figures."""

    counts: Mapping[str, Counts]
    figures: tuple[Figure, ...]
    total: Figure | None = None

    def left_out(self) -> set[Place]:
        """Every count that must be left out: few, confidential, or needed so that these cannot be worked out."""
        out = {place for place in self._places() if 0 < self._count(place) < FEW or place[0] == CONFIDENTIAL}
        while more := self._one_more(out):
            out.add(more)
        return out

    def _columns(self) -> tuple[Figure, ...]:
        return self.figures if self.total is None else (*self.figures, self.total)

    def _places(self) -> Iterator[Place]:
        return ((row, figure) for row in self.counts for figure in self._columns())

    def _count(self, place: Place) -> int:
        return self.counts[place[0]][place[1]]

    def _one_more(self, out: set[Place]) -> Place | None:
        """The smallest count beside one that could still be worked out; None when there is no such."""
        for line in (*self._down(), *self._across()):
            if _tells(line, out, self._count, self.total) and (found := self._smallest(line, out)):
                return found
        for row, figure in sorted(self._bridges(out)):
            beside = [place for place in self._places() if place[0] == row or place[1] == figure]
            if found := self._smallest(beside, out):
                return found
        return None

    def _down(self) -> Iterator[list[Place]]:
        for figure in self._columns():
            yield [(row, figure) for row in self.counts]

    def _across(self) -> Iterator[list[Place]]:
        if self.total is not None:
            for row in self.counts:
                yield [(row, figure) for figure in self._columns()]

    def _smallest(self, line: Collection[Place], out: set[Place]) -> Place | None:
        shown = [place for place in line if place not in out]
        return min(shown, key=lambda place: (self._count(place) == 0, self._count(place), place), default=None)

    def _bridges(self, out: set[Place]) -> set[Place]:
        """Counts left out that follow from the sums all the same: they lie on no ring of others that are left out."""
        return set() if self.total is None else {place for place in out if not _joined(place, out - {place})}


def _tells(line: list[Place], out: set[Place], count: Callable[[Place], int], total: Figure | None) -> bool:
    """Whether what is left out of a line can be worked out, or is together so few that it should not be known."""
    gone = [place for place in line if place in out]
    if len(gone) == 1:
        return True
    across = len({figure for _, figure in line}) > 1
    if across and any(figure is total for _, figure in gone):
        return False
    return 0 < sum(count(place) for place in gone) < FEW


def _joined(place: Place, others: set[Place]) -> bool:
    """Whether one comes from the row of `place` to its figure over `others`, by turns along rows and figures."""
    rows: set[str] = {place[0]}
    figures: set[Figure] = set()
    while True:
        found = {figure for row, figure in others if row in rows} - figures
        figures |= found
        more = {row for row, figure in others if figure in figures} - rows
        rows |= more
        if not found and not more:
            return place[1] in figures
