"""Danger: all of the ladder is told at the same second, and it rings on until somebody accepts."""

from __future__ import annotations

from datetime import datetime

from rules.clocks import after
from rules.escalation import escalate, in_seat
from rules.terms import Cause, EventKind, NoticeKind
from rules.turn import Turn


def tell_all(turn: Turn) -> None:
    """Tell every tier of the ladder at once."""
    for rung in turn.ground.rungs:
        for seat in rung.seats:
            turn.tell_post(NoticeKind.DANGER, seat.post)
    turn.tell_post(NoticeKind.DANGER, turn.task.handler)


def ring_anew(turn: Turn) -> None:
    """Danger again: nobody has taken it up yet, and all are told."""
    task, accept = turn.task, turn.ground.timing.accept
    task.accepted_at, task.offered = None, [task.handler]
    task.accept_by = None if accept is None else after(accept, turn.at, turn.ground.calendar)
    tell_all(turn)


def ring_on(turn: Turn, due: datetime) -> None:
    """Nobody accepted: the next on the roster, then the next tier, then all of them again every accept time."""
    task = turn.task
    rung_before = len(task.offered)
    task.offered.append(task.handler)
    colleague = _next_on_the_roster(turn)
    if rung_before == 1 and colleague is not None:
        turn.event(EventKind.RANG_ON, due=due, public=False, post=task.handler)
        turn.tell_post(NoticeKind.DANGER, task.handler, colleague)
    elif not escalate(turn, Cause.NOT_TAKEN_UP, due=due):
        turn.event(EventKind.RANG_ON, due=due, public=False, post=task.answerable)
    if rung_before > 1 or colleague is None:
        tell_all(turn)
    accept = turn.ground.timing.accept
    task.accept_by = None if accept is None else after(accept, turn.at, turn.ground.calendar)


def _next_on_the_roster(turn: Turn) -> int | None:
    """Another person on the roster of the handler's post who is not away; None if there is none."""
    now = in_seat(turn, turn.task.handler)
    seats = [seat for rung in turn.ground.rungs for seat in rung.seats if seat.post == turn.task.handler]
    others = [f for seat in seats for f in seat.fillings if f.person != now and not f.is_away(turn.at)]
    return min((f.person for f in others), default=None)
