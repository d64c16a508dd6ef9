"""Every short cut a hurried or dishonest officer would try, by the rules alone: refused or harmless, the clocks as the rule says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.durations import parse
from rules.policy import UNPLACED, Timing
from rules.request import Elsewhere, Ground, Sent
from rules.terms import Act, Actor, Closing, EventKind, NoticeKind, Proposal, Refused, State
from tests.rules.desk import COLLEAGUE, HEAD, MANAGER, NOON, OFFICER, PERSON, SUPPLY, Desk, assigned, at, ground

LONGER = replace(SUPPLY, standard=parse("8h"))
SHORTER = replace(SUPPLY, standard=parse("2h"))
SLOWER = replace(SUPPLY, tiers=(parse("2h"), parse("30m"), parse("90m")))
DANGER = replace(SUPPLY, ladder="safety", safety=True, accept=parse("5m"), standard=parse("6h"))


def there(timing: Timing, category: str = "voltage", office: str = "", **more: object) -> Elsewhere:
    """The same request under another timing, or at another office."""
    return Elsewhere(ground(timing=timing, **more), category, office, "", None)  # type: ignore[arg-type]


def going(
    timing: Timing = LONGER, category: str = "voltage", *, here: Ground | None = None, when: str = "12:10"
) -> Desk:
    """Taken up at ten past twelve, with a way to another category."""
    desk = assigned(
        ground=replace(here or ground(), elsewhere=there(timing, category), reject_reasons=frozenset({"own-wiring"}))
    )
    desk.at = at("12:10")
    assert desk.officer(Act.ACCEPT) is None
    desk.until(at(when))
    return desk


def reject(desk: Desk, post: str = OFFICER) -> Refused | None:
    return desk.officer(Act.REJECT, post, reason="own-wiring")


def clerk(desk: Desk, act: Act, person: int, **data: object) -> Refused | None:
    """Somebody of the call centre takes a word."""
    return desk.take(Sent(act, Actor.OFFICER, dict(data), person=person, post="call-centre", rights="take_calls"))


# More time by another category


def test_recategorised_at_three_hours_fifty_five_the_old_clocks_run_until_the_next_tier_agrees() -> None:
    desk = going(when="15:55")
    assert desk.officer(Act.CORRECT) is None
    assert (desk.request.category, desk.request.standard_due) == ("no-supply", at("16:00"))
    assert desk.request.proposal["post"] == HEAD
    desk.until(at("16:00"))
    assert desk.request.standard_lapsed_at == at("16:00")
    assert desk.last(EventKind.STANDARD_LAPSED).at == at("16:00")


def test_both_dates_are_told_while_it_is_only_proposed() -> None:
    desk = going()
    desk.officer(Act.CORRECT)
    told = next(notice for notice in desk.notices if notice.kind is NoticeKind.PROPOSED and notice.to == "consumer")
    assert (told.data["standard_due"], told.data["standard_then"]) == (at("16:00").isoformat(), at("20:00").isoformat())
    assert (desk.request.proposal["post"], desk.request.category) == (MANAGER, "no-supply")


def test_who_was_told_of_a_longer_date_hears_that_the_old_one_stays() -> None:
    desk = going()
    desk.officer(Act.CORRECT)
    assert desk.officer(Act.DISAGREE, MANAGER) is None
    assert desk.told(NoticeKind.DECLINED) == {"consumer", OFFICER}
    assert (desk.request.category, desk.request.standard_due, desk.request.proposal) == ("no-supply", at("16:00"), {})


def test_of_what_would_become_confidential_he_hears_neither_that_it_was_proposed_nor_that_it_was_declined() -> None:
    desk = going(replace(LONGER, confidential=True), "theft-report")
    desk.officer(Act.CORRECT)
    desk.ground = replace(desk.ground, elsewhere=None)
    assert desk.officer(Act.DISAGREE, MANAGER) is None
    assert desk.told(NoticeKind.PROPOSED) | desk.told(NoticeKind.DECLINED) == {MANAGER, OFFICER}
    assert not any(desk.last(kind).public for kind in (EventKind.PROPOSED, EventKind.DECLINED))


def test_of_a_proposal_that_moves_no_date_he_hears_nothing_when_it_is_declined() -> None:
    desk = going()
    reject(desk)
    assert desk.officer(Act.DISAGREE, MANAGER) is None
    assert desk.told(NoticeKind.DECLINED) == {OFFICER}
    assert desk.last(EventKind.DECLINED).public


def test_the_other_date_keeps_what_a_wait_gave_back() -> None:
    desk = going()
    desk.officer(Act.HOLD, reason="premises-locked", limit=at("12:40"))
    desk.until(at("12:40"))
    desk.officer(Act.CORRECT)
    assert desk.request.proposal["standard_then"] == at("20:30").isoformat()


def test_the_same_standard_with_a_later_due_for_who_answers_is_asked_too() -> None:
    desk = going(SLOWER)
    desk.officer(Act.CORRECT)
    assert (desk.request.category, desk.request.proposal["what"]) == ("no-supply", Proposal.CORRECT)
    assert desk.task.due == at("13:30")


def test_a_shorter_standard_counts_at_once() -> None:
    desk = going(SHORTER)
    assert desk.officer(Act.CORRECT) is None
    assert (desk.request.category, desk.request.standard_due, desk.request.proposal) == ("voltage", at("14:00"), {})


def test_a_lapse_is_not_wiped_away_by_a_standard_that_has_lapsed_as_well() -> None:
    desk = going(replace(SHORTER, standard=parse("3h")), when="16:30")
    assert desk.officer(Act.CORRECT, HEAD) is None
    desk.until(at("16:31"))
    assert (desk.request.standard_lapsed_at, desk.kinds.count(EventKind.STANDARD_LAPSED)) == (at("15:00"), 1)


def test_a_second_change_waits_until_the_first_is_decided() -> None:
    desk = going()
    desk.officer(Act.CORRECT)
    assert desk.officer(Act.CORRECT) is Refused.ALREADY_PROPOSED
    assert reject(desk) is Refused.ALREADY_PROPOSED


def test_called_danger_it_gets_no_more_time_and_lowering_it_is_asked() -> None:
    desk = going(DANGER, "wire-down")
    assert desk.officer(Act.RAISE, COLLEAGUE) is None
    assert (desk.request.safety, desk.request.standard_due) == (True, at("16:00"))
    assert (desk.request.state, desk.task.accepted_at, desk.task.accept_by) == (State.ASSIGNED, None, at("12:15"))
    desk.ground = ground(timing=DANGER, elsewhere=there(SUPPLY, "no-supply"))
    desk.officer(Act.CORRECT)
    assert (desk.request.safety, desk.request.proposal["what"], desk.request.proposal["post"]) == (
        True,
        "lower",
        MANAGER,
    )
    assert "consumer" in desk.told(NoticeKind.PROPOSED)
    assert desk.officer(Act.DISAGREE, MANAGER) is None
    assert (desk.request.safety, "consumer" in desk.told(NoticeKind.DECLINED)) == (True, True)


def test_danger_named_in_the_list_of_categories_counts_at_once_too() -> None:
    desk = going(DANGER, "wire-down")
    assert desk.officer(Act.CORRECT) is None
    assert (desk.request.safety, desk.request.proposal) == (True, {})


# Who agrees


@pytest.mark.parametrize("decision", [Act.AGREE, Act.DISAGREE])
def test_neither_who_proposed_nor_a_colleague_he_gave_it_to_decides(decision: Act) -> None:
    desk = going()
    desk.officer(Act.CORRECT)
    assert desk.officer(decision, OFFICER) is Refused.NOT_YOURS
    desk.officer(Act.GIVE, post=COLLEAGUE)
    assert desk.task.answerable == COLLEAGUE
    assert desk.officer(decision, COLLEAGUE) is Refused.NOT_YOURS
    assert desk.officer(decision, MANAGER) is None


def test_who_must_decide_a_rejection_is_told_once_and_everybody_else_that_it_went_up() -> None:
    desk = going()
    assert reject(desk) is None
    assert desk.task.answerable == MANAGER
    assert desk.told(NoticeKind.PROPOSED) == {MANAGER}
    assert desk.told(NoticeKind.ESCALATED) == {"consumer", OFFICER}


def test_who_answers_above_when_nobody_decided_may_decide() -> None:
    desk = going()
    desk.officer(Act.CORRECT)
    desk.until(at("14:30"))
    assert desk.task.answerable == HEAD
    assert desk.officer(Act.AGREE, HEAD) is None
    assert desk.request.category == "voltage"


def test_who_put_a_wait_never_judges_it_whatever_tier_he_is_on() -> None:
    desk = going()
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.consumer(Act.PRESENT, claim="was_there")
    assert desk.request.proposal["post"] == MANAGER
    assert desk.officer(Act.AGREE, OFFICER) is Refused.NOT_YOURS
    desk = going(when="13:40")
    desk.officer(Act.HOLD, MANAGER, reason="premises-locked")
    desk.consumer(Act.PRESENT, claim="was_there")
    assert desk.request.proposal["post"] == HEAD
    assert desk.officer(Act.AGREE, MANAGER) is Refused.NOT_YOURS
    assert desk.take(Sent(Act.AGREE, Actor.OFFICER, {}, person=PERSON[MANAGER], post=HEAD)) is Refused.OWN_WORK


def test_at_the_top_nobody_judges_his_own_wait_and_the_consumers_word_stands() -> None:
    desk = going(when="14:40")
    due = desk.task.due
    desk.officer(Act.HOLD, HEAD, reason="premises-locked")
    desk.at = at("15:00")
    desk.consumer(Act.PRESENT, claim="was_there")
    assert (desk.request.proposal, desk.task.due) == ({}, due)
    assert desk.last(EventKind.DECLINED).data["what"] == Proposal.HOLD


# Sleeping


def test_a_wait_on_the_last_tenth_gives_back_exactly_its_time_once_and_is_told_at_once() -> None:
    desk = going(when="13:25")
    assert desk.officer(Act.HOLD, reason="premises-locked") is None
    assert "consumer" in desk.told(NoticeKind.HELD)
    desk.at = at("13:55")
    desk.consumer(Act.PRESENT, claim="done")
    assert (desk.task.due, desk.request.standard_due) == (at("14:00"), at("16:30"))
    desk.until(at("13:59"))
    assert desk.officer(Act.HOLD, reason="premises-locked") is Refused.HOLD_LIMIT
    desk.until(at("14:00"))
    assert desk.task.answerable == MANAGER


def test_who_took_the_work_over_does_not_grant_himself_a_second_wait() -> None:
    desk = going()
    desk.officer(Act.HOLD, reason="premises-locked", limit=at("12:20"))
    desk.until(at("13:45"))
    desk.officer(Act.TAKE_OVER, MANAGER)
    assert desk.officer(Act.HOLD, MANAGER, reason="premises-locked") is Refused.HOLD_LIMIT


@pytest.mark.parametrize("proposed", [Act.CORRECT, Act.REJECT])
def test_while_something_is_proposed_the_clocks_cannot_be_stopped(proposed: Act) -> None:
    desk = going()
    assert desk.officer(proposed, reason="own-wiring") is None
    for post in (OFFICER, MANAGER):
        if post in (desk.task.handler, desk.task.answerable):
            assert desk.officer(Act.HOLD, post, reason="premises-locked") is Refused.ALREADY_PROPOSED


def test_resolved_before_anybody_judged_it_a_contested_wait_does_not_count() -> None:
    desk = going()
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.at = at("17:00")
    desk.consumer(Act.PRESENT, claim="was_there")
    desk.resolve()
    desk.consumer(Act.CONFIRM)
    assert (desk.request.standard_due, desk.request.within_standard) == (at("16:00"), False)


def test_resolved_one_minute_before_due_and_denied_it_is_the_next_tiers_and_late() -> None:
    desk = going(when="13:29")
    assert desk.resolve() is None
    desk.until(at("16:10"))
    desk.consumer(Act.NOT_REPAIRED)
    assert (desk.task.answerable, desk.request.state) == (MANAGER, State.IN_PROGRESS)
    desk.until(at("16:10"))
    assert desk.request.standard_lapsed_at == at("16:00")


def test_resolved_one_minute_before_due_and_never_delivered_it_is_not_closed_by_silence() -> None:
    desk = going(when="13:29")
    desk.resolve()
    desk.until(at("12:00", 9))
    assert (desk.request.state, desk.request.closing) == (State.RESOLVED, None)


# Making it vanish


@pytest.mark.parametrize("reason", ["not-ours", "arrears", "no-account", None])
def test_only_a_reason_of_the_list_rejects(reason: str | None) -> None:
    assert going().officer(Act.REJECT, reason=reason) is Refused.UNKNOWN_CODE


def test_not_ours_is_no_cause_to_resolve_either() -> None:
    assert going().officer(Act.RESOLVE, cause="not-ours", put_right=at("12:10")) is Refused.UNKNOWN_CODE


def test_a_wait_is_not_turned_into_a_rejection() -> None:
    desk = going()
    desk.officer(Act.HOLD, reason="premises-locked")
    assert reject(desk) is Refused.ILLEGAL


def test_a_rejection_that_waits_is_void_once_it_is_danger() -> None:
    desk = going(DANGER, "wire-down")
    assert reject(desk) is None
    assert desk.officer(Act.RAISE, OFFICER) is None
    desk.ground = ground(timing=DANGER)
    assert desk.officer(Act.AGREE, MANAGER) is Refused.NOTHING_PROPOSED
    assert desk.request.state is State.ASSIGNED


def test_a_wait_that_was_contested_is_still_judged_once_it_is_danger() -> None:
    desk = going(DANGER, "wire-down")
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.consumer(Act.PRESENT, claim="was_there")
    desk.officer(Act.RAISE, OFFICER)
    assert desk.request.proposal["what"] == Proposal.HOLD
    assert desk.request.proposal["post"] == MANAGER
    assert desk.last(EventKind.RAISED).data["asked"] == MANAGER


def test_nobody_rejects_alone_even_at_the_top() -> None:
    desk = going(when="14:40")
    assert reject(desk) is Refused.AT_THE_TOP
    assert reject(desk, HEAD) is Refused.AT_THE_TOP


def test_a_transfer_while_something_is_proposed_waits_for_the_decision() -> None:
    desk = going()
    desk.officer(Act.CORRECT)
    desk.ground = replace(desk.ground, elsewhere=there(SUPPLY, "no-supply", "defence"))
    assert desk.officer(Act.TRANSFER) is Refused.ALREADY_PROPOSED


def test_the_receiving_office_has_its_own_time_to_take_it_up_and_no_more_to_do_it() -> None:
    desk = going(when="12:30")
    due, desk.ground = desk.task.due, replace(desk.ground, elsewhere=there(SUPPLY, "no-supply", "defence"))
    desk.request.office = "gizri"
    assert desk.officer(Act.TRANSFER) is None
    assert (desk.task.due, desk.task.accept_by, desk.request.state) == (due, at("12:50"), State.ASSIGNED)


def test_danger_sent_to_another_office_is_told_to_all_of_its_ladder() -> None:
    desk = assigned(ground=ground(timing=DANGER, elsewhere=there(DANGER, "no-supply", "defence")))
    desk.request.office, desk.request.safety = "gizri", True
    desk.officer(Act.TRANSFER)
    assert {MANAGER, HEAD, OFFICER} <= desk.told(NoticeKind.DANGER)


def test_danger_that_is_not_repaired_rings_anew() -> None:
    desk = assigned(ground=ground(timing=DANGER))
    desk.request.safety = True
    desk.officer(Act.ACCEPT)
    desk.resolve()
    desk.at = at("12:30")
    desk.consumer(Act.NOT_REPAIRED)
    assert (desk.task.accepted_at, desk.task.accept_by) == (None, at("12:35"))
    desk.until(at("12:35"))
    assert EventKind.RANG_ON in desk.kinds or desk.kinds.count(EventKind.ESCALATED) > 1


# Passing it upward


def test_work_is_not_given_to_who_answers_above_but_sent_up_with_a_reason() -> None:
    desk = going()
    assert desk.officer(Act.GIVE, post=MANAGER) is Refused.NO_SUCH_POST
    desk.until(at("13:40"))
    assert desk.officer(Act.GIVE, MANAGER, post=MANAGER) is None


# Speaking for the consumer


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.NOT_REPAIRED, Act.WITHDRAW, Act.SUPPLY_BACK])
@pytest.mark.parametrize("person", [PERSON[OFFICER], PERSON[MANAGER]])
def test_who_does_or_answers_for_the_work_takes_no_word_for_him_also_as_the_call_centre(act: Act, person: int) -> None:
    desk = going(when="13:40")
    desk.resolve()
    assert clerk(desk, act, person) is Refused.OWN_WORK
    assert desk.officer(act) is Refused.ILLEGAL
    assert desk.request.state is State.RESOLVED


def test_who_did_the_work_does_not_say_that_nobody_answered_the_telephone() -> None:
    desk = going()
    desk.resolve()
    desk.until(at("00:05", 2))
    assert desk.request.call_back_at is not None
    assert clerk(desk, Act.CALLED, PERSON[OFFICER]) is Refused.OWN_WORK
    assert clerk(desk, Act.CALLED, 77) is None


@pytest.mark.parametrize("act", [Act.ACCEPT, Act.RESOLVE, Act.HOLD, Act.CORRECT, Act.REJECT, Act.AGREE])
def test_the_call_centre_decides_nothing(act: Act) -> None:
    assert clerk(going(), act, 77) is Refused.NOT_YOURS


def test_the_call_centre_places_only_what_nobody_could_place() -> None:
    assert clerk(going(), Act.TRANSFER, 77) is Refused.ILLEGAL


def test_an_objection_is_a_move_after_which_an_older_page_is_stale() -> None:
    desk = going()
    reject(desk)
    desk.officer(Act.AGREE, MANAGER)
    assert desk.request.closing == Closing.REJECTED
    desk.consumer(Act.OBJECT)
    assert desk.officer(Act.NOTE, OFFICER, since=[EventKind.OBJECTED]) is None
    assert desk.officer(Act.ESCALATE, OFFICER, since=[EventKind.OBJECTED]) is Refused.STALE


def test_an_objection_past_the_last_tier_is_told_to_whoever_has_it_again() -> None:
    desk = going(when="13:40")
    assert reject(desk) is None
    desk.until(at("16:00"))
    assert desk.task.beyond_at is not None
    assert desk.officer(Act.AGREE, HEAD) is None
    assert desk.consumer(Act.OBJECT) is None
    assert desk.told(NoticeKind.REOPENED) == {OFFICER, HEAD}
    assert all(one.data["beyond"] for one in desk.notices if one.kind is NoticeKind.REOPENED)


def test_an_old_answer_does_not_count_for_a_new_question() -> None:
    desk = going()
    desk.resolve()
    first = desk.request.question_number
    desk.consumer(Act.NOT_REPAIRED, question=first)
    desk.resolve()
    assert desk.consumer(Act.CONFIRM, question=first) is Refused.STALE


def test_at_the_desk_that_finds_places_it_climbs_and_its_office_then_has_its_own_whole_time() -> None:
    finding = replace(SUPPLY, ladder="finding", tiers=(parse("20m"),) * 3, accept=None)
    slower = replace(SUPPLY, standard=parse("8h"), tiers=(parse("3h"), parse("2h"), parse("3h")))
    desk = assigned(ground=ground(timing=finding))
    desk.request.office, desk.request.area_class = "place-desk", UNPLACED
    desk.until(at("12:25"))
    assert desk.task.answerable == MANAGER
    desk.ground = replace(desk.ground, elsewhere=replace(there(slower, "no-supply", "rehri"), area_class="rural"))
    assert desk.officer(Act.TRANSFER) is None
    assert (desk.request.office, desk.request.area_class, desk.task.ladder) == ("rehri", "rural", "supply")
    assert (desk.task.tier, desk.task.answerable, desk.task.due) == (1, desk.task.handler, at("15:25"))
    assert (desk.request.registered_at, desk.request.standard_due) == (NOON, at("20:00"))
