"""Whatever people do, the count after a drill asks for no notice that the rules do not tell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from drills.hearing import Reading, changes
from models.events import Event
from models.requests import ServiceRequest
from rules.procedure import Procedure
from rules.request import Ground
from rules.terms import Act
from rules.turn import Turn
from tests.drawn import drawn
from tests.rules import test_casework_anything as complaints
from tests.rules import test_stages_anything as applications
from tests.rules.applying import Application, ground_for
from tests.rules.desk import NOON, Desk
from tests.rules.test_tricks import LONGER, there

CONSUMER = 1


@dataclass
class Heard(Desk):
    """A desk that keeps its history as the tables would."""

    lines: list[Event] = field(default_factory=list)

    def _written(self, turn: Turn) -> Turn:
        recorded = NOON + timedelta(seconds=len(self.lines))
        self.lines += [
            Event(
                reference="1", number=new.number, kind=new.kind, actor=new.actor, at=new.at, recorded=recorded,
                task_id=new.task, post=new.post, data=new.data, public=new.public,
            )
            for new in turn.events
        ]  # fmt: skip
        return super()._written(turn)

    def unheard(self) -> list[str]:
        """What the count asks for and nobody was told."""
        request = self.request
        row = ServiceRequest.model_construct(
            kind=request.kind, contact_refused=False, brought_at=None, safety=request.safety
        )
        heard = {("1", told.number, told.kind.value, told.post or CONSUMER) for told in self.notices}
        wants = Reading(row, [CONSUMER] * (changes(self.lines) + 1)).wants(self.lines)
        return [str(want) for want in wants if not want.among(heard)]


@dataclass
class HeardApplication(Application, Heard):
    """The same of a connection request."""


DECIDED = st.sampled_from([Act.CORRECT, Act.REJECT, Act.AGREE, Act.DISAGREE, Act.OBJECT, Act.CHANGE_PHONE, Act.PRESENT])
STEPS = st.one_of(complaints.STEPS, st.tuples(st.just("decided"), DECIDED, st.just("")))


def decided(desk: Desk, act: Act) -> None:
    """Somebody proposes another category or to reject it, decides, objects, says that he was there, or has another number."""
    if act in (Act.OBJECT, Act.CHANGE_PHONE, Act.PRESENT):
        desk.consumer(act, words=True, claim="was_there")
    elif act in (Act.CORRECT, Act.REJECT):
        desk.officer(act, desk.task.handler, reason="not-feasible")
    else:
        desk.officer(act, desk.request.proposal.get("post", desk.task.answerable))


@drawn(200)
@given(complaints.GROUNDS, st.lists(st.tuples(complaints.MINUTES, STEPS), max_size=16))
def test_whatever_is_asked_for_of_a_complaint_was_told(
    ground: Ground, steps: list[tuple[int, tuple[str, Act, str]]]
) -> None:
    desk = Heard(replace(ground, reject_reasons=frozenset({"not-feasible"}), elsewhere=there(LONGER)))
    desk.look()
    for minutes, (side, act, who) in steps:
        desk.at += timedelta(minutes=minutes)
        decided(desk, act) if side == "decided" else complaints.done(desk, side, act, who)
        desk.late(desk.at)
    assert desk.unheard() == []


@drawn(200)
@given(
    st.sampled_from(applications.PROCEDURES),
    st.lists(st.tuples(applications.HOURS, applications.STEPS), max_size=24),
)
def test_whatever_is_asked_for_of_an_application_was_told(
    of: Procedure, steps: list[tuple[int, tuple[str, Act, int]]]
) -> None:
    desk = HeardApplication(ground_for(of))
    desk.look()
    for hours, (side, act, which) in steps:
        desk.at += timedelta(hours=hours)
        applications.does(desk, side, act, which)
        desk.late(desk.at)
    assert desk.unheard() == []
