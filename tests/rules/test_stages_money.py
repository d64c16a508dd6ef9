"""Money of connection requests: demand notes, payments early and late, and what is given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.case import NoteState
from rules.procedure import Does, Lapse
from rules.request import CONSUMER, Sent
from rules.terms import Act, Actor, EventKind, NoticeKind, Refused, State
from tests.rules.applying import (
    APPLICANT,
    CLOSING,
    STAGES,
    THIRD,
    Application,
    at_payment,
    ground_for,
    procedure,
    rejected_at,
    stage,
)


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


def test_a_note_that_is_made_anew_replaces_the_first_one() -> None:
    stages = [*STAGES[:8], stage("handover", Does.HANDOVER, "meter", back="visit"), STAGES[-1]]
    desk = Application(ground_for(procedure(*stages)))
    desk.walk()
    assert desk.consumer(Act.NOT_REPAIRED) is None
    desk.walk()
    assert desk.request.case.owed == 1_000
    assert [payment.amount for payment in desk.request.case.payments] == [1_000]
    assert [note.state for note in desk.request.case.notes] == [NoteState.CANCELLED, NoteState.PAID]


def test_what_was_paid_for_a_request_that_lapsed_may_be_claimed_once() -> None:
    stages = [replace(one, lapse=Lapse.LAPSED) if one.code == "payment" else one for one in STAGES]
    desk = Application(ground_for(procedure(*stages)))
    desk.walk(until="payment")
    desk.pay(400)
    desk.days(16)
    assert (desk.request.state, desk.request.over, desk.request.case.balance) == (State.LAPSED, True, 400)
    assert desk.consumer(Act.CLAIM) is None
    desk.consumer(Act.CLAIM)
    assert desk.open == ["refund"]
    desk.do("refund")
    assert (desk.request.case.balance, desk.request.over) == (0, True)
    assert desk.consumer(Act.CLAIM) is Refused.ILLEGAL


def test_the_reminder_to_pay_says_how_much_and_a_permission_is_the_offices_to_get() -> None:
    desk = at_payment()
    desk.pay(400)
    desk.days(13.5)
    reminder = next(notice for notice in desk.notices if notice.kind is NoticeKind.TURN_REMINDER)
    assert (reminder.to, reminder.data["to_pay"]) == (CONSUMER, 600)
    desk.pay()
    desk.days(14)
    held = desk.stage("permission").holds[-1].limit_at
    told = [notice.data.get("due") for notice in desk.notices if notice.kind is NoticeKind.REMINDER]
    assert held is not None
    assert held.isoformat() in told


def test_a_refund_is_not_refused_as_though_it_were_an_application() -> None:
    desk = at_payment()
    desk.pay()
    desk.consumer(Act.WITHDRAW)
    assert desk.at_stage("refund", Act.REJECT, reason="not-feasible") is Refused.ILLEGAL


def test_a_wrong_demand_note_is_answered_for_by_the_next_tier_once() -> None:
    desk = at_payment()
    for _ in range(2):
        assert desk.consumer(Act.COMPLAIN, words=True) is None
    assert (desk.stage("payment").tier, desk.request.repeats) == (2, 2)


@pytest.mark.parametrize("lapse", list(Lapse))
def test_money_that_was_paid_in_time_counts_though_we_were_late(lapse: Lapse) -> None:
    """We were away when the note's last day ended; the payment lay in the tray."""
    stages = [replace(one, lapse=lapse) if one.code == "payment" else one for one in STAGES]
    desk = Application(ground_for(procedure(*stages)))
    desk.walk(until="payment")
    paid = desk.at + timedelta(days=14)
    desk.at += timedelta(days=17)
    assert desk.pay(paid=paid) is None
    assert (desk.request.state, desk.stage("payment").done_at) == (State.COMPLETE, desk.at)
    assert EventKind.NOTE_EXPIRED not in desk.kinds


def test_a_bank_that_tells_late_of_money_paid_in_time_ends_the_stage_without_a_new_note() -> None:
    desk = at_payment()
    paid = desk.at + timedelta(days=14)
    desk.days(17)
    assert EventKind.NOTE_EXPIRED in desk.kinds
    assert desk.pay(paid=paid) is None
    assert desk.stage("payment").done_at == desk.at
    assert desk.request.case.notes[0].state is NoteState.PAID


def test_a_part_paid_in_time_does_not_stop_the_rest_from_expiring() -> None:
    desk = at_payment()
    paid = desk.at + timedelta(days=14)
    desk.at += timedelta(days=17)
    assert desk.pay(400, paid=paid) is None
    assert desk.kinds.index(EventKind.PAID) < desk.kinds.index(EventKind.NOTE_EXPIRED)
    assert desk.last(EventKind.NOTE_EXPIRED).actor is Actor.SYSTEM
