"""The storm guard: at most so many a minute to one person, the oldest first, danger at its second, and all go on in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import judge
from rules.clocks import settle
from rules.durations import parse
from rules.policy import Limits
from rules.request import Ground, Line, Request
from rules.storm import A_MINUTE, slot
from rules.terms import EventKind, State, Wake
from rules.turn import Given, NewEvent, NewLapse, Wanted
from tests.rules.desk import HEAD, MANAGER, NOON, PERSON, SUPPLY, at, filled, ground, received

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("given_at", "ahead", "now", "most", "first"),
    [
        pytest.param([], 0, "12:00", 2, "12:00", id="nobody came"),
        pytest.param([], 1, "12:00", 2, "12:00", id="there is room for both"),
        pytest.param([], 2, "12:00", 2, "12:01", id="the third waits a minute"),
        pytest.param([], 7, "12:00", 2, "12:03", id="the eighth three"),
        pytest.param(["12:00", "12:00:30"], 0, "12:00:40", 2, "12:01", id="until the first is a minute old"),
        pytest.param(["12:00", "12:00:30"], 1, "12:00:40", 2, "12:01:30", id="then the second"),
        pytest.param(["12:00", "12:00:30"], 2, "12:00:40", 2, "12:02", id="then a minute after the one before it"),
        pytest.param(["12:00", "12:00:30"], 0, "12:01", 2, "12:01", id="a minute has an end"),
        pytest.param(["12:00", "12:00:10", "12:00:20"], 0, "12:00:30", 2, "12:01:10", id="more came than the limit allows now"),
    ],
)  # fmt: skip
def test_the_turn_in_line(given_at: Sequence[str], ahead: int, now: str, most: int, first: str) -> None:
    assert slot([at(one) for one in given_at], ahead, at(now), most) == at(first)


@dataclass
class Storm:
    """Requests that climb to the same people, each woken at its instant; what the pen's tables say is kept in lists."""

    most: int
    requests: list[Request] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    events: list[tuple[str, NewEvent]] = field(default_factory=list)
    lapses: list[NewLapse] = field(default_factory=list)

    def came(self, number: int, when: datetime, *, safety: bool = False) -> None:
        """One more, in hand since `when`."""
        new = replace(received(), reference=f"{number:09}", registered_at=when, safety=safety)
        turn = judge.look(new, self.ground, when)
        for task in turn.request.tasks:
            task.accepted_at, task.reminded_at, turn.request.state = when, when, State.IN_PROGRESS
        self.requests.append(judge.look(turn.request, self.ground, when).request)

    @property
    def ground(self) -> Ground:
        """The usual ladder under this limit."""
        return ground(timing=replace(SUPPLY, standard=None), limits=Limits(escalations_per_minute=self.most))

    def until(self, end: datetime, *, late: datetime = NOON) -> None:
        """Wake each at its instant, or all at `late` where that is later, the oldest first."""
        while True:
            waking = [(one.wake_at, place) for place, one in enumerate(self.requests) if one.wake_at is not None]
            wake_at, place = min(waking, key=lambda one: (max(one[0], late), one[0]))
            if max(wake_at, late) > end:
                return
            self._step(place, max(wake_at, late))

    def _step(self, place: int, at: datetime) -> None:
        request = self.requests[place]
        under = self.ground
        dry = judge.it_is_time(request, under, at)
        turn = judge.it_is_time(request, replace(under, lines=self._lines(dry.wanted, at)), at)
        self.given += turn.given
        self.lapses += turn.lapses
        self.events += [(request.reference, event) for event in turn.events]
        self.requests[place] = turn.request

    def _lines(self, wanted: Sequence[Wanted], at: datetime) -> dict[str, Line]:
        return {
            one.line: Line(
                tuple(gave.at for gave in self.given if gave.line == one.line),
                {one.task: sum(self._older(request, one, at) for request in self.requests)},
            )
            for one in wanted
        }

    def _older(self, request: Request, one: Wanted, at: datetime) -> bool:
        task = request.tasks[0]
        if task.storm_due is None or task.storm_at is None or task.storm_for != one.line:
            return False
        return task.storm_at > at - A_MINUTE and (task.storm_due, task.id) < (one.due, one.task)

    def went_to(self, post: str) -> list[tuple[str, NewEvent]]:
        """What went up to this post, in the order it went."""
        return [(ref, one) for ref, one in self.events if one.kind is EventKind.ESCALATED and one.data["post"] == post]


