"""Connection requests moved by the rules alone: stages, waits, papers, dates, money, and every way out of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.case import NoteState
from rules.procedure import Does
from rules.request import CONSUMER, Sent
from rules.terms import Act, Actor, EventKind, NoticeKind, Refused, State
from tests.rules.applying import APPLICANT, CONNECTING, STAGES, THIRD, Application, ground_for, procedure, stage
from tests.rules.desk import MANAGER, NOON, OFFICER, PERSON


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


def rejected_at(code: str, desk: Application) -> Application:
    """The manager refuses at a stage what its officer proposed to refuse."""
    assert desk.at_stage(code, Act.REJECT, reason="not-feasible") is None
    assert desk.at_stage(code, Act.AGREE, MANAGER) is None
    return desk


def test_an_objection_opens_again_what_was_broken_off_a_tier_above_it_whatever_else_is_open() -> None:
    """Money that was to go back counts for the new note; nobody gives it back meanwhile."""
    desk = at_payment()
    desk.pay(1_000)
    rejected_at("agreement", desk)
    assert desk.open == ["refund"]
    assert desk.consumer(Act.OBJECT) is None
    assert (desk.open, desk.stage("note").tier) == (["note"], 3)
    desk.do("note")
    assert desk.request.case.to_pay == 0
    desk.walk()
    assert (desk.request.state, desk.open) == (State.DONE, [])
    assert (desk.request.case.balance, desk.request.case.owed) == (1_000, 1_000)


def test_a_security_is_set_off_once_when_a_bill_is_made_anew() -> None:
    desk = Application(ground_for(CLOSING))
    desk.walk(until="final-payment")
    assert desk.request.case.to_pay == 300
    desk.days(1)
    rejected_at("survey", desk)
    assert desk.consumer(Act.OBJECT) is None
    assert "bill" in desk.open
    desk.do("bill")
    assert (desk.request.case.to_pay, desk.request.case.balance) == (300, 600)


CLOSING = procedure(
    STAGES[0],
    stage("reading", Does.READING, "documents"),
    stage("bill", Does.BILL, "reading"),
    stage("survey", Does.WORK, "reading", checklist=("signed",)),
    stage("final-payment", Does.PAYMENT, "bill", when=("bill", "due"), whose=APPLICANT),
    stage("certificate", Does.CERTIFICATE, "final-payment", "survey"),
    STAGES[-1],
    confirm=None,
)


def test_what_is_closed_without_a_handover_may_be_opened_again_too() -> None:
    desk = Application(ground_for(CLOSING))
    desk.walk()
    assert desk.request.state is State.CLOSED
    assert desk.consumer(Act.REOPEN) is None
    assert (desk.open, desk.stage("certificate").tier) == (["certificate"], 2)


def test_a_note_that_is_made_anew_replaces_the_first_one() -> None:
    stages = [*STAGES[:8], stage("handover", Does.HANDOVER, "meter", back="visit"), STAGES[-1]]
    desk = Application(ground_for(procedure(*stages)))
    desk.walk()
    assert desk.consumer(Act.NOT_REPAIRED) is None
    desk.walk()
    assert desk.request.case.owed == 1_000
    assert [payment.amount for payment in desk.request.case.payments] == [1_000]
    assert [note.state for note in desk.request.case.notes] == [NoteState.CANCELLED, NoteState.PAID]


def test_it_was_not_done_before_the_applicant_said_that_it_is_not() -> None:
    desk = Application()
    desk.walk()
    before = desk.at
    desk.days(1)
    assert desk.consumer(Act.NOT_REPAIRED) is None
    desk.days(1)
    desk.walk(until="handover")
    assert desk.at_stage("handover", put_right=before.isoformat()) is Refused.OUT_OF_RANGE
    assert desk.at_stage("handover") is None


def at_visit(**more: object) -> Application:
    """The papers are good, and dates for a visit were offered."""
    desk = Application(**more)  # type: ignore[arg-type]
    desk.walk(until="visit")
    return desk


def test_other_dates_are_never_in_the_past() -> None:
    desk = at_visit()
    desk.days(14)
    assert desk.choose() is Refused.SLOT_TAKEN
    assert desk.consumer(Act.SLOT, slot="other") is None
    assert all(datetime.fromisoformat(slot["start"]) > desk.at for slot in desk.stage("visit").data["slots"])


def test_dates_are_offered_however_full_the_usual_days_are() -> None:
    """With none to choose from nobody could do anything, and the clock would run against the office."""
    full = {
        f"gizri/{NOON + timedelta(days=day):%Y-%m-%d}T{start}Z/{place}"
        for day in range(12)
        for start in ("04:30", "08:30")
        for place in (1, 2)
    }
    desk = at_visit(ground=ground_for(CONNECTING, taken=full))
    assert len(desk.stage("visit").data["slots"]) == 3
    assert desk.stage("visit").hold is not None


def test_the_office_hears_that_nobody_came_and_the_second_time_the_next_tier_answers() -> None:
    desk = at_visit()
    desk.choose()
    assert desk.consumer(Act.MISSED) is Refused.TOO_EARLY
    desk.until(desk.slot("end"))
    assert desk.consumer(Act.MISSED) is None
    assert desk.told(NoticeKind.VISIT_MISSED) == {CONSUMER, OFFICER}
    assert desk.stage("visit").due is not None, "the clock runs on"
    assert desk.request.case.held == []
    desk.choose()
    desk.until(desk.slot("end"))
    tier = desk.stage("visit").tier
    desk.consumer(Act.MISSED)
    assert desk.stage("visit").tier == tier + 1


def test_he_who_was_there_says_so_whatever_else_is_open_and_another_judges_it() -> None:
    beside = stage("survey", Does.WORK, "documents", checklist=("signed",))
    desk = at_visit(ground=ground_for(procedure(STAGES[0], beside, *STAGES[1:])))
    desk.choose()
    desk.until(desk.slot("start"))
    assert desk.at_stage("visit", Act.MISSED) is None
    held = desk.stage("visit").hold
    assert held is not None
    assert held.author == PERSON[desk.stage("visit").handler]
    desk.days(1)
    assert desk.consumer(Act.PRESENT, claim="was_there") is None
    assert desk.request.proposal["task"] == desk.stage("visit").id
    assert desk.request.proposal["by"] == held.author
    judge = str(desk.request.proposal["post"])
    assert desk.officer(Act.DISAGREE, judge) is None
    annulled = desk.stage("visit").holds[-1]
    assert (annulled.reason, annulled.end) == ("no_access", annulled.start)
