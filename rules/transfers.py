"""The wrong office: the request goes to the right one, its tier and due instant unmoved; a quarrel is decided above both."""

from __future__ import annotations

from rules.escalation import in_seat, put_into_new_hands
from rules.giving import first_hands, lowest
from rules.ladder import answers
from rules.placing import placed
from rules.policy import UNPLACED
from rules.proposals import ask_post, elsewhere, none_pending
from rules.request import CONSUMER, HANDLER, Elsewhere, Sent
from rules.safety import tell_all
from rules.terms import EventKind, NoticeKind, Proposal, Refused
from rules.turn import Refusal, Turn


def transfer(turn: Turn, sent: Sent) -> None:
    """To the office it belongs to: tier and due instant stay; sent back once, then the lowest post above both decides."""
    other = elsewhere(turn)
    request = turn.request
    if request.confidential:
        raise Refusal(Refused.ILLEGAL)
    if other.office == request.office:
        raise Refusal(Refused.UNKNOWN_CODE)
    none_pending(turn)
    if request.area_class == UNPLACED:
        return placed(turn, other)
    if other.office in request.offices and len(request.offices) > 2:
        if other.above_both is None:
            raise Refusal(Refused.DECIDED_ABOVE)
        return ask_post(turn, Proposal.TRANSFER, other.above_both, office=other.office)
    return transferred(turn, other)


def transferred(turn: Turn, other: Elsewhere) -> None:
    """The other office has it now."""
    request, task = turn.request, turn.task
    before, from_post = request.office, task.handler
    request.offices = [*(request.offices or [before]), other.office]
    request.office, request.zone = other.office, other.zone
    turn.whole = other.ground
    entered, tier = task.entered, task.tier
    task.handler = first_hands(other.ground)
    put_into_new_hands(turn)
    person = in_seat(turn, task.handler)
    found = answers(other.ground.rungs, tier, turn.at, frozenset(task.answered))
    if tier == 1 and person is not None and lowest(other.ground, task.handler):
        task.answerable, task.answerable_person = task.handler, person
    elif found is not None:
        task.tier, task.answerable, task.answerable_person = found.tier, found.post, found.person
    task.entered = entered if task.tier == tier else turn.at
    turn.event(EventKind.TRANSFERRED, from_office=before, office=other.office, from_post=from_post, post=task.handler)
    turn.tell(NoticeKind.TRANSFERRED, CONSUMER, from_office=before)
    if request.safety:
        return tell_all(turn)
    return turn.tell(NoticeKind.ASSIGNED, HANDLER)
