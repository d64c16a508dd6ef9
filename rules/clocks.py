"""The clocks of a request, set anew after every transition: due instants, reminder, standard, and the one instant to wake at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from rules import due as clock
from rules.calendar import Calendar
from rules.due import Pause
from rules.durations import Duration, Unit
from rules.request import Hold, Request, Task
from rules.states import ASKED, WORKED
from rules.terms import Closing, State, Wake
from rules.turn import Settled, Turn

ENDED = frozenset({State.CLOSED, State.REJECTED})
"""States that may still be opened again for a while."""

ELAPSED = Calendar.round_the_clock("UTC")

NEVER = datetime.max.replace(tzinfo=UTC)
"""When what is not set falls due."""


def after(time: Duration, start: datetime, calendar: Calendar = ELAPSED) -> datetime:
    """The instant `time` runs out from `start` with no pause; without a calendar "N days" is N times 24 hours."""
    if time.unit is Unit.DAYS and calendar is ELAPSED:
        return start + timedelta(days=time.amount)
    at = clock.due(time, start, (), calendar)
    assert at is not None
    return at


def pauses(holds: Iterable[Hold], *, standard: bool) -> tuple[Pause, ...]:
    """The holds that stop this clock: all of them stop a tier, only the consumer's turn stops the standard."""
    return tuple([Pause(hold.start, hold.end) for hold in holds if hold.stops_standard or not standard])


NOTHING: Settled = (None, None, None)


class Falling(NamedTuple):
    """What falls due: when, what, and for which task ("" where it concerns the request)."""

    at: datetime
    what: Wake
    task: str = ""


def settle(turn: Turn) -> Falling | None:
    """Compute every stored instant from what it is a function of; what falls due first, at which to wake."""
    request = turn.request
    _standard_clock(turn)
    for task in request.open_tasks:
        _task_clocks(turn, task)
    return wake(request)


def wake(request: Request) -> Falling | None:
    """Set the one instant to wake at, the earliest at which anything falls due, and answer what does."""
    first = None if request.over else min(_falling(request), default=None)
    if first is None or first[0] is NEVER:
        request.wake_at = request.wake_for = None
        return None
    request.wake_at, request.wake_for = first[0], first[1].value
    return Falling(*first)


def _standard_clock(turn: Turn) -> None:
    request, standard, start = turn.request, turn.whole.standard, turn.request.counts_from
    if standard is None or start is None:
        return
    held = pauses(request.holds, standard=True)
    numbers = (standard.time, start, held, standard.calendar)
    if turn.settled.get("", NOTHING)[0] != numbers:
        turn.settled[""] = (numbers, clock.due(*numbers), None)
    request.standard_due = turn.settled[""][1]


def _task_clocks(turn: Turn, task: Task) -> None:
    """A turn settles its clocks several times over, mostly from the same numbers: then they are what they were."""
    ground = turn.whole.stages.get(task.stage, turn.whole)
    time, calendar, share = ground.timing.tiers[task.tier - 1], ground.calendar, ground.limits.reminder_share
    held = pauses(task.holds, standard=False)
    numbers = (time, task.entered, held, calendar, share)
    if turn.settled.get(task.id, NOTHING)[0] != numbers:
        due, reminder = clock.due(time, task.entered, held, calendar), None
        if due is not None and not turn.foretold:
            reminder = clock.reminder(task.entered, due, calendar, share, held)
        turn.settled[task.id] = (numbers, due, reminder)
    _, task.due, task.reminder_at = turn.settled[task.id]


def in_the_last_tenth(turn: Turn) -> bool:
    """Whether no more than a tenth of the working time of the tier that answers is left, and it has not run out."""
    task, calendar = turn.task, turn.ground.calendar
    if task.due is None or task.due <= turn.at:
        return False
    stood = clock.held(task.entered, task.due, pauses(task.holds, standard=False), calendar)
    return calendar.working_between(turn.at, task.due) * 10 <= calendar.working_between(task.entered, task.due) - stood


def _falling(request: Request) -> list[tuple[datetime, Wake, str]]:
    """When everything falls due for a request as it stands, what for and for which task; NEVER where it does not."""
    found = _of_the_request(request)
    for task in request.open_tasks:
        found += _on_the_ladder(task) if task.hold is None else _on_hold(task.hold, task.id)
    return found


def _of_the_request(request: Request) -> list[tuple[datetime, Wake, str]]:
    if request.state in WORKED:
        lapses = NEVER if request.standard_lapsed_at else request.standard_due or NEVER
        expected = NEVER if request.state is State.ON_HOLD else request.expected_at or NEVER
        return [(lapses, Wake.STANDARD, ""), (expected, Wake.EXPECTED, "")]
    if request.state in ASKED:
        return [
            (request.confirm_by or NEVER, Wake.CONFIRMATION, ""),
            (request.call_back_at or NEVER, Wake.CALL_BACK, ""),
        ]
    if request.state in ENDED and not request.open_tasks:
        return [(request.reopen_until or NEVER, Wake.REOPENING, "")]
    return []


def _on_hold(hold: Hold, task: str) -> list[tuple[datetime, Wake, str]]:
    return [(hold.limit_at or NEVER, Wake.HOLD, task), (hold.remind_at or NEVER, Wake.HOLD_REMINDER, task)]


def _on_the_ladder(task: Task) -> list[tuple[datetime, Wake, str]]:
    found = [] if task.accepted_at else [_in_line(task, task.accept_by, Wake.ACCEPT)]
    if task.beyond_at is not None:
        return [*found, (task.top_at or NEVER, Wake.TOP, task.id)]
    if task.reminded_at is None:
        found.append((task.reminder_at or NEVER, Wake.REMINDER, task.id))
    return [*found, _in_line(task, task.due, Wake.DUE)]


def _in_line(task: Task, due: datetime | None, what: Wake) -> tuple[datetime, Wake, str]:
    """What falls due, or where it waits in line for one who is given very many: its turn there."""
    if due is None or due != task.storm_due:
        return due or NEVER, what, task.id
    return task.storm_at or NEVER, Wake.STORM, task.id


def judged(request: Request, closing: Closing) -> bool | None:
    """Whether a request closed this way was within its standard; None where it has none or was never put right.

    By the instant it was put right, however it came to be closed: words, silence and the unreached are counted apart.
    What lapsed before stays lapsed.
    """
    if request.standard_due is None or request.put_right_at is None or closing is Closing.WITHDRAWN:
        return None
    return request.standard_lapsed_at is None and request.put_right_at <= request.standard_due
