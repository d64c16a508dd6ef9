"""What was proposed is agreed to, or not: by whom it was put before, never by who proposed it."""

from __future__ import annotations

from rules.corrections import corrected
from rules.proposals import deciders, elsewhere, told_to_the_consumer
from rules.rejections import rejected
from rules.request import CONSUMER, Sent
from rules.terms import EventKind, NoticeKind, Proposal, Refused
from rules.transfers import transferred
from rules.turn import Refusal, Turn


def decide(turn: Turn, sent: Sent, *, agreed: bool) -> None:
    """Agree to what was proposed, or not: by the post it was put before or one answerable above it, never by who proposed it."""
    proposal = turn.request.proposal
    if not proposal:
        raise Refusal(Refused.NOTHING_PROPOSED)
    turn.focus(proposal.get("task"))
    if sent.post not in deciders(proposal, turn.task.tier, turn.task.answerable):
        raise Refusal(Refused.NOT_YOURS)
    if sent.person is not None and sent.person == proposal.get("by"):
        raise Refusal(Refused.OWN_WORK)
    if agreed:
        return settled(turn)
    return declined(turn)


def settled(turn: Turn) -> None:
    """Do what was agreed."""
    what = Proposal(turn.request.proposal["what"])
    if what is Proposal.REJECT:
        if turn.request.safety:
            raise Refusal(Refused.NOT_FOR_SAFETY)
        return rejected(turn)
    if what is Proposal.HOLD:
        turn.request.proposal = {}
        turn.event(EventKind.UPHELD, what=what)
        return None
    other = elsewhere(turn)
    turn.request.proposal = {}
    return transferred(turn, other) if what is Proposal.TRANSFER else corrected(turn, other)


def declined(turn: Turn) -> None:
    """Not agreed: it stays as it is; a hold the consumer contested counts as though it had never been."""
    proposal, turn.request.proposal = turn.request.proposal, {}
    what, asked = Proposal(proposal["what"]), proposal.get("from")
    turn.event(EventKind.DECLINED, public=not proposal.get("hidden"), what=what)
    if what is Proposal.HOLD:
        annul_last_hold(turn)
    if isinstance(asked, str):
        turn.tell_post(NoticeKind.DECLINED, asked, what=what)
    if told_to_the_consumer(proposal):
        turn.tell(NoticeKind.DECLINED, CONSUMER, what=what)


def annul_last_hold(turn: Turn) -> None:
    """The last hold counts as though it had never been."""
    holds = [hold for hold in turn.task.holds if hold.stops_standard and hold.end is not None]
    if holds:
        holds[-1].end = holds[-1].start
