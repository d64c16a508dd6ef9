"""Connection requests moved by the rules alone: stages, waits, papers, dates, and every way out of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rules.application import BadApplication, application_of
from rules.procedure import Does, Law
from rules.request import CONSUMER, Sent
from rules.stages import AGAIN
from rules.terms import Act, Actor, EventKind, NoticeKind, Refused, State
from tests.rules.applying import (
    APPLICANT,
    CLOSING,
    CONNECTING,
    MONTH,
    STAGES,
    WEEK,
    Application,
    at_payment,
    at_visit,
    ground_for,
    procedure,
    rejected_at,
    stage,
)
from tests.rules.desk import COLLEAGUE, HEAD, MANAGER, NOON, OFFICER, PERSON


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


def test_whoever_works_at_another_stage_hears_that_it_was_refused() -> None:
    desk = at_payment()
    desk.pay(1_000)
    assert desk.at_stage("permission", Act.GIVE, post=COLLEAGUE) is None
    rejected_at("agreement", desk)
    assert desk.told(NoticeKind.REJECTED) == {CONSUMER, desk.stage("agreement").handler, COLLEAGUE}


def test_what_is_closed_without_a_handover_may_be_opened_again_too() -> None:
    desk = Application(ground_for(CLOSING))
    desk.walk()
    assert desk.request.state is State.CLOSED
    assert desk.consumer(Act.REOPEN) is None
    assert (desk.open, desk.stage("certificate").tier) == (["certificate"], 2)


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


def test_a_paper_that_was_accepted_is_not_found_wrong_later() -> None:
    """Else an officer who is late makes the application incomplete, and its time begins anew."""
    desk = Application()
    desk.look()
    desk.hand_in()
    begun = desk.request.complete_at
    desk.at_stage("documents", Act.FAULT, faults={"identity": "unreadable"})
    assert (begun, desk.request.complete_at, desk.request.standard_due) == (NOON, None, None)
    desk.days(2)
    desk.hand_in("identity")
    assert desk.request.complete_at == desk.at
    assert desk.at_stage("documents", Act.FAULT, faults={"ownership": "expired"}) is Refused.ILLEGAL
    assert desk.at_stage("documents") is None


def test_everybody_with_a_stage_hears_that_it_was_taken_back_and_no_stage_counts_as_done() -> None:
    desk = at_payment()
    desk.pay()
    handlers = {desk.stage("agreement").handler, desk.stage("permission").handler}
    desk.at_stage("permission", Act.GIVE, post=COLLEAGUE)
    handlers.add(COLLEAGUE)
    assert desk.consumer(Act.WITHDRAW) is None
    assert desk.told(NoticeKind.WITHDRAWN) == {CONSUMER, *handlers}
    assert {desk.stage(code).outcome for code in ("agreement", "permission")} == {AGAIN}


def test_at_the_top_of_the_ladder_a_refusal_is_still_decided_by_two() -> None:
    desk = Application()
    desk.walk(until="feasibility")
    desk.days(5)
    task = desk.stage("feasibility")
    assert (task.tier, task.answerable, task.beyond_at) == (3, HEAD, None)
    assert desk.at_stage("feasibility", Act.REJECT, HEAD, reason="not-feasible") is Refused.AT_THE_TOP
    assert desk.at_stage("feasibility", outcome="refused", reason="not-feasible") is None
    assert desk.at_stage("feasibility", Act.AGREE, HEAD) is None
    assert desk.request.state is State.REJECTED


def test_who_goes_on_after_he_proposed_to_refuse_took_that_back() -> None:
    desk = Application()
    desk.walk(until="feasibility")
    desk.at_stage("feasibility", outcome="refused", reason="not-feasible")
    desk.do("feasibility")
    assert desk.at_stage("feasibility", Act.AGREE, MANAGER) is Refused.NOTHING_PROPOSED


def test_a_late_application_climbs_once_a_tier_and_not_while_dates_wait_to_be_chosen() -> None:
    desk = Application()
    desk.look()
    for _ in range(3):
        desk.consumer(Act.COMPLAIN, words=True)
    assert desk.stage("documents").tier == 2
    desk.walk(until="visit")
    desk.consumer(Act.COMPLAIN, words=True)
    assert desk.stage("visit").tier == 1


@pytest.mark.parametrize(("given", "kept"), [(None, None), ("lt", "lt"), ("ht", None)])
def test_a_voltage_is_one_that_a_standard_names(given: str | None, kept: str | None) -> None:
    of = procedure(standards=(Law(WEEK, "always", voltage="lt"), Law(MONTH, "always", voltage="11kv")))
    if given == "ht":
        with pytest.raises(BadApplication):
            application_of(of, {"applicant": "owner", "voltage": given}, None)
        return
    assert application_of(of, {"applicant": "owner", "voltage": given}, None).get("voltage") == kept
    anything = application_of(CONNECTING, {"applicant": "owner", "voltage": "Rubina 0300"}, None)
    assert anything == {"applicant": "owner"}


def test_a_date_can_be_chosen_though_another_stage_moved_meanwhile() -> None:
    desk = at_visit()
    key = desk.stage("visit").data["slots"][0]["key"]
    assert desk.consumer(Act.SLOT, slot=key, since=[EventKind.STAGE_DONE]) is None
    assert desk.consumer(Act.WITHDRAW, since=[EventKind.STAGE_DONE]) is Refused.STALE


def test_who_worked_at_any_stage_does_not_answer_for_the_applicant() -> None:
    desk = Application()
    desk.walk(until="meter")
    desk.at_stage("meter", Act.GIVE, post=COLLEAGUE)
    desk.walk()
    for post in {OFFICER, COLLEAGUE}:
        sent = Sent(Act.CONFIRM, Actor.OFFICER, {}, PERSON[post], "counter", rights="take_calls")
        assert desk.take(sent) is Refused.OWN_WORK
    assert desk.take(Sent(Act.CONFIRM, Actor.OFFICER, {}, 77, "counter", rights="take_calls")) is None
