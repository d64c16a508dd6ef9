"""What counts against those who had a request, and for how much of its working time each of them had it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.calendar import Calendar
from rules.consumer_acts import WAS_THERE
from rules.due import NOTHING, Pause, held
from rules.ladder import Filling, Seat
from rules.roster import stints
from rules.terms import Cause, Codes, EventKind, Proposal


class Mark(StrEnum):
    """What stands on a record."""

    LAPSE = "lapse"
    REOPENED = "reopened"
    EXPECTED_MISSED = "expected_missed"
    HOLD_CONTESTED = "hold_contested"
    LATE_HOLD = "late_hold"
    CORRECTED = "corrected"


MARKING = frozenset(
    {
        EventKind.ESCALATED, EventKind.BEYOND, EventKind.REOPENED, EventKind.EXPECTED_MISSED, EventKind.PRESENT,
        EventKind.HELD, EventKind.CORRECTED,
    }
)  # fmt: skip
"""Kinds of lines that may be a mark."""

GIVES = frozenset(
    {
        EventKind.ASSIGNED, EventKind.NOT_TAKEN_UP, EventKind.GIVEN, EventKind.TAKEN_OVER, EventKind.TRANSFERRED,
        EventKind.CORRECTED, EventKind.RAISED,
    }
)  # fmt: skip
"""Lines whose `post` does the work from then on."""

ENTERS = frozenset({EventKind.ASSIGNED, EventKind.ESCALATED, EventKind.RAISED})
"""Lines with which a tier's time begins."""


@dataclass(frozen=True)
class Line:
    """A line of history as far as a record needs it."""

    kind: EventKind
    at: datetime
    task: str | None = None
    due: datetime | None = None
    data: Codes | None = None

    def code(self, key: str) -> str | None:
        """A code from its data; None if there is none."""
        found = (self.data or {}).get(key)
        return found if isinstance(found, str) else None


@dataclass(frozen=True)
class Share:
    """For how long, in working time, a post and its person had the work, and which part of the whole that is."""

    post: str
    person: int | None
    worked: timedelta
    part: float


@dataclass(frozen=True)
class Marked:
    """One mark: what, in which task, the stretch it is judged by, whose time it was, and everybody's share."""

    mark: Mark
    task: str | None
    since: datetime
    at: datetime
    answerable: str | None
    shares: tuple[Share, ...]


Had = tuple[str, datetime, datetime]
"""A post that did the work, from when, to when."""


def record(
    history: Sequence[Line],
    registered: datetime,
    calendar: Calendar,
    pauses: Mapping[str, Sequence[Pause]],
    fillings: Mapping[str, Sequence[Filling]],
) -> Iterator[Marked]:
    """The marks of one request, oldest first. `pauses` are its tasks', `fillings` those of its posts, also past ones.

    A lapse and a hold are judged by the time since the tier was entered, a broken expected time by the time since it was
    given, a reopening and a correction by all the time since the request was registered.
    """
    for place, line in enumerate(history):
        mark = mark_of(line)
        if mark is None or (mark is Mark.HOLD_CONTESTED and _upheld(history[place + 1 :])):
            continue
        before, at = history[:place], line.due if line.due and mark in BY_THE_TIMER else line.at
        since, until = _stretch(mark, line, before, registered, at)
        found = shares(_had(before, line.task, since, until), calendar, pauses.get(line.task or "", ()), fillings)
        yield Marked(mark, line.task, since, at, line.code("from_post") or line.code("post"), found)


BY_THE_TIMER = frozenset({Mark.LAPSE, Mark.EXPECTED_MISSED})
"""Marks that count by the instant that fell due, however late the timer was."""


def _upheld(after: Sequence[Line]) -> bool:
    """Whether the hold that was contested was judged right before the next one was contested."""
    judged = {EventKind.UPHELD, EventKind.DECLINED, EventKind.PRESENT}
    line = next((one for one in after if one.kind in judged and one.code("what") in {None, Proposal.HOLD}), None)
    return line is not None and line.kind is EventKind.UPHELD


