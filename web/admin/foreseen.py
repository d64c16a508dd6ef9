"""What was foretold, with the names people read: the lines of its tables, the list behind each number, and how a list is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from languages.catalog import gettext as _
from rules import foreseen
from rules.foreseen import BY, CLOSED, COURSES, LOADS, Load
from rules.whatif import WINDOWS, Move
from web.book import Book
from web.typed import own_number

MOST_POSTS = 40
A_PAGE = 200
"""Lines of a list on one page."""
People = Mapping[int | None, str]


@dataclass(frozen=True)
class Line:
    """One line of a table with its name."""

    key: str
    name: str
    counts: Mapping[str, Sequence[int]]


def tables(result: Mapping[str, Any], book: Book, people: People) -> tuple[Line, dict[str, list[Line]]]:
    """All that goes up, and the same by zone, office, post or whatever it is counted by."""
    total, by_each = foreseen.tables(result)
    named = {
        by: [Line(one.key, name_of(by, one.key, book, people), one.counts) for one in lines]
        for by, lines in by_each.items()
    }
    return Line("", "", total.counts), named


def loads(result: Mapping[str, Any]) -> list[Load]:
    """The posts whose load changes most."""
    return foreseen.loads(result)[:MOST_POSTS]


def name_of(by: str, key: str, book: Book, people: People) -> str:
    """What people call it."""
    if by == "officer":
        return people.get(own_number(key), "") or _("nobody")
    if by == "post":
        return book.title(key)
    return book.matter(key) if by == "category" else book.label(by, key)


@dataclass(frozen=True)
class Behind:
    """The list behind one number: how it is called, and those who go up, or the requests alone."""

    called: str
    moves: Sequence[Move] = ()
    references: Sequence[str] = ()

    @property
    def pages(self) -> int:
        """How many pages it fills."""
        return max(1, -(-(len(self.moves) + len(self.references)) // A_PAGE))

    def page(self, number: int) -> Behind:
        """One page of it, the first is 1."""
        part = slice((number - 1) * A_PAGE, number * A_PAGE)
        return Behind(self.called, self.moves[part], self.references[part])


def behind(result: Mapping[str, Any], asked: Mapping[str, str], book: Book, people: People) -> Behind | None:
    """The list an address asks for; None where there is none of that sort."""
    course, by, key = asked["course"], asked["by"], asked["key"]
    if course in COURSES and asked["window"] in WINDOWS and by in ("", *BY):
        return _going_up(result, course, asked["window"], by, key, book, people)
    if course == "unfit":
        return Behind(_("The new timings do not fit"), references=result["then"]["unfit"])
    if course == "carried" and by in LOADS:
        called = f"{load_words()[by]} · {book.title(key)}"
        return Behind(called, references=sorted(foreseen.carried_by(result, key, by)))
    if course == "closed" and by in CLOSED:
        return Behind(closed_words()[by], references=foreseen.closed(result, by))
    return None


def _going_up(
    result: Mapping[str, Any], course: str, window: str, by: str, key: str, book: Book, people: People
) -> Behind:
    moves = foreseen.within(foreseen.moves_of(result, course), datetime.fromisoformat(result["at"]), window)
    word = _("As it is") if course == "now" else _("With the new timings")
    called = f"{window_words()[window]} · {word}"
    if by:
        moves = [move for move in moves if BY[by](move) == key]
        called = f"{called} · {name_of(by, key, book, people)}"
    return Behind(called, moves)


def window_words() -> dict[str, str]:
    """The windows as a table's headings."""
    return {"now": _("At once"), "hour": _("In an hour"), "day": _("In a day"), "week": _("In a week")}


def load_words() -> dict[str, str]:
    """What a post carries, as headings."""
    return {
        "present": _("Now"),
        "at_once": _("At once"),
        "week": _("In a week, as it is"),
        "week_then": _("In a week, with the new timings"),
    }


def closed_words() -> dict[str, str]:
    """The figures of what was closed."""
    return {
        "judged": _("Complaints of the last 90 days"),
        "within": _("Within the time limit"),
        "within_then": _("Within the new time limit"),
        "differs": _("Judged differently"),
        "up": _("The first officer's time ran out"),
        "up_then": _("The first officer's time would have run out"),
    }


def by_words() -> dict[str, str]:
    """What it is counted by, as headings."""
    return {
        "role": _("Officer"),
        "zone": _("Zone"),
        "office": _("Office"),
        "post": _("Post"),
        "officer": _("Person"),
        "category": _("Complaint"),
    }
