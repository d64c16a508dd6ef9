"""The clocks of a request, set anew after every transition: due instants, reminder, standard, and the one instant to wake at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from rules import due as clock
from rules.calendar import Calendar
from rules.due import Pause
from rules.durations import Duration, Unit
from rules.request import Ground, Hold, Request, Task
from rules.states import ASKED, WORKED
from rules.terms import Closing, State, Wake
from rules.turn import Turn

ENDED = frozenset({State.CLOSED, State.REJECTED})
"""States that may still be opened again for a while."""

ELAPSED = Calendar.round_the_clock("UTC")

due, reminder = lru_cache(4096)(clock.due), lru_cache(4096)(clock.reminder)
"""A turn settles its clocks several times over, mostly from the same numbers."""


def after(time: Duration, start: datetime, calendar: Calendar = ELAPSED) -> datetime:
    """The instant `time` runs out from `start` with no pause; without a calendar "N days" is N times 24 hours."""
    if time.unit is Unit.DAYS and calendar is ELAPSED:
        return start + timedelta(days=time.amount)
    at = due(time, start, (), calendar)
    assert at is not None
    return at


def pauses(holds: Iterable[Hold], *, standard: bool) -> tuple[Pause, ...]:
    """The holds that stop this clock: all of them stop a tier, only the consumer's turn stops the standard."""
    return tuple(Pause(hold.start, hold.end) for hold in holds if hold.stops_standard or not standard)


class Falling(NamedTuple):
    """What falls due: when, what, and for which task ("" where it concerns the request)."""

    at: datetime
    what: Wake
    task: str = ""


def settle(turn: Turn) -> None:
    """Compute every stored instant from what it is a function of, and the earliest of them to wake at."""
    request, standard, start = turn.request, turn.whole.standard, turn.request.counts_from
    if standard is not None and start is not None:
        request.standard_due = due(standard.time, start, pauses(request.holds, standard=True), standard.calendar)
    for task in request.open_tasks:
        _task_clocks(task, turn.whole.stages.get(task.stage, turn.whole))
    wake(request)


def wake(request: Request) -> None:
    """Set the one instant to wake at: the earliest at which anything falls due."""
    waking = min(wakes(request), default=None)
    request.wake_at, request.wake_for = (None, None) if waking is None else (waking.at, waking.what.value)


def _task_clocks(task: Task, ground: Ground) -> None:
    held = pauses(task.holds, standard=False)
    task.due = due(ground.timing.tiers[task.tier - 1], task.entered, held, ground.calendar)
    task.reminder_at = None
    if task.due is not None:
        task.reminder_at = reminder(task.entered, task.due, ground.calendar, ground.limits.reminder_share, held)


def in_the_last_tenth(turn: Turn) -> bool:
    """Whether no more than a tenth of the working time of the tier that answers is left, and it has not run out."""
    task, calendar = turn.task, turn.ground.calendar
    if task.due is None or task.due <= turn.at:
        return False
    stood = clock.held(task.entered, task.due, pauses(task.holds, standard=False), calendar)
    return calendar.working_between(turn.at, task.due) * 10 <= calendar.working_between(task.entered, task.due) - stood


def wakes(request: Request) -> Iterator[Falling]:
    """Every instant at which something falls due for a request as it stands, with what for and for which task."""
    if request.over:
        return
    for at, what in _of_the_request(request):
        if at is not None:
            yield Falling(at, what)
    for task in request.open_tasks:
        for at, what in _on_hold(task.hold) if task.hold else _on_the_ladder(task):
            if at is not None:
                yield Falling(at, what, task.id)


def _of_the_request(request: Request) -> Iterator[tuple[datetime | None, Wake]]:
    if request.state in ENDED:
        if not request.open_tasks:
            yield request.reopen_until, Wake.REOPENING
    elif request.state in ASKED:
        yield request.confirm_by, Wake.CONFIRMATION
        yield request.call_back_at, Wake.CALL_BACK
    elif request.state in WORKED:
        if request.standard_lapsed_at is None:
            yield request.standard_due, Wake.STANDARD
        if request.state is not State.ON_HOLD:
            yield request.expected_at, Wake.EXPECTED


def _on_hold(hold: Hold) -> Iterator[tuple[datetime | None, Wake]]:
    yield hold.limit_at, Wake.HOLD
    yield hold.remind_at, Wake.HOLD_REMINDER


def _on_the_ladder(task: Task) -> Iterator[tuple[datetime | None, Wake]]:
    if task.accepted_at is None:
        yield _in_line(task, task.accept_by, Wake.ACCEPT)
    if task.beyond_at is not None:
        yield task.top_at, Wake.TOP
        return
    if task.reminded_at is None:
        yield task.reminder_at, Wake.REMINDER
    yield _in_line(task, task.due, Wake.DUE)


def _in_line(task: Task, due: datetime | None, what: Wake) -> tuple[datetime | None, Wake]:
    """What falls due, or where it waits in line for one who is given very many: its turn there."""
    return (due, what) if due is None or due != task.storm_due else (task.storm_at, Wake.STORM)


def judged(request: Request, closing: Closing) -> bool | None:
    """Whether a request closed this way was within its standard; None where it has none or was never put right.

    By the instant it was put right, however it came to be closed: words, silence and the unreached are counted apart.
    What lapsed before stays lapsed.
    """
    if request.standard_due is None or request.put_right_at is None or closing is Closing.WITHDRAWN:
        return None
    return request.standard_lapsed_at is None and request.put_right_at <= request.standard_due
