"""Connection requests moved by the rules alone: stages, waits, papers, dates, money, and every way out of them."""

from __future__ import annotations

from rules.procedure import Does
from rules.request import CONSUMER, Sent
from rules.terms import Act, Actor, EventKind, NoticeKind, Refused, State
from tests.rules.applying import APPLICANT, STAGES, THIRD, Application, ground_for, procedure, stage


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


def at_payment() -> Application:
    """A demand note of 1,000 was issued and is to be paid."""
    desk = Application()
    desk.walk(until="payment")
    return desk


def test_money_is_never_refused_because_its_stage_has_not_opened_yet() -> None:
    """Its number is known from the moment it is issued; the stage may wait for something else as well."""
    leave = stage("leave", Does.PERMISSION, "documents", whose=THIRD)
    stages = [*STAGES[:4], leave, stage("payment", Does.PAYMENT, "note", "leave", whose=APPLICANT), *STAGES[5:]]
    desk = Application(ground_for(procedure(*stages)))
    desk.look()
    for code in ("documents", "visit", "feasibility", "note"):
        desk.do(code)
    assert desk.pay() is None
    assert desk.request.case.balance == 1_000
    desk.do("leave")
    assert desk.stage("payment").done_at == desk.at
    assert desk.request.case.to_pay == 0


def test_what_was_paid_too_much_and_too_late_comes_back_when_the_new_note_is_out() -> None:
    desk = at_payment()
    desk.pay(400)
    desk.days(16)
    assert desk.pay(900) is None
    assert "refund" not in desk.open
    assert desk.at_stage("payment", Act.REISSUE) is None
    assert desk.stage("payment").done_at is not None
    assert desk.stage("refund").data["amount"] == 300
    assert desk.told(NoticeKind.REFUND_DUE) == {CONSUMER}


def test_a_refund_whose_sum_changed_meanwhile_is_looked_at_again() -> None:
    desk = at_payment()
    desk.pay(1_100)
    refund = desk.stage("refund")
    seen = len(desk.events)
    desk.consumer(Act.WITHDRAW)
    since = {event.kind for event in desk.events[seen:] if event.task in (None, refund.id)}
    sent = Sent(Act.FINISH, Actor.OFFICER, {}, 1, refund.handler, words=True, task=refund.id, since=frozenset(since))
    assert desk.take(sent) is Refused.STALE
    assert desk.last(EventKind.REFUND_DUE).data["amount"] == 1_100
    desk.do("refund")
    assert (desk.request.case.balance, desk.request.over) == (0, True)


def test_a_payment_that_has_no_number_or_came_before_is_not_counted() -> None:
    desk = at_payment()
    note = desk.request.case.notes[0].number
    once = Sent(Act.PAY, Actor.SYSTEM, {"note": note, "amount": 300, "payment": "p"})
    assert desk.take(once) is None
    assert desk.take(once) is Refused.OUT_OF_RANGE
    assert desk.take(Sent(Act.PAY, Actor.SYSTEM, {"note": note, "amount": 300})) is Refused.OUT_OF_RANGE
    assert desk.request.case.balance == 300
