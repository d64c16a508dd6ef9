"""A wrong category is corrected, never rejected; to more time only with the agreement of the next tier."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rules.clocks import pauses, settle
from rules.due import due
from rules.escalation import enter, in_seat, put_into_new_hands
from rules.giving import first_hands, lowest
from rules.ladder import answers
from rules.proposals import elsewhere, none_pending, propose
from rules.request import CONSUMER, HANDLER, Elsewhere, Ground, Request, Sent
from rules.safety import ring_anew
from rules.terms import EventKind, NoticeKind, Proposal, Refused, State
from rules.turn import Refusal, Turn

NEVER = datetime.max.replace(tzinfo=UTC)


def standard_under(request: Request, ground: Ground, *, held: bool = False) -> datetime:
    """When the standard of `ground`, counted from the registered instant, ends; NEVER where there is none.

    Without holds, to be compared; with `held`, what holds have given back so far is added.
    """
    if ground.standard is None:
        return NEVER
    holds = pauses([hold for hold in request.holds if hold.end is not None], standard=True) if held else ()
    return due(ground.standard.time, request.registered_at, holds, ground.standard.calendar) or NEVER


def tier_under(turn: Turn, ground: Ground) -> datetime:
    """When the present tier's time would end by the times of `ground`, no pause counted."""
    task = turn.task
    time = ground.timing.tiers[min(task.tier, len(ground.timing.tiers)) - 1]
    return due(time, task.entered, (), ground.calendar) or NEVER


def raise_to_safety(turn: Turn, sent: Sent) -> None:
    """Danger after all: anybody on the staff may say so, with one tap, and it counts at once."""
    other = elsewhere(turn)
    if turn.request.safety or turn.request.confidential or not other.ground.timing.safety:
        raise Refusal(Refused.ILLEGAL)
    corrected(turn, other)


def correct(turn: Turn, sent: Sent) -> None:
    """Another category: at once where nothing of it comes later, else by agreement of the next tier."""
    other = elsewhere(turn)
    if other.category == turn.request.category or other.office != turn.request.office:
        raise Refusal(Refused.UNKNOWN_CODE)
    if other.ground.timing.safety and not turn.request.safety:
        return raise_to_safety(turn, sent)
    none_pending(turn)
    if _must_be_asked(turn, other) and not _agreed_alone(turn, other):
        return None
    return corrected(turn, other)


def _agreed_alone(turn: Turn, other: Elsewhere) -> bool:
    """Ask the next tier; True where nobody need be asked."""
    request = turn.request
    lowered = request.safety and not other.ground.timing.safety
    then = standard_under(request, other.ground, held=True)
    return propose(
        turn,
        Proposal.LOWER if lowered else Proposal.CORRECT,
        category=other.category,
        standard_due=request.standard_due,
        standard_then=None if then == NEVER else then,
    )


def _must_be_asked(turn: Turn, other: Elsewhere) -> bool:
    """Whether it would give more time, to the request or to who answers now, lower danger, or open what is confidential."""
    request, timing = turn.request, other.ground.timing
    longer = standard_under(request, other.ground) > standard_under(request, turn.ground)
    later = tier_under(turn, other.ground) > tier_under(turn, turn.ground)
    return (
        longer or later or (request.safety and not timing.safety) or (request.confidential and not timing.confidential)
    )


def corrected(turn: Turn, other: Elsewhere) -> None:
    """The request goes on as what it is: its standard counts from the registered instant, tier and entry stay."""
    request, task, ground = turn.request, turn.task, other.ground
    before, was_due, was_safe = request.category, request.standard_due, request.safety
    danger = ground.timing.safety and not was_safe
    if danger and standard_under(request, ground) > standard_under(request, turn.ground):
        ground = replace(ground, standard=turn.ground.standard)  # to call it danger buys nobody time
    else:
        take_standard(turn, ground)
    request.category = other.category
    request.safety, request.confidential = ground.timing.safety, ground.timing.confidential
    turn.whole = ground
    if task.ladder != ground.timing.ladder:
        task.ladder = ground.timing.ladder
        _change_hands(turn, ground, first_tier=danger)
    settle(turn)
    judge = _judge_of_the_wait(turn) if danger else None
    turn.event(
        EventKind.RAISED if danger else EventKind.CORRECTED, from_category=before, category=request.category, post=task.handler,
        asked=judge,
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
        _danger_begins(turn, judge)


def take_standard(turn: Turn, ground: Ground) -> None:
    """The standard of the new category, from the registered instant; a lapse stays one unless it ends later now."""
    request, timing = turn.request, ground.timing
    request.standard = None if timing.standard is None else str(timing.standard)
    request.standard_calendar = None if timing.standard is None else timing.standard_calendar
    ends = standard_under(request, ground, held=True)
    if request.standard_lapsed_at is not None:
        request.standard_lapsed_at = ends if ends <= turn.at else None
    if ground.standard is None:
        request.standard_due = None


def _judge_of_the_wait(turn: Turn) -> str | None:
    """The post that judges, now that it is danger, a wait which the consumer contested; None where none is."""
    if turn.request.proposal.get("what") != Proposal.HOLD:
        return None
    found = answers(turn.ground.rungs, turn.task.tier + 1, turn.at)
    return turn.task.answerable if found is None else found.post


def _danger_begins(turn: Turn, judge: str | None) -> None:
    """It rings from this second; a wait ends, and what was proposed is void, but for a wait that the consumer contested."""
    request = turn.request
    if (hold := turn.open_hold) is not None:
        hold.end = turn.at
    if request.state is not State.ASSIGNED:
        turn.to(State.ASSIGNED)
    if judge is not None:
        request.proposal |= {"post": judge, "tier": turn.task.tier}
        turn.tell_post(NoticeKind.PROPOSED, judge, what=Proposal.HOLD)
    else:
        request.proposal = {}
    settle(turn)
    ring_anew(turn)


def _change_hands(turn: Turn, ground: Ground, *, first_tier: bool = False) -> None:
    """Another ladder: its own handler and answerable, at the same tier unless it is danger; the entry stays."""
    task = turn.task
    if task.handler not in {seat.post for seat in ground.rungs[0].seats}:
        task.handler = first_hands(ground)
        put_into_new_hands(turn)
    person = in_seat(turn, task.handler)
    tier = 1 if first_tier else min(task.tier, len(ground.rungs))
    own = frozenset(task.answered) | ({person} if person is not None and tier > 1 else set())
    found = answers(ground.rungs, tier, turn.at, own)
    if tier == 1 and person is not None and lowest(ground, task.handler):
        task.tier, task.answerable, task.answerable_person = 1, task.handler, person
    elif found is not None:
        kept = task.entered
        enter(turn, found, at=kept if found.tier == task.tier else turn.at)
    if first_tier:
        task.entered = turn.at
        task.reminded_at = task.beyond_at = task.top_at = None
