"""What was foretold, as it was kept: how many go up and when, by tier, zone, office, post or officer, and what each post carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.whatif import WINDOWS, Move

COURSES = ("now", "then")
"""Under the timings each request has, and under the unsaved ones."""
CLOSED = ("judged", "within", "within_then", "differs", "up", "up_then")
"""Figures of what was closed, each with the list behind it."""
LOADS = ("present", "at_once", "week", "week_then")
"""What a post carries: now, at once with the unsaved timings, in a week as it is, and in a week with them."""


def of_role(move: Move) -> str:
    """Key of the role that answers then."""
    return move.role


BY: Mapping[str, Callable[[Move], str]] = {
    "role": of_role,
    "zone": lambda move: move.zone,
    "office": lambda move: move.office,
    "post": lambda move: move.post,
    "officer": lambda move: str(move.person or 0),
    "category": lambda move: move.category,
}
"""What the requests that go up are counted by."""


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is of, and how many requests go up until the end of each window, in both courses."""

    key: str
    counts: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Load:
    """How many tasks a post answers for."""

    post: str
    present: int
    at_once: int
    week: int
    week_then: int


def moves_of(result: Mapping[str, Any], course: str) -> list[Move]:
    """Who goes up in a course, the earliest first."""
    return [Move(one[0], datetime.fromisoformat(one[1]), *one[2:]) for one in result[course]["moves"]]


def within(moves: Iterable[Move], at: datetime, window: str) -> list[Move]:
    """The moves until the end of a window."""
    until = at + WINDOWS[window]
    return [move for move in moves if move.at <= until]


def tables(result: Mapping[str, Any]) -> tuple[Line, dict[str, list[Line]]]:
    """All that goes up, and the same by each of `BY`."""
    at = datetime.fromisoformat(result["at"])
    moves = {course: moves_of(result, course) for course in COURSES}
    return _line("", moves, at), {by: _lines(moves, by, at) for by in BY}


def _lines(moves: Mapping[str, Sequence[Move]], by: str, at: datetime) -> list[Line]:
    """One line for each zone, office, post or whatever it is counted by; the one that has most then first."""
    split: dict[str, dict[str, list[Move]]] = {}
    for course in COURSES:
        for move in moves[course]:
            split.setdefault(BY[by](move), {course: [] for course in COURSES})[course].append(move)
    found = [_line(key, own, at) for key, own in split.items()]
    return sorted(found, key=lambda line: (-line.counts["then"][-1], line.key))


def _line(key: str, moves: Mapping[str, Sequence[Move]], at: datetime) -> Line:
    counts = {
        course: tuple(len({move.reference for move in within(moves[course], at, window)}) for window in WINDOWS)
        for course in COURSES
    }
    return Line(key, counts)


def loads(result: Mapping[str, Any]) -> list[Load]:
    """The posts whose load the new timings change, the largest change first."""
    posts = {post for course in COURSES for carried in result[course]["carried"] for post in carried}
    found = [Load(post, *(len(carried_by(result, post, of)) for of in LOADS)) for post in posts]
    changed = [one for one in found if one.week != one.week_then or one.present != one.at_once]
    return sorted(changed, key=lambda one: (-abs(one.week_then - one.week), one.post))


def carried_by(result: Mapping[str, Any], post: str, of: str) -> list[str]:
    """The request of each task a post answers for."""
    course, window = {"present": ("now", 0), "at_once": ("then", 0), "week": ("now", -1), "week_then": ("then", -1)}[of]
    found: list[str] = result[course]["carried"][window].get(post, [])
    return found


def closed(result: Mapping[str, Any], of: str) -> list[str]:
    """Those closed complaints a figure counts."""
    if of in ("differs", "up", "up_then"):
        return list(result[of])
    kept, missed = result["kept"], result["missed"]
    if of == "judged":
        return [*kept, *missed]
    other = set(result["differs"])
    then = [one for one in kept if one not in other] + [one for one in missed if one in other]
    return list(kept) if of == "within" else then