def most_in_a_minute(instants: Sequence[datetime]) -> int:
    return max((sum(one <= other < one + A_MINUTE for other in instants) for one in instants), default=0)


@given(
    seconds=st.lists(st.integers(0, 200), min_size=1, max_size=40),
    most=st.integers(1, 7),
    late=st.integers(0, 300),
)
def test_no_minute_holds_more_and_all_go_on_in_the_order_of_what_fell_due(
    seconds: list[int], most: int, late: int
) -> None:
    storm = Storm(most)
    for number, second in enumerate(seconds):
        storm.came(number, NOON + second * SECOND)
    first_due = NOON + timedelta(minutes=90)
    storm.until(first_due + timedelta(minutes=50), late=first_due + late * SECOND)
    went = storm.went_to(MANAGER)
    assert sorted(reference for reference, _ in went) == sorted(one.reference for one in storm.requests)
    assert most_in_a_minute([one.at for _, one in went]) <= most
    assert len(storm.lapses) == len(seconds)
    times = [(one.at, one.due or one.at) for _, one in went]
    for place, (went_at, due) in enumerate(times):  # nobody is overtaken by one that comes a minute's turns later
        assert all(other >= due or other > went_at for _, other in times[place + most :])
    last = max(max(due for _, due in times), first_due + late * SECOND)
    assert times[-1][0] <= last + len(seconds) // most * A_MINUTE


def test_what_waits_keeps_its_due_is_told_once_and_says_so_when_it_goes() -> None:
    storm = Storm(most=1)
    for number in range(3):
        storm.came(number, NOON)
    storm.until(at("13:31"))
    waiting = storm.requests[2]
    assert (waiting.tasks[0].due, waiting.tasks[0].tier) == (at("13:30"), 1)
    assert (waiting.wake_at, waiting.wake_for) == (at("13:32"), Wake.STORM)
    storm.until(at("13:33"))
    put_off = [(ref, one.due, one.data["until"]) for ref, one in storm.events if one.kind is EventKind.PUT_OFF]
    assert put_off == [
        ("000000001", at("13:30"), at("13:31").isoformat()),
        ("000000002", at("13:30"), at("13:32").isoformat()),
    ]
    went = storm.went_to(MANAGER)
    assert [one.due for _, one in went] == [at("13:30")] * 3
    assert [one.data.get("put_off") for _, one in went] == [None, at("13:31").isoformat(), at("13:32").isoformat()]
    assert storm.requests[2].tasks[0].due == at("14:32")  # its own hour, from the instant it was entered


def test_danger_waits_for_nobody_and_takes_nobodys_place() -> None:
    storm = Storm(most=1)
    for number in range(3):
        storm.came(number, NOON, safety=number == 2)
    storm.until(at("13:31"))
    went = [(reference, one.at) for reference, one in storm.went_to(MANAGER)]
    assert went == [("000000000", at("13:30")), ("000000002", at("13:30")), ("000000001", at("13:31"))]


def test_one_line_a_person_whatever_posts_he_fills() -> None:
    """Where the zone head has the manager's post in additional charge, both posts are one line."""
    storm = Storm(most=1)
    storm.came(0, NOON)
    seats = filled(MANAGER, PERSON[HEAD])
    turn = judge.it_is_time(storm.requests[0], ground(seats, timing=replace(SUPPLY, standard=None)), at("13:30"))
    assert [(one.line, one.post) for one in turn.wanted] == [(f"person {PERSON[HEAD]}", MANAGER)]


def test_a_hold_or_new_timings_take_it_out_of_the_line() -> None:
    storm = Storm(most=1)
    for number in range(2):
        storm.came(number, NOON)
    storm.until(at("13:30"))
    waiting = storm.requests[1]
    assert waiting.wake_for == Wake.STORM
    longer = ground(timing=replace(SUPPLY, standard=None, tiers=(parse("2h"), *SUPPLY.tiers[1:])))
    turn = judge.it_is_time(waiting, longer, at("13:30:30"))
    assert turn.request.wake_for == Wake.STORM  # nothing fell due yet
    settle(turn)
    assert (turn.request.wake_at, turn.request.wake_for) == (at("14:00"), Wake.DUE)