def mark_of(line: Line) -> Mark | None:
    """What a line of history puts on record; None for nothing."""
    match line.kind:
        case EventKind.ESCALATED if line.code("cause") == Cause.TIMER:
            return Mark.LAPSE
        case EventKind.BEYOND if line.due is not None:
            return Mark.LAPSE
        case EventKind.PRESENT if line.code("claim") == WAS_THERE:
            return Mark.HOLD_CONTESTED
        case EventKind.HELD if (line.data or {}).get("late"):
            return Mark.LATE_HOLD
    return PLAIN.get(line.kind)


PLAIN: Mapping[EventKind, Mark] = {
    EventKind.REOPENED: Mark.REOPENED,
    EventKind.EXPECTED_MISSED: Mark.EXPECTED_MISSED,
    EventKind.CORRECTED: Mark.CORRECTED,
}


def _stretch(
    mark: Mark, line: Line, before: Sequence[Line], registered: datetime, at: datetime
) -> tuple[datetime, datetime]:
    """From when to when those who had the work are counted."""
    own = [one for one in before if one.task == line.task]
    match mark:
        case Mark.REOPENED:
            return registered, _last(own, {EventKind.RESOLVED, EventKind.DONE}) or at
        case Mark.CORRECTED:
            return registered, at
        case Mark.EXPECTED_MISSED:
            return _last(before, {EventKind.EXPECTED}) or registered, at
        case Mark.HOLD_CONTESTED:
            held_at = _last(own, {EventKind.HELD}) or at
            return _entered([one for one in own if one.at <= held_at], registered), held_at
    return _entered(own, registered), at


def _entered(own: Sequence[Line], registered: datetime) -> datetime:
    """When the tier's time began: the first counts from the registered instant."""
    line = next((one for one in reversed(own) if one.kind in ENTERS), None)
    if line is None or (line.kind is EventKind.ASSIGNED and (line.data or {}).get("tier") == 1):
        return max(registered, line.at) if line and line.data and line.data.get("stage") else registered
    return line.at


def _last(lines: Sequence[Line], kinds: Iterable[EventKind]) -> datetime | None:
    return next((line.at for line in reversed(lines) if line.kind in kinds), None)


def _had(before: Sequence[Line], task: str | None, since: datetime, until: datetime) -> Iterator[Had]:
    """The posts that did the work one after the other, clipped to a stretch."""
    given = [(line.code("post"), line.at) for line in before if line.task == task and line.kind in GIVES]
    ends = [at for _, at in given[1:]] + [until]
    for (post, begins), ends_at in zip(given, ends, strict=True):
        first, last = max(begins, since), min(ends_at, until)
        if post is not None and first <= last:
            yield post, first, last


def shares(
    had: Iterable[Had], calendar: Calendar, pauses: Sequence[Pause], fillings: Mapping[str, Sequence[Filling]]
) -> tuple[Share, ...]:
    """Each post's and person's working time, pauses left out. Where nobody had any, the last one has the whole."""
    worked: dict[tuple[str, int | None], timedelta] = defaultdict(timedelta)
    for post, first, last in had:
        for start, end, person in _persons(post, first, last, fillings):
            worked[post, person] += calendar.working_between(start, end) - held(start, end, pauses, calendar)
    whole = sum(worked.values(), NOTHING)
    if not whole:
        return tuple(Share(*key, NOTHING, 1.0) for key in list(worked)[-1:])
    return tuple(Share(*key, time, time / whole) for key, time in worked.items() if time)


def _persons(
    post: str, first: datetime, last: datetime, fillings: Mapping[str, Sequence[Filling]]
) -> Iterator[tuple[datetime, datetime, int | None]]:
    if first == last:
        yield first, last, None
    for stint in stints(Seat(post, tuple(fillings.get(post, ()))), first, last):
        yield stint.since, stint.until, stint.person
