"""The storm guard: at most so many escalations a minute to one person, the oldest first; danger waits for nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from rules.ladder import Answering
from rules.terms import EventKind
from rules.turn import Turn, Wanted

A_MINUTE = timedelta(minutes=1)


def slot(given: Iterable[datetime], ahead: int, at: datetime, most: int) -> datetime:
    """The first instant from `at` on for one with `ahead` others before it in line; `given` are the instants others went at.

    However many fall due, no minute then holds more than `most`.
    """
    lately = sorted(one for one in given if one > at - A_MINUTE)[-most:]
    free = [at] * (most - len(lately)) + [max(at, one + A_MINUTE) for one in lately]
    rounds, place = divmod(ahead, most)
    return free[place] + rounds * A_MINUTE


def put_off(turn: Turn, found: Answering | None, due: datetime) -> bool:
    """Whether what fell due at `due` has to wait, since `found`, who answers next, is given as many as he may be; it is in line then.

    What fell due stays as it is. Only what the pen read of his line can put it off.
    """
    if found is None or turn.request.safety:
        return False
    task = turn.task
    turn.wanted.append(Wanted(found.line, found.post, found.person, task.id, due))
    line = turn.whole.lines.get(found.line)
    if line is None:
        return False
    given = [*line.given, *(one.at for one in turn.given if one.line == found.line)]
    first = slot(given, line.ahead.get(task.id, 0), turn.at, turn.ground.limits.escalations_per_minute)
    if first <= turn.at:
        return False
    if task.storm_due != due:
        turn.event(EventKind.PUT_OFF, due=due, tier=found.tier, post=found.post, role=found.role, until=first)
    task.storm_at, task.storm_due, task.storm_for = first, due, found.line
    return True
