"""Who is given the work: ability, presence, limit, group and load, in that order; and who is never given it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.assignment import Candidate, Segment, choose, segment_of
from rules.conflict import without
from rules.ladder import Skip
from rules.terms import Act, EventKind
from tests.rules.desk import COLLEAGUE, HEAD, MANAGER, OFFICER, PERSON, Desk, assigned, at, filled, ground
from tests.rules.oracle import QUICK

A, B = "a", "b"


@pytest.mark.parametrize(
    ("one", "other", "chosen"),
    [
        pytest.param(Candidate(A, 2, True), Candidate(B, 1, True), B, id="the one with less"),
        pytest.param(Candidate(A, 1, True), Candidate(B, 1, True), A, id="else the first by code"),
        pytest.param(Candidate(A, 0, False), Candidate(B, 90, True), B, id="present before vacant"),
        pytest.param(Candidate(A, 0, True, able=False), Candidate(B, 90, True), B, id="able before the rest"),
        pytest.param(Candidate(A, 5, True, most=5), Candidate(B, 9, True), B, id="a full one waits"),
        pytest.param(Candidate(A, 5, True, most=5), Candidate(B, 9, True, most=9), A, id="all full, and they share"),
        pytest.param(Candidate(A, 9, True, group=True), Candidate(B, 0, True), A, id="the consumer's own group"),
        pytest.param(Candidate(A, 9, True, group=True, most=9), Candidate(B, 0, True), B, id="unless it is full"),
        pytest.param(Candidate(A, 0, False, group=True), Candidate(B, 5, True), B, id="or away"),
    ],
)
def test_who_comes_first(one: Candidate, other: Candidate, chosen: str) -> None:
    assert choose([one, other]) == choose([other, one]) == chosen


@QUICK
@given(st.integers(1, 7), st.integers(0, 200), st.data())
def test_many_at_once_are_shared_evenly_to_within_one(posts: int, many: int, data: st.DataObject) -> None:
    loads = dict.fromkeys((f"post-{n}" for n in range(posts)), 0)
    for _ in range(many):
        order = data.draw(st.permutations(sorted(loads))) if many < 20 else sorted(loads)
        chosen = choose([Candidate(post, loads[post], True) for post in order])
        loads[chosen or ""] += 1
    assert sum(loads.values()) == many
    assert max(loads.values()) - min(loads.values()) <= 1


def test_two_hundred_over_five_posts_are_forty_each() -> None:
    loads = dict.fromkeys("abcde", 0)
    for _ in range(200):
        loads[choose([Candidate(post, load, True) for post, load in loads.items()]) or ""] += 1
    assert set(loads.values()) == {40}


GROUPS = (
    Segment("government", "government_officer", "officer"),
    Segment("large", "client_manager", "officer", above_kw=100),
    Segment("settlement", "settlement_officer", "officer", localities=frozenset({"jahangirpuri"})),
)


@pytest.mark.parametrize(
    ("marked", "load", "locality", "group"),
    [
        (None, 5.0, "rohini", None),
        (None, 100.0, "rohini", None),
        (None, 100.5, "rohini", "large"),
        ("government", 250.0, "rohini", "government"),
        ("nobody-knows", 250.0, None, "large"),
        (None, None, "jahangirpuri", "settlement"),
        ("settlement", 1.0, "rohini", "settlement"),
    ],
)
def test_the_group_a_consumer_is_of(
    marked: str | None, load: float | None, locality: str | None, group: str | None
) -> None:
    assert segment_of(GROUPS, marked, load, locality) == group


def concerning(*people: int) -> Desk:
    """A desk whose request concerns these persons."""
    desk = Desk()
    desk.ground = without(ground(), people, desk.at)
    desk.look()
    return desk


def test_the_one_it_is_about_is_not_given_it_and_his_colleague_is() -> None:
    desk = concerning(PERSON[OFFICER])
    assert (desk.task.handler, desk.task.answerable, desk.task.tier) == (COLLEAGUE, COLLEAGUE, 1)


def test_where_nobody_is_left_at_a_tier_the_next_has_it_and_history_says_why() -> None:
    desk = concerning(PERSON[OFFICER], PERSON[COLLEAGUE])
    assert (desk.task.handler, desk.task.answerable, desk.task.tier) == (MANAGER, MANAGER, 2)
    skipped = desk.last(EventKind.ASSIGNED).data["skipped"]
    assert [(one["tier"], one["why"]) for one in skipped] == [(1, Skip.CONCERNED)]


def test_a_manager_who_is_concerned_is_passed_over_at_the_second_it_falls_due() -> None:
    desk = concerning(PERSON[MANAGER])
    desk.officer(Act.ACCEPT, desk.task.handler)
    desk.until(at("13:31"))
    moved = desk.last(EventKind.ESCALATED)
    assert (moved.at, moved.data["post"]) == (at("13:30"), HEAD)
    assert [one["why"] for one in moved.data["skipped"]] == [Skip.CONCERNED]


def test_the_last_one_who_is_concerned_is_cut_off_and_the_one_before_is_the_top() -> None:
    desk = concerning(PERSON[HEAD])
    desk.officer(Act.ACCEPT, desk.task.handler)
    desk.until(at("18:00"))
    assert desk.task.answerable == MANAGER
    assert EventKind.BEYOND in desk.kinds


def test_work_is_not_given_to_one_who_is_concerned_by_hand_either() -> None:
    desk = concerning(PERSON[COLLEAGUE])
    assert desk.officer(Act.GIVE, post=COLLEAGUE) is not None


def test_where_everybody_is_concerned_nothing_is_taken_away() -> None:
    whole = ground(filled(OFFICER))
    assert without(whole, set(PERSON.values()), at("12:00")) is whole


def test_assigned_as_ever_where_nobody_is_concerned() -> None:
    assert assigned().task.handler == OFFICER
