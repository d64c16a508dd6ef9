"""What was foretold, as tables: how many go up and when, by tier, zone, office, post and officer, and what each post carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from languages.catalog import gettext as _
from rules.whatif import WINDOWS, Move
from web.book import Book

COURSES = ("now", "then")
"""Under the timings each request has, and under the unsaved ones."""
MOST_POSTS = 40


def of_tier(move: Move) -> str:
    """Key of the role that answers then."""
    return move.role


BY: Mapping[str, Callable[[Move], str]] = {
    "role": of_tier,
    "zone": lambda move: move.zone,
    "office": lambda move: move.office,
    "post": lambda move: move.post,
    "officer": lambda move: str(move.person or 0),
    "category": lambda move: move.category,
}
"""What the requests that go up are counted by."""


@dataclass(frozen=True)
class Course:
    """One of the two courses as it was kept."""

    moves: Sequence[Move]
    carried: Sequence[Mapping[str, int]]
    unfit: Sequence[str]


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is of, and how many requests go up until the end of each window, in both courses."""

    key: str
    name: str
    counts: Mapping[str, Sequence[int]]


def course_of(result: Mapping[str, Any], which: str) -> Course:
    """A course from what was kept."""
    kept = result[which]
    moves = [Move(one[0], datetime.fromisoformat(one[1]), *one[2:]) for one in kept["moves"]]
    return Course(moves, kept["carried"], kept["unfit"])


def within(moves: Iterable[Move], at: datetime, window: str) -> list[Move]:
    """The moves until the end of a window."""
    until = at + WINDOWS[window]
    return [move for move in moves if move.at <= until]


def totals(result: Mapping[str, Any]) -> Line:
    """How many requests go up at all."""
    return _line("", "", {course: course_of(result, course).moves for course in COURSES}, _at(result))


def lines(result: Mapping[str, Any], by: str, book: Book, people: Mapping[int | None, str]) -> list[Line]:
    """One line for each zone, office, post or whatever it is counted by; the one that changes most first."""
    split: dict[str, dict[str, list[Move]]] = {}
    for course in COURSES:
        for move in course_of(result, course).moves:
            split.setdefault(BY[by](move), {course: [] for course in COURSES})[course].append(move)
    found = [_line(key, name_of(by, key, book, people), moves, _at(result)) for key, moves in split.items()]
    return sorted(found, key=lambda line: (-line.counts["then"][-1], line.name))


def name_of(by: str, key: str, book: Book, people: Mapping[int | None, str]) -> str:
    """What people call it."""
    if by == "officer":
        return people.get(int(key), "") or _("nobody")
    if by == "post":
        return book.title(key)
    return book.label(by, key)


def _at(result: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(result["at"])


def _line(key: str, name: str, moves: Mapping[str, Sequence[Move]], at: datetime) -> Line:
    counts = {
        course: tuple(len({move.reference for move in within(moves[course], at, window)}) for window in WINDOWS)
        for course in COURSES
    }
    return Line(key, name, counts)


@dataclass(frozen=True)
class Load:
    """How many tasks a post answers for: now, then at once, and in a week, as it is and with the new timings."""

    name: str
    now: int
    at_once: int
    week: int
    week_then: int


def loads(result: Mapping[str, Any], book: Book) -> list[Load]:
    """The posts whose load the new timings change, the largest change first."""
    now, then = course_of(result, "now"), course_of(result, "then")
    posts = {post for course in (now, then) for count in course.carried for post in count}
    found = [
        Load(
            book.title(post),
            now.carried[0].get(post, 0),
            then.carried[0].get(post, 0),
            now.carried[-1].get(post, 0),
            then.carried[-1].get(post, 0),
        )
        for post in posts
    ]
    changed = [one for one in found if one.week != one.week_then or one.now != one.at_once]
    return sorted(changed, key=lambda one: (-abs(one.week_then - one.week), one.name))[:MOST_POSTS]


def window_words() -> dict[str, str]:
    """The windows as a table's headings."""
    return {"now": _("At once"), "hour": _("In an hour"), "day": _("In a day"), "week": _("In a week")}


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
