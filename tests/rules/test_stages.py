"""Connection requests moved by the rules alone: stages, waits, papers, dates, money, and every way out of them."""

from __future__ import annotations

from rules.procedure import Does
from rules.terms import Act, State
from tests.rules.applying import APPLICANT, STAGES, Application, ground_for, procedure, stage


def test_a_request_runs_to_its_end_and_leaves_nobody_with_a_task() -> None:
    desk = Application()
    desk.walk()
    assert (desk.request.state, desk.open) == (State.DONE, [])
    desk.consumer(Act.CONFIRM)
    desk.days(8)
    assert (desk.request.state, desk.request.over, desk.request.within_standard) == (State.CLOSED, True, True)


def test_a_stage_beside_a_payment_that_ends_at_once_opens_once() -> None:
    """A note that asks for nothing ends its payment in the same second in which what runs beside it opens."""
    beside = stage("survey", Does.WORK, "note", checklist=("signed",))
    stages = [*STAGES[:4], stage("payment", Does.PAYMENT, "note", whose=APPLICANT), beside, *STAGES[5:]]
    desk = Application(ground_for(procedure(*stages, fees=())))
    desk.walk(until="agreement")
    assert [task.stage for task in desk.request.tasks].count("survey") == 1
