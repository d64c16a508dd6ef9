"""What counts against those who had a request: a table of histories, each judged by the working time counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rules.calendar import Calendar, calendar_from
from rules.due import Pause
from rules.hours import week_from
from rules.ladder import Filling, Seat, Skip
from rules.roster import gaps, stints
from rules.share import Line, Mark, record
from rules.terms import Act, EventKind
from tests.rules.desk import ALWAYS, COLLEAGUE, MANAGER, NOON, OFFICER, PERSON, Desk, assigned, at

OFFICE = calendar_from("office", "Asia/Kolkata", {"hours": {"mon-sat": ["09:30-17:30"]}})


def filling(post: str, **more: object) -> tuple[Filling, ...]:
    return (Filling(PERSON[post], "person", NOON - timedelta(days=9), **more),)  # type: ignore[arg-type]


FILLED = {post: filling(post) for post in PERSON}


def marks_of(desk: Desk, calendar: Calendar = ALWAYS) -> list[tuple[str, dict[str, int]]]:
    """Each mark with the minutes every post had it."""
    lines = [Line(event.kind, event.at, event.task, event.due, event.data) for event in desk.events]
    pauses = {desk.task.id: [Pause(hold.start, hold.end) for hold in desk.task.holds]}
    found = record(lines, desk.request.registered_at, calendar, pauses, FILLED)
    return [(one.mark, {s.post: round(s.worked / timedelta(minutes=1)) for s in one.shares}) for one in found]


def test_what_is_dumped_on_a_colleague_five_minutes_before_it_is_due_counts_against_both_by_their_time() -> None:
    desk = assigned()
    desk.officer(Act.ACCEPT)
    desk.until(at("13:25"))
    assert desk.officer(Act.GIVE, post=COLLEAGUE) is None
    desk.until(at("13:31"))
    assert marks_of(desk) == [(Mark.LAPSE, {OFFICER: 85, COLLEAGUE: 5})]


def test_each_tier_counts_its_own_time_and_a_late_timer_counts_by_the_instant_that_fell_due() -> None:
    desk = assigned()
    desk.officer(Act.ACCEPT)
    desk.late(at("13:50"))
    desk.until(at("14:51"))
    assert marks_of(desk) == [(Mark.LAPSE, {OFFICER: 90}), (Mark.LAPSE, {OFFICER: 60})]


def test_held_time_is_nobodys_and_a_hold_in_the_last_tenth_stands_on_record() -> None:
    desk = assigned()
    desk.officer(Act.ACCEPT)
    desk.until(at("12:30"))
    desk.officer(Act.HOLD, reason="premises-locked", limit=at("13:30"))
    desk.until(at("13:30"))
    assert marks_of(desk) == []
    desk.until(at("14:31"))
    assert marks_of(desk) == [(Mark.LAPSE, {OFFICER: 90})]
    late = assigned()
    late.officer(Act.ACCEPT)
    late.until(at("13:21"))
    late.officer(Act.HOLD, reason="premises-locked")
    assert marks_of(late) == [(Mark.LATE_HOLD, {OFFICER: 81})]


@pytest.mark.parametrize(("judged", "stands"), [(Act.AGREE, False), (Act.DISAGREE, True), (None, True)])
def test_a_contested_hold_stands_unless_it_is_judged_right(judged: Act | None, stands: bool) -> None:
    desk = assigned()
    desk.officer(Act.ACCEPT)
    desk.until(at("12:40"))
    desk.officer(Act.HOLD, reason="premises-locked")
    desk.until(at("12:50"))
    desk.consumer(Act.PRESENT, claim="was_there")
    if judged:
        assert desk.officer(judged, MANAGER) is None
    assert marks_of(desk) == ([(Mark.HOLD_CONTESTED, {OFFICER: 40})] if stands else [])


def test_a_reopening_counts_for_all_who_had_it_until_it_was_said_to_be_put_right() -> None:
    desk = assigned()
    desk.officer(Act.ACCEPT)
    desk.until(at("12:20"))
    desk.officer(Act.GIVE, post=COLLEAGUE)
    desk.until(at("12:50"))
    desk.resolve(post=COLLEAGUE)
    desk.consumer(Act.CONFIRM)
    desk.until(at("18:00"))
    assert desk.consumer(Act.REOPEN) is None
    assert marks_of(desk) == [(Mark.REOPENED, {OFFICER: 20, COLLEAGUE: 30})]


def test_a_broken_expected_time_counts_from_when_it_was_given() -> None:
    desk = assigned()
    desk.until(at("12:15"))
    desk.officer(Act.EXPECT, until=at("12:45"), reason="crew-on-the-way")
    desk.until(at("12:25"))
    desk.officer(Act.GIVE, post=COLLEAGUE)
    desk.until(at("12:46"))
    assert marks_of(desk) == [(Mark.EXPECTED_MISSED, {OFFICER: 10, COLLEAGUE: 20})]


def test_who_had_it_outside_working_time_alone_has_it_whole() -> None:
    lines = [
        Line(EventKind.ASSIGNED, at("18:00"), "t", None, {"post": OFFICER, "tier": 1}),
        Line(EventKind.CORRECTED, at("20:00"), "t", None, {"post": OFFICER}),
    ]
    (one,) = record(lines, at("18:00"), OFFICE, {}, FILLED)
    assert [(share.post, share.person, share.part) for share in one.shares] == [(OFFICER, 1, 1.0)]


def test_one_post_with_two_persons_after_another_shares_between_them() -> None:
    filled = {OFFICER: (Filling(1, "person", NOON, until=at("13:00")), Filling(9, "person", at("13:00")))}
    lines = [
        Line(EventKind.ASSIGNED, NOON, "t", None, {"post": OFFICER, "tier": 1}),
        Line(EventKind.ESCALATED, at("13:30"), "t", at("13:30"), {"cause": "timer", "from_post": OFFICER}),
    ]
    (one,) = record(lines, NOON, ALWAYS, {}, filled)
    assert {share.person: share.worked for share in one.shares} == {1: timedelta(hours=1), 9: timedelta(minutes=30)}


def shift(person: int, spans: str) -> Filling:
    roster = Calendar("roster", "Asia/Kolkata", week_from({"mon-sun": [spans]}, "roster"))
    return Filling(person, "roster", NOON - timedelta(days=9), roster=roster)


def test_a_roster_with_a_hole_in_the_evening_says_so() -> None:
    seat = Seat("control", (shift(1, "06:00-14:00"), shift(2, "14:00-21:00"), shift(3, "22:00-06:00")))
    found = stints(seat, at("05:00"), at("23:00"))
    assert [(one.since, one.person) for one in found] == [
        (at("05:00"), 3), (at("06:00"), 1), (at("14:00"), 2), (at("21:00"), None), (at("22:00"), 3)
    ]  # fmt: skip
    assert [(gap.since, gap.until, gap.why) for gap in gaps(seat, at("05:00"), at("23:00"))] == [
        (at("21:00"), at("22:00"), Skip.VACANT)
    ]


def test_leave_is_a_gap_of_its_own_kind() -> None:
    away: tuple[tuple[datetime, datetime | None], ...] = ((at("13:00"), at("15:00")),)
    seat = Seat(OFFICER, filling(OFFICER, away=away))
    assert [(gap.since, gap.until, gap.why) for gap in gaps(seat, NOON, at("20:00"))] == [
        (at("13:00"), at("15:00"), Skip.ON_LEAVE)
    ]
