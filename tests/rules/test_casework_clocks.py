"""The ladder, the standard, reminders and holds by the rules alone: what falls due when, and to whom it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from rules.durations import parse
from rules.policy import Limits
from rules.request import Hold
from rules.terms import Act, EventKind, NoticeKind, Refused, State, Wake
from tests.rules.desk import (
    COLLEAGUE,
    HEAD,
    MANAGER,
    NOON,
    OFFICER,
    SUPPLY,
    Desk,
    assigned,
    at,
    filled,
    ground,
    vacant,
)


def accepted(**more: object) -> Desk:
    """Taken up at ten past twelve."""
    desk = assigned(**more)
    desk.at = at("12:10")
    assert desk.officer(Act.ACCEPT, desk.task.handler) is None
    return desk


# Assignment


def test_the_least_loaded_that_is_filled_gets_the_work() -> None:
    assert assigned(ground=ground(load=(2, 1))).task.handler == COLLEAGUE
    assert assigned(ground=ground(vacant(COLLEAGUE), load=(2, 1))).task.handler == OFFICER


def test_with_nobody_at_the_first_tier_the_next_one_answers_from_the_start() -> None:
    desk = assigned(ground=ground(vacant(OFFICER), vacant(COLLEAGUE)))
    task = desk.task
    assert (task.handler, task.answerable, task.tier, task.accept_by) == (OFFICER, MANAGER, 2, None)
    assert desk.events[0].data["skipped"] == [{"tier": 1, "post": OFFICER, "role": "officer", "why": "vacant"}]
    assert (task.entered, task.due) == (NOON, at("13:00"))


def test_assigned_late_the_first_tier_counts_from_when_it_was_registered_and_a_later_one_from_now() -> None:
    late = Desk(at=at("13:00"))
    late.look()
    assert (late.task.entered, late.task.due, late.task.accept_by) == (NOON, at("13:30"), at("12:20"))
    above = Desk(at=at("13:00"), ground=ground(vacant(OFFICER), vacant(COLLEAGUE)))
    above.look()
    assert (above.task.entered, above.task.due) == (at("13:00"), at("14:00"))


def test_to_look_again_changes_nothing() -> None:
    desk = accepted()
    before = desk.request
    assert desk.look().events == []
    assert desk.request == before


# Escalation


def test_nobody_acts_through_three_tiers_to_the_second() -> None:
    desk = accepted()
    desk.until(at("15:59:59"))
    moves = [(event.at, event.due, event.data["post"]) for event in desk.events if event.kind is EventKind.ESCALATED]
    assert moves == [(at("13:30"), at("13:30"), MANAGER), (at("14:30"), at("14:30"), HEAD)]
    assert [(lapse.tier, lapse.post, lapse.person) for lapse in desk.lapses] == [(1, OFFICER, 1), (2, MANAGER, 3)]
    desk.until(at("16:00"))
    assert [lapse.tier for lapse in desk.lapses] == [1, 2, 3]
    assert {EventKind.BEYOND, EventKind.STANDARD_LAPSED} <= set(desk.kinds)


AWAY = (at("09:00"), None)


@pytest.mark.parametrize(
    ("seat", "why"),
    [
        (vacant(MANAGER), "vacant"),
        (filled(MANAGER, until="13:30"), "vacant"),
        (filled(MANAGER, away=AWAY), "on_leave"),
        (filled(MANAGER, away=(at("13:30"), at("13:31"))), "on_leave"),
        (filled(MANAGER, 1), "same_person"),
    ],
    ids=["nobody", "gone since that second", "on leave", "on leave from that second", "the officer in charge of it"],
)
def test_a_tier_nobody_else_fills_is_passed_at_the_same_second(seat: object, why: str) -> None:
    desk = accepted(ground=ground(seat))  # type: ignore[arg-type]
    desk.until(at("13:30"))
    assert (desk.task.answerable, desk.task.tier, desk.task.entered) == (HEAD, 3, at("13:30"))
    assert desk.last(EventKind.ESCALATED).data["skipped"] == [
        {"tier": 2, "post": MANAGER, "role": "manager", "why": why}
    ]
    assert [lapse.tier for lapse in desk.lapses] == [1]


@pytest.mark.parametrize(
    "seat",
    [filled(MANAGER, away=(at("09:00"), at("13:30"))), filled(MANAGER, away=(at("13:31"), None))],
    ids=["back at that second", "leaves a minute later"],
)
def test_who_is_there_at_that_second_answers(seat: object) -> None:
    desk = accepted(ground=ground(seat))  # type: ignore[arg-type]
    desk.until(at("13:30"))
    assert desk.task.answerable == MANAGER


@pytest.mark.parametrize("seat", [vacant(HEAD), filled(HEAD, away=AWAY), filled(HEAD, 1)])
def test_the_top_answers_even_when_nobody_fills_it(seat: object) -> None:
    desk = accepted(ground=ground(seat, vacant(MANAGER)))  # type: ignore[arg-type]
    desk.until(at("13:30"))
    assert (desk.task.answerable, desk.task.tier, desk.task.answerable_person) == (HEAD, 3, None)


def test_who_does_the_work_does_not_answer_above_himself() -> None:
    desk = accepted(ground=ground(filled(MANAGER, 2)))
    desk.officer(Act.GIVE, post=COLLEAGUE)
    desk.until(at("13:30"))
    assert desk.task.answerable == HEAD


def test_the_timer_looked_at_late_escalates_once_and_the_next_tier_has_its_whole_time() -> None:
    desk = accepted()
    desk.late(at("15:40"))
    assert (desk.task.answerable, desk.task.entered, desk.task.due) == (MANAGER, at("15:40"), at("16:40"))
    assert desk.last(EventKind.ESCALATED).due == at("13:30")
    assert [lapse.due for lapse in desk.lapses] == [at("13:30")]


def test_an_officer_sends_it_up_only_with_words_and_not_past_the_top() -> None:
    desk = accepted()
    assert desk.officer(Act.ESCALATE, words=False) is Refused.OUT_OF_RANGE
    for post in (MANAGER, HEAD):
        assert desk.officer(Act.ESCALATE) is None
        assert desk.task.answerable == post
    assert desk.officer(Act.ESCALATE) is Refused.AT_THE_TOP
    assert (desk.lapses, desk.last(EventKind.ESCALATED).data["cause"]) == ([], "officer")


def test_everybody_concerned_is_told_of_an_escalation() -> None:
    desk = accepted()
    desk.until(at("13:30"))
    assert desk.told(NoticeKind.ESCALATED) == {"consumer", OFFICER, MANAGER}


# Past the top


def test_past_the_top_it_is_reminded_at_an_interval_and_the_consumer_sees_the_forum() -> None:
    desk = accepted(ground=ground(limits=Limits(top_reminder=parse("2h"))))
    desk.until(at("16:00"))
    assert desk.told(NoticeKind.BEYOND) == {"consumer", OFFICER, HEAD}
    assert (desk.request.wake_at, desk.request.wake_for) == (at("18:00"), Wake.TOP)
    reminders = len([notice for notice in desk.notices if notice.kind is NoticeKind.REMINDER])
    desk.until(at("22:00"))
    later = [notice for notice in desk.notices if notice.kind is NoticeKind.REMINDER][reminders:]
    assert [(notice.post, notice.data) for notice in later] == [(HEAD, {"beyond": True})] * 3
    assert desk.kinds.count(EventKind.BEYOND) == 1
    assert len(desk.lapses) == 3


# The standard


def test_the_standard_lapses_at_its_second_and_is_told() -> None:
    desk = accepted()
    desk.until(at("15:59:59"))
    assert desk.request.standard_lapsed_at is None
    desk.until(at("16:00"))
    lapse = desk.last(EventKind.STANDARD_LAPSED)
    assert {lapse.at, lapse.due, desk.request.standard_lapsed_at} == {at("16:00")}
    assert "consumer" in desk.told(NoticeKind.STANDARD_LAPSED)
    desk.until(at("16:00", 3))
    assert desk.kinds.count(EventKind.STANDARD_LAPSED) == 1


@pytest.mark.parametrize(("clock", "refused"), [("15:59:59", Refused.TOO_EARLY), ("16:00", None), ("17:00", None)])
def test_the_consumer_sends_it_up_once_the_standard_has_lapsed(clock: str, refused: Refused | None) -> None:
    slow = replace(SUPPLY, tiers=(parse("6h"), parse("6h"), parse("6h")))
    desk = accepted(ground=ground(timing=slow))
    desk.until(at("12:10"))
    desk.at = at(clock)
    assert desk.consumer(Act.ESCALATE) is refused
    if refused is None:
        assert desk.last(EventKind.ESCALATED).data["cause"] == "consumer"
        assert desk.consumer(Act.ESCALATE) is None
        assert desk.consumer(Act.ESCALATE) is Refused.AT_THE_TOP


def test_without_a_standard_the_consumer_cannot_send_it_up() -> None:
    desk = accepted(ground=ground(timing=replace(SUPPLY, standard=None)))
    desk.request.standard_due = None
    desk.until(at("12:00", 9))
    assert desk.consumer(Act.ESCALATE) is Refused.TOO_EARLY


# Reminders


@pytest.mark.parametrize(("share", "clock"), [("1/4", "13:07:30"), ("1/2", "12:45"), ("1/10", "13:21")])
def test_the_handler_is_reminded_when_a_share_of_the_time_is_left(share: str, clock: str) -> None:
    desk = accepted(ground=ground(limits=Limits(reminder_share=Fraction(share))))
    desk.until(at(clock) - timedelta(seconds=1))
    assert EventKind.REMINDED not in desk.kinds
    desk.until(at("13:29"))
    reminder = desk.last(EventKind.REMINDED)
    assert (reminder.at, desk.told(NoticeKind.REMINDER)) == (at(clock), {OFFICER})
    assert desk.kinds.count(EventKind.REMINDED) == 1


def test_every_tier_has_its_reminder() -> None:
    desk = accepted()
    desk.until(at("15:59"))
    assert [event.at for event in desk.events if event.kind is EventKind.REMINDED] == [
        at("13:07:30"), at("14:15"), at("15:37:30"),
    ]  # fmt: skip


# Holds


def test_a_hold_stops_both_clocks_and_gives_the_time_back() -> None:
    desk = accepted()
    assert desk.officer(Act.HOLD, reason="premises-locked", limit=at("13:10")) is None
    assert (desk.task.due, desk.request.standard_due, desk.request.wake_for) == (None, None, Wake.HOLD)
    desk.until(at("12:40"))
    assert desk.officer(Act.RESUME) is None
    assert (desk.task.due, desk.request.standard_due) == (at("14:00"), at("16:30"))


def test_a_hold_ends_at_its_limit_however_late_the_timer_was() -> None:
    desk = accepted()
    desk.officer(Act.HOLD, reason="premises-locked", limit=at("13:10"))
    desk.late(at("14:00"))
    assert (desk.request.holds[0].end, desk.last(EventKind.HOLD_ENDED).due) == (at("13:10"), at("13:10"))
    assert (desk.task.due, desk.request.standard_due, desk.request.state) == (
        at("14:30"), at("17:00"), State.IN_PROGRESS,
    )  # fmt: skip


def test_the_consumer_ends_a_hold_and_who_answers_is_told() -> None:
    desk = accepted()
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.at = at("12:30")
    assert desk.consumer(Act.PRESENT) is None
    assert (desk.request.state, desk.task.due) == (State.IN_PROGRESS, at("13:50"))
    assert desk.consumer(Act.PRESENT) is Refused.ILLEGAL


@pytest.mark.parametrize(
    ("reason", "limit", "refused"),
    [
        ("date-asked", at("14:10"), None),
        ("date-asked", at("14:10:01"), Refused.HOLD_LIMIT),
        ("premises-locked", at("12:10", 3), None),
        ("premises-locked", at("12:10:01", 3), Refused.HOLD_LIMIT),
        ("premises-locked", at("12:10"), Refused.HOLD_LIMIT),
        ("premises-locked", None, None),
        ("tea", None, Refused.UNKNOWN_CODE),
    ],
)
def test_one_hold_has_the_limit_of_its_reason(reason: str, limit: object, refused: Refused | None) -> None:
    assert accepted().officer(Act.HOLD, reason=reason, limit=limit) is refused


def test_some_categories_cannot_be_put_on_hold() -> None:
    desk = accepted(ground=ground(timing=replace(SUPPLY, holdable=False)))
    assert desk.officer(Act.HOLD, reason="premises-locked") is Refused.NOT_HOLDABLE


def test_a_second_hold_needs_the_next_tier() -> None:
    desk = accepted()
    desk.officer(Act.HOLD, reason="premises-locked", limit=at("12:20"))
    desk.until(at("12:20"))
    assert desk.officer(Act.HOLD, reason="premises-locked") is Refused.HOLD_LIMIT
    desk.officer(Act.ESCALATE)
    assert desk.officer(Act.HOLD, OFFICER, reason="premises-locked") is Refused.HOLD_LIMIT
    assert desk.officer(Act.HOLD, MANAGER, reason="premises-locked") is None


def test_all_holds_together_have_a_limit() -> None:
    desk = accepted(ground=ground(limits=Limits(hold_total=parse("3h"), hold_limit=parse("2h"))))
    desk.officer(Act.ESCALATE)
    desk.officer(Act.HOLD, MANAGER, reason="premises-locked")
    desk.until(at("14:10"))
    assert desk.officer(Act.HOLD, MANAGER, reason="premises-locked", limit=at("15:10:01")) is Refused.HOLD_LIMIT
    assert desk.officer(Act.HOLD, MANAGER, reason="premises-locked") is None
    assert desk.request.wake_at == at("15:10")
    desk.until(at("15:10"))
    assert desk.officer(Act.HOLD, MANAGER, reason="premises-locked") is Refused.HOLD_LIMIT


def test_the_time_of_the_question_is_no_hold_of_the_officers() -> None:
    desk = accepted(ground=ground(limits=Limits(hold_total=parse("1h"), hold_limit=parse("1h"))))
    desk.resolve()
    desk.until(at("12:00", 1))
    desk.consumer(Act.NOT_REPAIRED)
    assert [hold.stops_standard for hold in desk.request.holds] == [False]
    assert desk.officer(Act.HOLD, MANAGER, reason="premises-locked") is None


def test_resolving_ends_a_hold() -> None:
    desk = accepted()
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.at = at("13:00")
    desk.resolve()
    first, question = desk.request.holds
    assert (first.end, question) == (at("13:00"), Hold("resolved", at("13:00"), stops_standard=False))
    assert desk.request.standard_due == at("16:50")


@pytest.mark.parametrize(("standard", "above"), [("30m", True), ("3h", False)])
def test_that_he_can_send_it_up_is_said_where_somebody_is_above(standard: str, above: bool) -> None:
    desk = assigned(ground=ground(timing=replace(SUPPLY, standard=parse(standard))))
    desk.until(at("15:00"))
    told = next(one for one in desk.notices if one.kind is NoticeKind.STANDARD_LAPSED)
    assert told.data.get("send_up", False) is above


def test_closed_from_a_hold_it_is_judged_with_the_held_time_given_back() -> None:
    desk = accepted()
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.at = at("18:00")
    desk.consumer(Act.SUPPLY_BACK)
    assert (desk.request.standard_due, desk.request.within_standard) == (at("21:50"), True)
