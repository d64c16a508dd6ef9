"""What falls due by itself: acceptance, reminder, tier, hold, expected time, standard, silence, the end of reopening."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rules import brought
from rules.assignment import choose
from rules.calls import call_back, not_called
from rules.case import Wait
from rules.clocks import after, settle
from rules.closing import closed
from rules.completeness import begin
from rules.endings import over, ran_out
from rules.escalation import beyond, consumer_may_send_up, in_seat, next_above, remind_the_top_later, rise, skipped
from rules.exceptional import excuse
from rules.giving import COMPLAINT, give_out
from rules.recovery import hold_recovery
from rules.request import ANSWERABLE, CONSUMER, HANDLER
from rules.safety import ring_on, tell_all
from rules.storm import put_off
from rules.terms import Cause, Closing, EventKind, NoticeKind, State, Wake
from rules.turn import NewLapse, Turn


def assign(turn: Turn) -> None:
    """Give a received complaint to a post, or open the first stages of a connection request."""
    request = turn.request
    if turn.whole.procedure is not None:
        begin(turn) if request.brought_at is None else brought.begin(turn)
    else:
        begins, tier = request.brought_at or request.registered_at, request.brought_tier or 1
        found = give_out(turn, COMPLAINT, f"{request.reference}/{COMPLAINT}", begins, tier)
        passed = skipped(found.passed) or None
        turn.to(State.ASSIGNED)
        if request.safety:
            tell_all(turn)
        elif request.brought_at is None:
            turn.tell(NoticeKind.ASSIGNED, HANDLER, ANSWERABLE, tier=found.tier, skipped=passed)
        hold_recovery(turn)
    settle(turn)


def it_is_time(turn: Turn) -> None:
    """Do all that fell due at or before the turn's instant, the earliest first, each once."""
    first = settle(turn)
    while first is not None and first.at <= turn.at:
        turn.focus(first.task or None)
        FALLS_DUE[first.what](turn, first.at)
        first = settle(turn)
        turn.told_as_it_stands()
    turn.focus(None)


def _not_taken_up(turn: Turn, due: datetime) -> None:
    task = turn.task
    if turn.request.safety:
        task.accept_by = None
        return ring_on(turn, due)
    filled = [candidate for candidate in turn.ground.candidates if candidate.filled]
    other = choose(filled, task.offered) if len(task.offered) == 1 and task.tier == 1 else None
    if other is None:
        above = next_above(turn)
        if not put_off(turn, above, due):
            task.accept_by = None
            turn.event(EventKind.NOT_TAKEN_UP, due=due, from_post=task.handler)
            rise(turn, above, Cause.NOT_TAKEN_UP, due=due)
        return None
    task.accept_by = None
    before, task.handler = task.handler, other
    task.offered.append(other)
    if task.answerable == before:
        task.answerable, task.answerable_person = other, in_seat(turn, other)
    if turn.ground.timing.accept is not None:
        task.accept_by = after(turn.ground.timing.accept, turn.at, turn.ground.calendar)
    turn.event(EventKind.NOT_TAKEN_UP, due=due, from_post=before, post=other)
    turn.tell(NoticeKind.ASSIGNED, HANDLER)
    return None


def _remind(turn: Turn, due: datetime) -> None:
    turn.task.reminded_at = turn.at
    turn.event(EventKind.REMINDED, due=due, public=False, post=turn.task.handler, due_at=turn.task.due)
    turn.tell(NoticeKind.REMINDER, HANDLER, due=turn.task.due)


def _tier_ran_out(turn: Turn, due: datetime) -> None:
    task = turn.task
    if task.storm_due != due:
        turn.lapses.append(NewLapse(task.tier, task.answerable, task.answerable_person, due, task.id))
    above = next_above(turn)
    if not put_off(turn, above, due) and not rise(turn, above, Cause.TIMER, due=due):
        beyond(turn, due)


def _its_turn_came(turn: Turn, at: datetime) -> None:
    """What waited in line goes on as it would have when it fell due."""
    due = turn.task.storm_due
    assert due is not None
    waits_to_be_taken_up = turn.task.accepted_at is None and due == turn.task.accept_by
    (_not_taken_up if waits_to_be_taken_up else _tier_ran_out)(turn, due)


def _remind_the_top(turn: Turn, due: datetime) -> None:
    remind_the_top_later(turn)
    turn.event(EventKind.REMINDED, due=due, public=False, post=turn.task.answerable)
    turn.tell(NoticeKind.REMINDER, ANSWERABLE, beyond=True)


def _hold_ran_out(turn: Turn, due: datetime) -> None:
    hold = turn.open_hold
    assert hold is not None
    hold.end = due
    if turn.whole.procedure is not None:
        return ran_out(turn, hold, due)
    turn.to(State.IN_PROGRESS if turn.task.accepted_at else State.ASSIGNED)
    turn.event(EventKind.HOLD_ENDED, due=due, reason=hold.reason)
    settle(turn)
    turn.tell(NoticeKind.RESUMED, CONSUMER, HANDLER, reason=hold.reason, due=turn.task.due)
    return None


def _remind_of_his_turn(turn: Turn, due: datetime) -> None:
    hold = turn.open_hold
    assert hold is not None
    hold.remind_at = None
    to_pay = turn.request.case.to_pay if hold.reason == Wait.PAYMENT else None
    turn.event(EventKind.TURN_REMINDED, due=due, public=False, reason=hold.reason, limit=hold.limit_at)
    if hold.reason == Wait.PERMISSION:  # the applicant can do nothing about it
        return turn.tell(NoticeKind.REMINDER, HANDLER, due=hold.limit_at)
    return turn.tell(NoticeKind.TURN_REMINDER, CONSUMER, reason=hold.reason, limit=hold.limit_at, to_pay=to_pay)


def _expected_missed(turn: Turn, due: datetime) -> None:
    request = turn.request
    turn.event(EventKind.EXPECTED_MISSED, due=due, reason=request.expected_reason, expected_at=due)
    request.expected_at = request.expected_reason = None
    request.expected_missed += 1


def _standard_lapsed(turn: Turn, due: datetime) -> None:
    request, events = turn.request, turn.whole.exceptional
    request.standard_lapsed_at = due
    by = excuse(events, request.zone, request.category, request.counts_from, due, due)
    what = None if by is None or request.confidential else by.what
    turn.event(EventKind.STANDARD_LAPSED, due=due, exceptional=what)
    told = {"standard_due": due, "exceptional": what, "send_up": consumer_may_send_up(turn)}
    turn.tell(NoticeKind.STANDARD_LAPSED, CONSUMER, HANDLER, ANSWERABLE, **told)


def _unanswered(turn: Turn, due: datetime) -> None:
    request = turn.request
    if request.question_delivered_at is not None and not request.safety:
        closed(turn, Closing.SILENCE)
    else:
        call_back(turn, due)


def _reopening_past(turn: Turn, due: datetime) -> None:
    over(turn)


FALLS_DUE: Mapping[Wake, Callable[[Turn, datetime], None]] = {
    Wake.ACCEPT: _not_taken_up,
    Wake.REMINDER: _remind,
    Wake.DUE: _tier_ran_out,
    Wake.STORM: _its_turn_came,
    Wake.TOP: _remind_the_top,
    Wake.HOLD: _hold_ran_out,
    Wake.HOLD_REMINDER: _remind_of_his_turn,
    Wake.EXPECTED: _expected_missed,
    Wake.STANDARD: _standard_lapsed,
    Wake.CONFIRMATION: _unanswered,
    Wake.REOPENING: _reopening_past,
    Wake.CALL_BACK: not_called,
}
