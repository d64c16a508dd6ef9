"""A complaint's life by the rules alone: who answers, what is allowed when, and what it does to the clocks."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from rules.durations import parse
from rules.policy import Limits
from rules.states import CONNECTION_LEADS_TO, LEADS_TO, IllegalMove, move
from rules.terms import Act, Closing, EventKind, Kind, NoticeKind, Refused, State, Wake
from tests.rules.desk import COLLEAGUE, HEAD, MANAGER, NOON, OFFICER, SUPPLY, Desk, assigned, at, ground


def in_state(state: State) -> Desk:
    """A complaint brought to `state` at one in the afternoon."""
    desk = assigned()
    desk.at = at("12:10")
    if state is State.RECEIVED:
        return Desk(at=at("12:10"))
    if state is not State.ASSIGNED:
        desk.officer(Act.ACCEPT)
    if state is State.ON_HOLD:
        desk.officer(Act.HOLD, reason="premises-locked")
    if state in {State.RESOLVED, State.CLOSED}:
        desk.resolve()
    if state is State.CLOSED:
        desk.consumer(Act.CONFIRM)
    if state is State.WITHDRAWN:
        desk.consumer(Act.WITHDRAW)
    assert desk.request.state is state
    return desk


SENT: dict[Act, dict[str, Any]] = {
    Act.EXPECT: {"until": at("13:00"), "reason": "crew-on-the-way"},
    Act.HOLD: {"reason": "premises-locked"},
    Act.RESOLVE: {"cause": "fuse-blown", "put_right": at("12:10")},
    Act.GIVE: {"post": COLLEAGUE},
}
OFFICERS = [
    Act.ACCEPT, Act.NOTE, Act.MESSAGE, Act.EXPECT, Act.HOLD, Act.RESUME, Act.RESOLVE, Act.GIVE, Act.REASSIGN,
    Act.ESCALATE,
]  # fmt: skip
CONSUMERS = [
    Act.CONFIRM, Act.NOT_REPAIRED, Act.SUPPLY_BACK, Act.PRESENT, Act.WITHDRAW, Act.REOPEN, Act.ADD, Act.ESCALATE,
]  # fmt: skip
WORKING = {Act.NOTE, Act.MESSAGE, Act.EXPECT, Act.HOLD, Act.RESOLVE, Act.GIVE, Act.REASSIGN, Act.ESCALATE}
OPEN_TO_CONSUMER = {Act.SUPPLY_BACK, Act.WITHDRAW, Act.ADD}
ALLOWED: dict[State, set[Act]] = {
    State.RECEIVED: WORKING | {Act.ACCEPT},
    State.ASSIGNED: WORKING | {Act.ACCEPT},
    State.IN_PROGRESS: WORKING,
    State.ON_HOLD: {Act.NOTE, Act.MESSAGE, Act.EXPECT, Act.RESUME, Act.RESOLVE, Act.GIVE, Act.REASSIGN},
    State.RESOLVED: {Act.NOTE, Act.MESSAGE},
    State.CLOSED: {Act.NOTE},
    State.WITHDRAWN: {Act.NOTE},
}
ALLOWED_TO_CONSUMER: dict[State, set[Act]] = {
    State.RECEIVED: OPEN_TO_CONSUMER,
    State.ASSIGNED: OPEN_TO_CONSUMER,
    State.IN_PROGRESS: OPEN_TO_CONSUMER,
    State.ON_HOLD: OPEN_TO_CONSUMER | {Act.PRESENT},
    State.RESOLVED: OPEN_TO_CONSUMER | {Act.CONFIRM, Act.NOT_REPAIRED},
    State.CLOSED: {Act.REOPEN},
    State.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("act", OFFICERS)
def test_what_an_officer_may_do_in_each_state(state: State, act: Act) -> None:
    desk = in_state(state)
    refused = desk.officer(act, **SENT.get(act, {}))
    assert (refused is None) == (act in ALLOWED[state]), f"{act} when {state}: {refused}"


@pytest.mark.parametrize("state", ALLOWED_TO_CONSUMER)
@pytest.mark.parametrize("act", CONSUMERS)
def test_what_a_consumer_may_do_in_each_state(state: State, act: Act) -> None:
    desk = in_state(state)
    refused = desk.consumer(act, words=act is Act.ADD)
    assert (refused is None) == (act in ALLOWED_TO_CONSUMER[state]), f"{act} when {state}: {refused}"


@pytest.mark.parametrize("act", [Act.ACCEPT, Act.RESOLVE, Act.GIVE, Act.HOLD])
def test_an_officers_act_is_not_the_consumers(act: Act) -> None:
    assert in_state(State.ASSIGNED).consumer(act, words=True, **SENT.get(act, {})) is Refused.ILLEGAL


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.NOT_REPAIRED, Act.WITHDRAW, Act.REOPEN, Act.SUPPLY_BACK])
def test_the_consumers_word_is_not_the_officers(act: Act) -> None:
    assert in_state(State.RESOLVED).officer(act) is Refused.ILLEGAL


def test_a_move_the_table_does_not_have_is_no_move() -> None:
    for kind, table in ((Kind.COMPLAINT, LEADS_TO), (Kind.NEW_CONNECTION, CONNECTION_LEADS_TO)):
        for now, to in product(State, State):
            if to in table.get(now, ()):
                assert move(now, to, kind) is to
            else:
                with pytest.raises(IllegalMove):
                    move(now, to, kind)


def test_what_was_refused_leaves_the_request_as_it_was() -> None:
    desk = in_state(State.IN_PROGRESS)
    before = deepcopy(desk.request)
    assert desk.officer(Act.HOLD, reason="coffee") is Refused.UNKNOWN_CODE
    assert desk.request == before


# Taking it up


def test_any_first_act_takes_it_up() -> None:
    desk = in_state(State.ASSIGNED)
    desk.officer(Act.NOTE)
    assert (desk.request.state, desk.task.accepted_at) == (State.IN_PROGRESS, at("12:10"))
    assert desk.officer(Act.ACCEPT) is Refused.ILLEGAL


def test_to_send_it_up_is_not_to_take_it_up() -> None:
    desk = in_state(State.ASSIGNED)
    desk.officer(Act.ESCALATE)
    assert (desk.task.accepted_at, desk.task.answerable) == (None, MANAGER)


def test_each_message_of_a_late_transition_tells_the_end_of_its_own_tier() -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.at = at("13:45")
    assert desk.officer(Act.ESCALATE) is None
    assert (desk.task.tier, desk.task.due) == (3, at("15:15"))
    ends = [one.data["due"] for one in desk.notices if one.kind is NoticeKind.ESCALATED and one.post is None]
    assert ends == [at("14:45").isoformat(), at("15:15").isoformat()]


def test_not_taken_up_goes_to_a_colleague_once_and_then_up() -> None:
    desk = assigned()
    assert (desk.task.handler, desk.task.accept_by) == (OFFICER, at("12:20"))
    desk.until(at("12:20"))
    assert (desk.task.handler, desk.task.answerable, desk.task.answerable_person) == (COLLEAGUE, COLLEAGUE, 2)
    assert (desk.task.tier, desk.task.accept_by, desk.task.due) == (1, at("12:40"), at("13:30"))
    desk.until(at("12:40"))
    assert (desk.task.handler, desk.task.answerable, desk.task.tier) == (COLLEAGUE, MANAGER, 2)
    assert desk.last(EventKind.ESCALATED).data["cause"] == "not_taken_up"
    assert (desk.task.accept_by, desk.lapses) == (None, [])


# What was decided on an older page


@pytest.mark.parametrize(
    "moved", [EventKind.ESCALATED, EventKind.GIVEN, EventKind.HELD, EventKind.RESOLVED, EventKind.DIRECTED]
)
def test_an_act_is_stale_if_the_task_moved_since(moved: EventKind) -> None:
    desk = in_state(State.IN_PROGRESS)
    assert desk.officer(Act.EXPECT, since=[moved], **SENT[Act.EXPECT]) is Refused.STALE
    assert desk.consumer(Act.WITHDRAW, since=[moved]) is Refused.STALE


@pytest.mark.parametrize("beside", [EventKind.NOTED, EventKind.EXPECTED, EventKind.REMINDED])
def test_an_act_is_not_stale_for_what_moved_nothing(beside: EventKind) -> None:
    assert in_state(State.IN_PROGRESS).officer(Act.EXPECT, since=[beside], **SENT[Act.EXPECT]) is None


def test_notes_and_additions_are_never_stale() -> None:
    desk = in_state(State.IN_PROGRESS)
    assert desk.officer(Act.NOTE, since=list(EventKind)) is None
    assert desk.consumer(Act.ADD, words=True, since=list(EventKind)) is None


# Whose it is


@pytest.mark.parametrize("post", [COLLEAGUE, MANAGER, "", "nobody"])
def test_only_the_handler_and_who_answers_may_act(post: str) -> None:
    assert in_state(State.ASSIGNED).officer(Act.NOTE, post) is Refused.NOT_YOURS


def test_the_handler_keeps_the_work_while_answerability_climbs() -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.until(at("14:30"))
    assert (desk.task.handler, desk.task.answerable) == (OFFICER, HEAD)
    assert desk.officer(Act.NOTE, MANAGER) is Refused.NOT_YOURS
    assert desk.officer(Act.NOTE, OFFICER) is None
    assert desk.officer(Act.NOTE, HEAD) is None


def test_who_answers_takes_over_and_the_due_instant_does_not_move() -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.until(at("13:30"))
    due = desk.task.due
    assert desk.officer(Act.TAKE_OVER, OFFICER) is Refused.ILLEGAL
    assert desk.officer(Act.TAKE_OVER, MANAGER) is None
    assert (desk.task.handler, desk.task.answerable, desk.task.due) == (MANAGER, MANAGER, due)
    assert desk.officer(Act.TAKE_OVER, MANAGER) is Refused.ILLEGAL


@pytest.mark.parametrize("post", [HEAD, "nobody", None, 7, OFFICER])
def test_it_is_given_only_to_others_of_the_office_and_its_zone(post: object) -> None:
    assert in_state(State.IN_PROGRESS).officer(Act.GIVE, post=post) is Refused.NO_SUCH_POST


def test_given_away_the_receiver_answers_at_the_first_tier_only() -> None:
    desk = in_state(State.IN_PROGRESS)
    due = desk.task.due
    desk.officer(Act.GIVE, post=COLLEAGUE)
    assert (desk.task.handler, desk.task.answerable, desk.task.answerable_person) == (COLLEAGUE, COLLEAGUE, 2)
    assert (desk.task.due, desk.told(NoticeKind.ASSIGNED)) == (due, {OFFICER, COLLEAGUE})
    desk.until(at("13:30"))
    desk.officer(Act.GIVE, MANAGER, post=OFFICER)
    assert (desk.task.handler, desk.task.answerable) == (OFFICER, MANAGER)


def test_who_answers_above_gives_it_to_another_before_it_climbs_and_does_nothing_else_with_it() -> None:
    desk = in_state(State.IN_PROGRESS)
    due = desk.task.due
    assert desk.officer(Act.NOTE, HEAD) is Refused.NOT_YOURS
    assert desk.officer(Act.GIVE, HEAD, post=COLLEAGUE) is None
    assert (desk.task.handler, desk.task.answerable, desk.task.due) == (COLLEAGUE, COLLEAGUE, due)
    assert desk.officer(Act.GIVE, OFFICER, post=OFFICER) is Refused.NOT_YOURS


def test_reassigned_to_the_colleague_with_the_least_and_refused_when_there_is_none() -> None:
    desk = in_state(State.IN_PROGRESS)
    assert desk.officer(Act.REASSIGN) is None
    assert (desk.task.handler, desk.task.answerable, desk.task.answerable_person) == (COLLEAGUE, COLLEAGUE, 2)
    alone = assigned(ground=replace(ground(), candidates=ground().candidates[:1]))
    assert alone.officer(Act.REASSIGN) is Refused.NO_SUCH_POST


def test_only_who_answers_above_directs_the_handler() -> None:
    desk = in_state(State.IN_PROGRESS)
    assert desk.officer(Act.DIRECT, OFFICER) is Refused.ILLEGAL
    desk.until(at("13:30"))
    assert desk.officer(Act.DIRECT, MANAGER, words=False) is Refused.OUT_OF_RANGE
    assert desk.officer(Act.DIRECT, MANAGER, by=at("13:29")) is Refused.OUT_OF_RANGE
    assert desk.officer(Act.DIRECT, MANAGER, by=at("14:00")) is None
    assert desk.told(NoticeKind.DIRECTED) == {OFFICER}


# Expected time


@pytest.mark.parametrize(
    ("until", "reason", "refused"),
    [
        (at("12:10"), "crew-on-the-way", Refused.OUT_OF_RANGE),
        (at("12:10", 31), "crew-on-the-way", Refused.OUT_OF_RANGE),
        ("soon", "crew-on-the-way", Refused.OUT_OF_RANGE),
        ("2027-05-14T13:00:00", "crew-on-the-way", Refused.OUT_OF_RANGE),
        (None, "crew-on-the-way", Refused.OUT_OF_RANGE),
        (at("13:00"), "rain", Refused.UNKNOWN_CODE),
        (at("13:00"), None, Refused.UNKNOWN_CODE),
        (at("12:10", 30), "crew-on-the-way", None),
    ],
)
def test_an_expected_time_lies_ahead_and_has_a_reason(until: object, reason: object, refused: Refused | None) -> None:
    assert in_state(State.IN_PROGRESS).officer(Act.EXPECT, until=until, reason=reason) is refused


def test_an_expected_time_moves_no_clock_and_is_counted_when_broken() -> None:
    desk = in_state(State.IN_PROGRESS)
    clocks = desk.task.due, desk.request.standard_due
    desk.officer(Act.EXPECT, until=at("12:40"), reason="crew-on-the-way")
    assert (desk.request.wake_at, desk.request.wake_for) == (at("12:40"), Wake.EXPECTED)
    desk.until(at("12:40"))
    assert (desk.request.expected_missed, desk.request.expected_at) == (1, None)
    assert (desk.task.due, desk.request.standard_due) == clocks


# Resolving, confirming, reopening


@pytest.mark.parametrize(
    ("put_right", "refused"),
    [
        (NOON - timedelta(seconds=1), Refused.OUT_OF_RANGE),
        (NOON, None),
        (at("12:10"), None),
        (at("12:10") + timedelta(seconds=1), Refused.OUT_OF_RANGE),
    ],
    ids=["before it was registered", "when it was registered", "now", "later"],
)
def test_when_it_was_put_right(put_right: object, refused: Refused | None) -> None:
    desk = in_state(State.IN_PROGRESS)
    assert desk.officer(Act.RESOLVE, cause="fuse-blown", put_right=put_right) is refused


def test_what_was_done_and_why_must_be_said() -> None:
    desk = in_state(State.IN_PROGRESS)
    assert desk.officer(Act.RESOLVE, words=False, cause="fuse-blown", put_right=desk.at) is Refused.OUT_OF_RANGE
    assert desk.officer(Act.RESOLVE, cause="magic", put_right=desk.at) is Refused.UNKNOWN_CODE
    assert desk.officer(Act.RESOLVE, cause="fuse-blown") is Refused.OUT_OF_RANGE


def test_it_cannot_have_been_put_right_before_the_consumer_said_it_was_not() -> None:
    desk = in_state(State.RESOLVED)
    desk.at = at("12:30")
    desk.consumer(Act.NOT_REPAIRED)
    desk.at = at("12:40")
    assert desk.resolve(at("12:20")) is Refused.OUT_OF_RANGE
    assert desk.resolve(at("12:35")) is None


def test_while_the_consumer_is_asked_the_tiers_clock_stands_and_the_standard_runs() -> None:
    desk = in_state(State.RESOLVED)
    assert (desk.task.due, desk.request.standard_due) == (None, at("16:00"))
    assert (desk.request.wake_at, desk.request.wake_for) == (at("24:00", 1), Wake.CONFIRMATION)
    desk.until(at("18:00"))
    assert EventKind.STANDARD_LAPSED not in desk.kinds


def test_not_repaired_goes_to_the_next_tier_and_the_standard_lapses_as_though_nothing_had_been_said() -> None:
    desk = in_state(State.RESOLVED)
    desk.until(at("18:00"))
    desk.consumer(Act.NOT_REPAIRED)
    assert (desk.task.answerable, desk.task.entered, desk.task.due) == (MANAGER, at("18:00"), at("19:00"))
    desk.until(at("18:00"))
    lapse = desk.last(EventKind.STANDARD_LAPSED)
    assert (lapse.due, lapse.at, desk.request.standard_lapsed_at) == (at("16:00"), at("18:00"), at("16:00"))
    assert (desk.request.put_right_at, desk.request.resolution_cause, desk.request.question_number) == (None,) * 3


def test_not_repaired_at_the_top_shows_the_forum_and_says_so_once() -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.until(at("15:00"))
    desk.resolve()
    desk.consumer(Act.NOT_REPAIRED)
    assert (desk.task.answerable, desk.task.beyond_at) == (HEAD, at("15:00"))
    desk.resolve(at("15:00"))
    desk.consumer(Act.NOT_REPAIRED)
    assert desk.kinds.count(EventKind.BEYOND) == 1


@pytest.mark.parametrize("agreed", [False, True], ids=["denied", "reopened"])
def test_at_the_top_who_answers_hears_of_the_no_and_no_instant_that_is_past(agreed: bool) -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.until(at("17:00"))
    desk.resolve()
    if agreed:
        desk.consumer(Act.CONFIRM)
    desk.notices.clear()
    desk.consumer(Act.REOPEN if agreed else Act.NOT_REPAIRED)
    kind = NoticeKind.REOPENED if agreed else NoticeKind.NOT_REPAIRED
    assert desk.told(kind) == {OFFICER, HEAD}
    assert desk.task.due == at("16:00")
    assert all(one.data["beyond"] for one in desk.notices if one.kind is kind)


def test_below_the_top_who_answers_next_hears_that_it_came_to_him() -> None:
    desk = in_state(State.RESOLVED)
    desk.consumer(Act.NOT_REPAIRED)
    assert (desk.told(NoticeKind.NOT_REPAIRED), MANAGER in desk.told(NoticeKind.ESCALATED)) == ({OFFICER}, True)


def test_an_answer_to_a_question_no_longer_asked_is_stale() -> None:
    desk = in_state(State.RESOLVED)
    first = desk.request.question_number
    desk.consumer(Act.NOT_REPAIRED)
    desk.resolve()
    for answer in (Act.CONFIRM, Act.NOT_REPAIRED):
        assert desk.consumer(answer, question=first) is Refused.STALE
    assert desk.consumer(Act.CONFIRM, question=desk.request.question_number) is None


def test_silence_closes_only_what_was_delivered() -> None:
    silent, unreached = in_state(State.RESOLVED), in_state(State.RESOLVED)
    silent.report()
    for desk in (silent, unreached):
        desk.until(at("00:00", 2))
    assert (silent.request.closing, unreached.request.closing) == (Closing.SILENCE, None)
    assert EventKind.CALL_BACK in unreached.kinds
    unreached.until(at("00:00", 9))
    assert unreached.request.state is State.RESOLVED


def test_a_report_counts_only_for_the_question_now_asked() -> None:
    desk = in_state(State.RESOLVED)
    first = desk.request.question_number
    desk.report("failed")
    desk.report(question=(first or 0) + 7)
    assert desk.request.question_delivered_at is None
    desk.until(at("20:00"))
    desk.report()
    desk.at += timedelta(minutes=1)
    desk.report()
    assert desk.request.question_delivered_at == at("20:00")
    assert desk.kinds.count(EventKind.DELIVERED) == 1


def test_a_report_that_comes_late_is_no_fault() -> None:
    desk = in_state(State.CLOSED)
    number = desk.request.number
    assert desk.report(question=3) is None
    assert desk.request.number == number


def test_not_asked_at_all_closes_at_once() -> None:
    desk = assigned(ground=ground(timing=replace(SUPPLY, confirm=None)))
    desk.resolve()
    assert (desk.request.state, desk.request.closing) == (State.CLOSED, Closing.NOT_ASKED)
    assert desk.told(NoticeKind.QUESTION) == set()


def test_my_supply_is_back_is_a_resolution_at_that_instant() -> None:
    desk = in_state(State.ON_HOLD)
    desk.at = at("15:59:59")
    desk.consumer(Act.SUPPLY_BACK)
    request = desk.request
    assert (request.state, request.closing, request.put_right_at) == (State.CLOSED, Closing.WORD, desk.at)
    assert (request.within_standard, desk.task.done_at) == (True, desk.at)


@pytest.mark.parametrize("resolved", [False, True])
def test_that_the_supply_is_back_ends_no_danger(resolved: bool) -> None:
    desk = assigned(ground=ground(timing=replace(SUPPLY, ladder="safety", safety=True)))
    desk.request.safety = True
    if resolved:
        desk.resolve()
    before = deepcopy(desk.request)
    assert desk.consumer(Act.SUPPLY_BACK) is Refused.NOT_FOR_SAFETY
    assert desk.request == before


def test_that_the_supply_is_back_ends_nothing_of_a_bill() -> None:
    desk = assigned(ground=ground(timing=replace(SUPPLY, supply=False)))
    assert desk.consumer(Act.SUPPLY_BACK) is Refused.NOT_ABOUT_SUPPLY
    assert desk.request.state is State.ASSIGNED


def test_the_standard_is_judged_by_the_instant_it_was_put_right_and_not_by_when_it_was_agreed() -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.until(at("15:59:59"))
    desk.resolve()
    desk.until(at("17:00"))
    desk.consumer(Act.CONFIRM)
    assert desk.request.within_standard is True


def test_what_lapsed_before_it_was_put_right_stays_lapsed() -> None:
    desk = in_state(State.IN_PROGRESS)
    desk.until(at("16:00"))
    desk.resolve(at("15:30"))
    desk.consumer(Act.CONFIRM)
    assert desk.request.within_standard is False


def test_without_a_standard_nothing_is_judged() -> None:
    desk = assigned(ground=ground(timing=replace(SUPPLY, standard=None)))
    desk.request.standard_due = None
    desk.consumer(Act.SUPPLY_BACK)
    assert desk.request.within_standard is None


def test_reopening_ends_at_its_second() -> None:
    desk = in_state(State.CLOSED)
    assert desk.request.reopen_until == at("12:10", 7)
    early = deepcopy(desk)
    early.until(at("12:09:59", 7))
    assert early.consumer(Act.REOPEN) is None
    assert (early.request.state, early.request.reopened, early.task.answerable) == (State.IN_PROGRESS, 1, MANAGER)
    assert (early.task.done_at, early.request.closing, early.request.closed_at) == (None, None, None)
    desk.until(at("12:10", 7))
    assert (desk.request.over, desk.request.wake_at) == (True, None)
    assert desk.consumer(Act.REOPEN) is Refused.REOPENING_PAST


def test_reopened_and_closed_again_it_keeps_what_had_lapsed() -> None:
    desk = in_state(State.CLOSED)
    desk.until(at("10:00", 1))
    desk.consumer(Act.REOPEN)
    desk.until(at("10:00", 1))
    assert desk.request.standard_lapsed_at == at("16:00")
    desk.consumer(Act.SUPPLY_BACK)
    assert desk.request.within_standard is False


def test_withdrawn_is_over_at_once() -> None:
    desk = in_state(State.ON_HOLD)
    desk.consumer(Act.WITHDRAW, reason="no-longer-needed")
    request = desk.request
    assert (request.state, request.closing, request.over, request.wake_at) == (
        State.WITHDRAWN, Closing.WITHDRAWN, True, None,
    )  # fmt: skip
    assert (request.within_standard, desk.task.done_at) == (None, desk.at)
    assert all(hold.end is not None for hold in request.holds)
    assert desk.told(NoticeKind.WITHDRAWN) == {"consumer", OFFICER}
    assert desk.late(at("12:00", 30)).events == []


def test_settings_decide_the_window_and_the_tries() -> None:
    limits = Limits(reopening_window=parse("1h"), call_back_tries=1)
    desk = assigned(ground=ground(limits=limits))
    desk.resolve()
    desk.until(at("00:00", 2))
    desk.called()
    assert desk.request.closing == Closing.UNREACHED
    assert desk.request.reopen_until == at("01:00", 2)
