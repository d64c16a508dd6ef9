"""A wrong category is corrected, never rejected; to a longer standard only with the agreement of the next tier."""

from __future__ import annotations

from datetime import UTC, datetime

from rules.assignment import choose
from rules.clocks import after, settle
from rules.due import due
from rules.escalation import enter, in_seat
from rules.ladder import answers
from rules.proposals import elsewhere, propose
from rules.request import CONSUMER, HANDLER, Elsewhere, Ground, Request, Sent
from rules.safety import tell_all
from rules.terms import EventKind, NoticeKind, Proposal, Refused, State
from rules.turn import Refusal, Turn

NEVER = datetime.max.replace(tzinfo=UTC)


def standard_under(request: Request, ground: Ground) -> datetime:
    """When the standard of `ground`, counted from the registered instant, ends; NEVER where there is none."""
    if ground.standard is None:
        return NEVER
    return due(ground.standard.time, request.registered_at, (), ground.standard.calendar) or NEVER


def raise_to_safety(turn: Turn, sent: Sent) -> None:
    """Danger after all: anybody on the staff may say so, with one tap, and it counts at once."""
    other = elsewhere(turn)
    if turn.request.safety or turn.request.confidential or not other.ground.timing.safety:
        raise Refusal(Refused.ILLEGAL)
    corrected(turn, other)


def correct(turn: Turn, sent: Sent) -> None:
    """Another category: at once where its standard is not longer, else by agreement of the next tier."""
    other = elsewhere(turn)
    if other.category == turn.request.category or other.office != turn.request.office:
        raise Refusal(Refused.UNKNOWN_CODE)
    if _must_be_asked(turn, other):
        lowered = turn.request.safety and not other.ground.timing.safety
        then = standard_under(turn.request, other.ground)
        if not propose(
            turn,
            Proposal.LOWER if lowered else Proposal.CORRECT,
            category=other.category,
            standard_due=turn.request.standard_due,
            standard_then=None if then == NEVER else then,
        ):
            return
    corrected(turn, other)


def _must_be_asked(turn: Turn, other: Elsewhere) -> bool:
    """Whether it would lengthen the standard, lower danger, or open what is confidential."""
    request, timing = turn.request, other.ground.timing
    longer = standard_under(request, other.ground) > standard_under(request, turn.ground)
    return longer or (request.safety and not timing.safety) or (request.confidential and not timing.confidential)


def corrected(turn: Turn, other: Elsewhere) -> None:
    """The request goes on as what it is: its standard counts from the registered instant, tier and entry stay."""
    request, task, ground = turn.request, turn.task, other.ground
    before, was_due, was_safe = request.category, request.standard_due, request.safety
    request.category = other.category
    request.safety, request.confidential = ground.timing.safety, ground.timing.confidential
    request.standard = None if ground.timing.standard is None else str(ground.timing.standard)
    request.standard_calendar = None if ground.timing.standard is None else ground.timing.standard_calendar
    request.standard_lapsed_at = None
    if ground.standard is None:
        request.standard_due = None
    turn.whole = ground
    danger = request.safety and not was_safe
    if task.ladder != ground.timing.ladder:
        task.ladder = ground.timing.ladder
        _change_hands(turn, ground, first_tier=danger)
    if danger and ground.timing.accept is not None:
        task.accepted_at, task.offered = None, [task.handler]
        task.accept_by = after(ground.timing.accept, turn.at, ground.calendar)
        if (hold := turn.open_hold) is not None:
            hold.end = turn.at
        if request.state is not State.ASSIGNED:
            turn.to(State.ASSIGNED)
    settle(turn)
    turn.event(
        EventKind.RAISED if danger else EventKind.CORRECTED, from_category=before, category=request.category, post=task.handler,
    )  # fmt: skip
    turn.tell(
        NoticeKind.CORRECTED,
        CONSUMER,
        HANDLER,
        from_category=before,
        standard_was=was_due,
        standard_due=request.standard_due,
    )
    if danger:
        tell_all(turn)


def _change_hands(turn: Turn, ground: Ground, *, first_tier: bool = False) -> None:
    """Another ladder: its own handler and answerable, at the same tier unless it is danger; the entry stays."""
    task = turn.task
    if task.handler not in {seat.post for seat in ground.rungs[0].seats}:
        task.handler = choose(ground.candidates) or ground.rungs[0].seats[0].post
    tier = 1 if first_tier else min(task.tier, len(ground.rungs))
    found = answers(ground.rungs, tier, turn.at)
    if tier == 1 and (person := in_seat(turn, task.handler)) is not None:
        task.tier, task.answerable, task.answerable_person = 1, task.handler, person
    elif found is not None:
        kept = task.entered
        enter(turn, found, at=kept if found.tier == task.tier else turn.at)
    if first_tier:
        task.entered = turn.at
        task.reminded_at = task.beyond_at = task.top_at = None
