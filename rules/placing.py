"""A request filed without a place is sent to its office: there its own ladder begins, its registered instant unmoved."""

from __future__ import annotations

from rules.assignment import choose
from rules.corrections import take_standard
from rules.escalation import enter, in_seat, put_into_new_hands
from rules.ladder import Answering, answers
from rules.request import CONSUMER, HANDLER, Elsewhere
from rules.safety import tell_all
from rules.terms import EventKind, NoticeKind
from rules.turn import Turn


def placed(turn: Turn, other: Elsewhere) -> None:
    """The office it belongs to has it from now, from the first tier on; the standard counts from the registered instant."""
    request, task, ground = turn.request, turn.task, other.ground
    before, from_post = request.office, task.handler
    request.office, request.zone, request.area_class = other.office, other.zone, other.area_class
    request.locality, request.feeder, request.segment = other.locality, other.feeder, other.segment
    request.site_office, request.site_zone = other.office, other.zone
    take_standard(turn, ground)
    turn.whole = ground
    task.ladder = ground.timing.ladder
    task.handler = choose(ground.candidates) or ground.rungs[0].seats[0].post
    person = in_seat(turn, task.handler)
    own = None if person is None else Answering(1, ground.rungs[0].role, task.handler, person)
    if found := own or answers(ground.rungs, 1, turn.at):
        enter(turn, found)
    put_into_new_hands(turn)
    turn.event(EventKind.TRANSFERRED, from_office=before, office=other.office, from_post=from_post, post=task.handler)
    turn.tell(NoticeKind.TRANSFERRED, CONSUMER, from_office=before)
    if request.safety:
        return tell_all(turn)
    return turn.tell(NoticeKind.ASSIGNED, HANDLER)
