"""The team board's rules: whose work is whose, whom to name, whose time a mark was, and who is away when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rules.away import Absence, Why, absences
from rules.calendar import Calendar
from rules.hours import week_from
from rules.ladder import Filling, Seat
from rules.share import Mark, Marked, Share
from rules.tally import Tally, tallied
from rules.team import Count, Group, load, middle, named

NOON = datetime(2027, 5, 10, 6, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = NOON + 7 * DAY


def group(handler: str, answerable: str, many: int, oldest: int, **more: int) -> Group:
    counts = {"not_begun": 0, "due_today": 0, "overdue": 0, **more}
    return Group(handler, answerable, many, oldest=NOON - oldest * HOUR, **counts)


GROUPS = [
    group("a", "a", 3, 5, not_begun=2),
    group("a", "boss", 2, 30, overdue=2),
    group("b", "boss", 4, 9, due_today=1),
]


@pytest.mark.parametrize(
    ("posts", "open_", "answers", "not_begun", "due_today", "overdue", "oldest"),
    [
        pytest.param({"a"}, 5, 0, 2, 0, 2, 30, id="who does the work"),
        pytest.param({"boss"}, 0, 6, 0, 1, 2, 30, id="who answers for it"),
        pytest.param({"b", "boss"}, 4, 2, 0, 1, 2, 30, id="one person in both counts each once"),
        pytest.param({"nobody"}, 0, 0, 0, 0, 0, None, id="nothing"),
    ],
)
def test_what_lies_with_posts(
    posts: set[str], open_: int, answers: int, not_begun: int, due_today: int, overdue: int, oldest: int | None
) -> None:
    found = load(GROUPS, posts)
    assert tuple(found.counts.values()) == (open_, answers, not_begun, due_today, overdue)
    assert found.oldest == (None if oldest is None else NOON - oldest * HOUR)


def test_who_is_named_is_compared_by_the_consumers_word_and_never_on_fewer_than_five() -> None:
    def ended(within: int, word: int) -> dict[Count, int]:
        return {Count.WITHIN: within, Count.WORD: word, Count.SILENCE: 90, Count.UNREACHED: 40}

    found = named(
        {"all": ended(8, 8), "most": ended(9, 10), "some": ended(2, 10), "four": ended(4, 4), "none": ended(0, 0)}
    )
    assert (found.well, found.help, found.few) == (("all", "most"), ("some",), 1)
    equal = named({"one": ended(5, 6), "two": ended(10, 12)})
    assert set(equal.well) == {"one", "two"}
    assert equal.help == ()
    assert named({"late": ended(0, 9)}) == named({}) == named({"late": ended(0, 3)}).__class__((), (), 0)


def test_an_average_of_nothing_is_nothing() -> None:
    assert middle([]) is None
    assert middle([HOUR, 2 * HOUR]) == 90 * timedelta(minutes=1)


def test_a_mark_counts_once_for_each_and_its_shares_are_added() -> None:
    def mark(*parts: tuple[str, int, float]) -> Marked:
        return Marked(
            Mark.LAPSE, "t", NOON, NOON, "a", tuple(Share(post, who, HOUR, part) for post, who, part in parts)
        )

    marks = [mark(("a", 1, 0.5), ("a", 2, 0.25), ("b", 1, 0.25)), mark(("b", 1, 1.0))]
    by_post = tallied(marks, lambda share: share.post)
    by_person = tallied(marks, lambda share: share.person if share.post == "a" else None)
    assert by_post == {"a": {Mark.LAPSE: Tally(1, 0.75)}, "b": {Mark.LAPSE: Tally(2, 1.25)}}
    assert by_person == {1: {Mark.LAPSE: Tally(1, 0.5)}, 2: {Mark.LAPSE: Tally(1, 0.25)}}


def test_leave_says_who_stands_in_and_an_empty_post_says_why() -> None:
    leave = (NOON + DAY, NOON + 3 * DAY)
    own = Filling(1, "person", NOON - 90 * DAY, away=(leave,))
    charge = Filling(2, "charge", NOON + DAY, NOON + 3 * DAY)
    alone, stood_in = (set(absences(Seat("p", those), NOON, WEEK)) for those in ((own,), (own, charge)))
    assert alone == {Absence("p", Why.LEAVE, *leave, 1)}
    assert stood_in == {Absence("p", Why.LEAVE, *leave, 1, (2,)), Absence("p", Why.CHARGE, *leave, 2)}
    assert list(absences(Seat("p"), NOON, WEEK)) == [Absence("p", Why.VACANT, NOON, None)]
    assert list(absences(Seat("p", (Filling(1, "person", NOON - DAY, NOON + 2 * DAY),)), NOON, WEEK)) == [
        Absence("p", Why.VACANT, NOON + 2 * DAY, None)
    ]
    assert list(absences(Seat("p", (Filling(1, "person", NOON - DAY),)), NOON, WEEK)) == []


def test_a_gap_in_the_roster_is_told_by_its_hours() -> None:
    def shift(hours: str) -> Calendar:
        return Calendar("roster", "Asia/Kolkata", week_from({"mon-sun": [hours]}, "roster"))

    early, late = (
        Filling(number, "roster", NOON - DAY, roster=shift(hours))
        for number, hours in ((1, "06:00-14:00"), (2, "14:00-22:00"))
    )
    found = list(absences(Seat("p", (early, late)), NOON, NOON + DAY))
    assert found == [Absence("p", Why.ROSTER, NOON + 10 * HOUR, NOON + 18 * HOUR)]
