"""The clocks of a request, set anew after every transition: due instants, reminder, standard, and the one instant to wake at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from rules.calendar import Calendar
from rules.due import Pause, due, reminder
from rules.durations import Duration, Unit
from rules.request import Hold, Request
from rules.states import WORKED
from rules.terms import Closing, State, Wake
from rules.turn import Turn

ENDED = frozenset({State.CLOSED, State.REJECTED})
"""States that may still be opened again for a while."""

ELAPSED = Calendar.round_the_clock("UTC")


def after(time: Duration, start: datetime, calendar: Calendar = ELAPSED) -> datetime:
    """The instant `time` runs out from `start` with no pause; without a calendar "N days" is N times 24 hours."""
    if time.unit is Unit.DAYS and calendar is ELAPSED:
        return start + timedelta(days=time.amount)
    at = due(time, start, (), calendar)
    assert at is not None
    return at


def pauses(holds: list[Hold], *, standard: bool) -> list[Pause]:
    """The holds that stop this clock: all of them stop a tier, only the consumer's turn stops the standard."""
    return [Pause(hold.start, hold.end) for hold in holds if hold.stops_standard or not standard]


def settle(turn: Turn) -> None:
    """Compute every stored instant from what it is a function of, and the earliest of them to wake at."""
    request, ground = turn.request, turn.ground
    if ground.standard is not None:
        held = pauses(request.holds, standard=True)
        request.standard_due = due(ground.standard.time, request.registered_at, held, ground.standard.calendar)
    if request.task is not None and request.task.done_at is None:
        _task_clocks(turn)
    waking = min(wakes(request), default=None)
    request.wake_at, request.wake_for = (None, None) if waking is None else (waking[0], waking[1].value)


def _task_clocks(turn: Turn) -> None:
    task, ground = turn.task, turn.ground
    held = pauses(turn.request.holds, standard=False)
    task.due = due(ground.timing.tiers[task.tier - 1], task.entered, held, ground.calendar)
    task.reminder_at = None
    if task.due is not None:
        task.reminder_at = reminder(task.entered, task.due, ground.calendar, ground.limits.reminder_share, held)


def wakes(request: Request) -> Iterator[tuple[datetime, Wake]]:
    """Every instant at which something falls due for a request as it stands, with what for."""
    for at, what in _wakes(request):
        if at is not None:
            yield at, what


def _wakes(request: Request) -> Iterator[tuple[datetime | None, Wake]]:
    if request.over:
        return
    if request.state in ENDED:
        yield request.reopen_until, Wake.REOPENING
    elif request.state is State.RESOLVED:
        yield request.confirm_by, Wake.CONFIRMATION
        yield request.call_back_at, Wake.CALL_BACK
    elif request.state in WORKED and request.task is not None:
        if request.standard_lapsed_at is None:
            yield request.standard_due, Wake.STANDARD
        if request.state is State.ON_HOLD:
            yield min((h.limit_at for h in request.holds if h.end is None and h.limit_at), default=None), Wake.HOLD
        else:
            yield from _ladder_wakes(request)


def _ladder_wakes(request: Request) -> Iterator[tuple[datetime | None, Wake]]:
    task = request.task
    assert task is not None
    yield request.expected_at, Wake.EXPECTED
    if task.accepted_at is None:
        yield task.accept_by, Wake.ACCEPT
    if task.beyond_at is not None:
        yield task.top_at, Wake.TOP
        return
    if task.reminded_at is None:
        yield task.reminder_at, Wake.REMINDER
    yield task.due, Wake.DUE


def judged(request: Request, closing: Closing) -> bool | None:
    """Whether a request closed this way was within its standard; None where it has none or was never put right.

    By the instant it was put right, however it came to be closed: words, silence and the unreached are counted apart.
    What lapsed before stays lapsed.
    """
    if request.standard_due is None or request.put_right_at is None or closing is Closing.WITHDRAWN:
        return None
    return request.standard_lapsed_at is None and request.put_right_at <= request.standard_due
