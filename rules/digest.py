"""When a message to an officer waits to be told together with others: at night, and in a storm; danger never waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from rules.hours import Span, week_from
from rules.ladder import Filling
from rules.terms import NoticeKind

AT_ONCE = frozenset({NoticeKind.DANGER, NoticeKind.CODE})
"""Kinds that never wait."""
STORM = frozenset({NoticeKind.ASSIGNED, NoticeKind.ESCALATED})
"""Kinds of which a storm is made."""
WINDOW = timedelta(minutes=10)
MOST = 3
"""More of those to one person within the window are a storm."""
PAUSE = timedelta(minutes=5)
"""In a storm one message goes out this long after the one before."""


def may_wait(kind: NoticeKind, *, safety: bool) -> bool:
    """Whether a message to an officer may wait at all: nothing about danger may."""
    return not safety and kind not in AT_ONCE


def on_duty(fillings: Iterable[Filling], person: int, at: datetime) -> bool:
    """Whether this person works by roster just then: a night shift is told at night."""
    return any(f.person == person and f.roster is not None and f.covers(at) for f in fillings)


def quiet_span(written: str) -> Span:
    """The quiet hours of a channel as a profile writes them, 21:30-07:00; BadCalendar for anything else."""
    [span] = week_from({"mon": [written]}, "quiet")[0]
    return span


def waking(at: datetime, quiet: Iterable[Span], zone: tzinfo) -> datetime | None:
    """When the quiet hours that hold at `at` are over, by the local clock; None outside of all of them."""
    local = at.astimezone(zone)
    ends = []
    for span in quiet:
        for back in (timedelta(0), timedelta(days=1)):  # a night began on the evening before
            midnight = datetime.combine(local.date() - back, time.min, tzinfo=zone)
            opens, closes = (midnight + timedelta(seconds=seconds) for seconds in (span.opens, span.closes))
            if opens <= local < closes:
                ends.append(closes)
    return max(ends, default=None)


@dataclass(frozen=True)
class Gathered:
    """How many of the waiting messages go now, the oldest first, and when the others go together."""

    now: int
    together_at: datetime


def storm(waiting: Sequence[object], recent: int, told: datetime | None, now: datetime) -> Gathered:
    """What becomes of the messages `waiting` for one person, of whom `recent` were queued within the window.

    `told`: when the last of these was sent to him within the window; None when none was. The first of a storm goes at
    once, the rest together a pause later, and so on.
    """
    if recent <= MOST:
        return Gathered(len(waiting), now)
    if told is None:
        return Gathered(1, now + PAUSE)
    return Gathered(0, max(now, told + PAUSE))
