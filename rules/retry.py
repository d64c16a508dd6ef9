"""When what could not be sent is tried again, and when no more."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.terms import NoticeKind

FIRST = timedelta(seconds=10)
LONGEST = timedelta(hours=1)
AGE = timedelta(days=2)
"""A server that is away for a day is waited for, with a night to spare."""
CODE_AGE = timedelta(minutes=10)
"""A one-time code is worth nothing later."""


def next_try(now: datetime, tries: int) -> datetime:
    """When to try again after `tries` tries: 10 s later, then twice as long each time, at most an hour."""
    return now + min(FIRST * (1 << min(tries - 1, 12)), LONGEST)


def gives_up(kind: NoticeKind, age: timedelta) -> bool:
    """Whether a message of this age that still cannot be sent is given up."""
    return age >= (CODE_AGE if kind is NoticeKind.CODE else AGE)
