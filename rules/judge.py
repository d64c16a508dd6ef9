"""The three ways a request moves: it is looked at, a submission is taken, its time comes. Each gives a Turn to be written."""

from __future__ import annotations

from datetime import datetime

from rules import timers
from rules.applicant_acts import in_time, pay
from rules.calls import TAKES_CALLS, called, may_speak_for_him
from rules.clocks import settle
from rules.consumer_acts import by_consumer
from rules.given import need
from rules.officer_acts import by_officer
from rules.request import Ground, Request, Sent
from rules.states import ASKED
from rules.terms import Act, Actor, EventKind, Refused, State
from rules.turn import Refusal, Turn

MOVING = frozenset(
    {
        EventKind.ASSIGNED, EventKind.NOT_TAKEN_UP, EventKind.HELD, EventKind.RESUMED, EventKind.HOLD_ENDED,
        EventKind.PRESENT, EventKind.ESCALATED, EventKind.TAKEN_OVER, EventKind.GIVEN, EventKind.RESOLVED,
        EventKind.NOT_REPAIRED, EventKind.CLOSED, EventKind.REOPENED, EventKind.WITHDRAWN, EventKind.PROPOSED,
        EventKind.DECLINED, EventKind.CORRECTED, EventKind.RAISED, EventKind.TRANSFERRED, EventKind.REJECTED,
        EventKind.OBJECTED, EventKind.STAGE_DONE, EventKind.DEFICIENT, EventKind.SLOT_CHOSEN, EventKind.VISIT_MISSED,
        EventKind.NOTE_ISSUED, EventKind.LAPSED, EventKind.REFUND_DUE, EventKind.DIRECTED,
    }
)  # fmt: skip
"""Events after which an action decided on an older page is stale: the task or the request's state moved, or it was directed."""

NEVER_STALE = frozenset(
    {
        Act.NOTE,
        Act.ADD,
        Act.RECEIPT,
        Act.RAISE,
        Act.CALLED_AGAIN,
        Act.NOT_MINE,
        Act.CHANGE_PHONE,
        Act.PAY,
        Act.COMPLAIN,
        Act.DOCUMENT,
        Act.SLOT,
    }
)


def look(request: Request, ground: Ground, at: datetime) -> Turn:
    """Assign a request that was only received; otherwise nothing."""
    turn = Turn.of(request, ground, at)
    _assigned(turn)
    return turn


def it_is_time(request: Request, ground: Ground, at: datetime) -> Turn:
    """Do what fell due by `at`; nothing if nothing did."""
    return caught_up(Turn.of(request, ground, at))


def caught_up(turn: Turn) -> Turn:
    """The turn after all that fell due by its instant was done in it."""
    _assigned(turn)
    if turn.request.wake_at is not None and turn.request.wake_at <= turn.at:
        timers.it_is_time(turn)
    return turn


def _assigned(turn: Turn) -> None:
    if turn.request.state is State.RECEIVED and not turn.request.tasks:
        timers.assign(turn)
        turn.told_as_it_stands()


def take(request: Request, ground: Ground, at: datetime, sent: Sent) -> Turn:
    """Do what fell due by `at`, then what was sent. Raises Refusal with its code where it cannot be done; the request is then as it was.

    Money that was paid in time comes first: nothing lapses because we heard of it late.
    """
    first = sent.act is Act.PAY and in_time(request.case.note, sent)
    turn = look(request, ground, at) if first else it_is_time(request, ground, at)
    turn.sent = sent
    need(not sent.own or sent.act is Act.RAISE, Refused.OWN_WORK)
    if sent.task is not None:
        need(any(task.id == sent.task for task in turn.request.tasks), Refused.STALE)
        turn.focus(sent.task)
    if sent.act not in NEVER_STALE and sent.since & MOVING:
        raise Refusal(Refused.STALE)
    _do(turn, sent)
    settle(turn)
    if first:
        turn.sent = None
        timers.it_is_time(turn)
    return turn


def _do(turn: Turn, sent: Sent) -> None:
    if sent.act is Act.RECEIPT:
        _receipt(turn, sent)
    elif sent.act is Act.PAY:
        need(turn.whole.procedure is not None)
        need(sent.actor is Actor.SYSTEM or sent.rights == TAKES_CALLS, Refused.NOT_YOURS)
        pay(turn, sent)
    elif sent.actor is Actor.CONSUMER:
        by_consumer(turn, sent)
    elif sent.act is Act.CALLED:
        called(turn, sent)
    elif sent.rights == TAKES_CALLS and sent.act is not Act.RAISE:
        may_speak_for_him(turn, sent)
        by_consumer(turn, sent)
    else:
        by_officer(turn, sent)


def _receipt(turn: Turn, sent: Sent) -> None:
    """A delivery report of the question now being asked: from here silence may count."""
    request = turn.request
    current = request.state in ASKED and sent.data.get("question") == request.question_number
    if current and sent.data.get("state") == "delivered" and request.question_delivered_at is None:
        request.question_delivered_at = turn.at
        turn.event(EventKind.DELIVERED, public=False)
