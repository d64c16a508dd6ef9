"""The question whether it is put right, and the closing that follows its answer or the silence."""

from __future__ import annotations

from rules.clocks import after, judged, settle
from rules.durations import Duration
from rules.request import CONSUMER, HANDLER, RECOVERY
from rules.terms import Closing, EventKind, NoticeKind, State
from rules.turn import Turn


def ask(turn: Turn, time: Duration) -> None:
    """Ask the consumer whether it is put right, under the number of the event just written, and wait `time` for the answer."""
    request = turn.request
    request.question_number = request.number
    request.question_delivered_at = None
    request.confirm_by = after(time, turn.at, turn.ground.calendar)
    turn.tell(
        NoticeKind.QUESTION,
        CONSUMER,
        put_right_at=request.put_right_at,
        confirm_by=request.confirm_by,
        question=request.number,
    )


def closed(turn: Turn, closing: Closing) -> None:
    """Close a request that was put right, judge its standard, and open the time in which it may be reopened."""
    request = turn.request
    turn.to(State.CLOSED)
    settle(turn)  # a hold that ended with it gives its time back before the standard is judged
    request.within_standard = judged(request, closing)
    beside = [task.id for task in request.open_tasks if task.stage == RECOVERY]
    turn.close(closing)
    request.confirm_by = request.call_back_at = None
    request.reopen_until = after(turn.ground.limits.reopening_window, turn.at)
    turn.event(EventKind.CLOSED, closing=closing, reopen_until=request.reopen_until)
    told = {"closing": closing, "reopen_until": request.reopen_until}
    turn.tell(NoticeKind.CLOSED, CONSUMER, HANDLER, **told)
    turn.tell_handlers(NoticeKind.CLOSED, beside, **told)
