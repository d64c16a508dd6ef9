"""Whatever people do and however late the timers are, some things are always true of a complaint."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.durations import parse
from rules.policy import Limits
from rules.request import UNDER_QUESTION, Ground, Request, Sent, standing
from rules.states import LEADS_TO
from rules.terms import Act, Actor, EventKind, Refused, State
from rules.turn import Turn
from tests.drawn import drawn
from tests.rules.desk import COLLEAGUE, HEAD, MANAGER, OFFICER, PERSON, SUPPLY, Desk, filled, ground, vacant

ENDED = {State.CLOSED, State.WITHDRAWN}
MINUTES = st.one_of(st.integers(0, 15), st.sampled_from([20, 60, 89, 90, 240, 24 * 60, 5 * 24 * 60, 8 * 24 * 60]))
GROUNDS = st.builds(
    lambda seats, confirm, standard, holdable, top: ground(
        *seats,
        timing=replace(SUPPLY, confirm=confirm, standard=standard, holdable=holdable),
        limits=Limits(top_reminder=parse(top)),
    ),
    st.lists(
        st.sampled_from(
            [vacant(OFFICER), vacant(COLLEAGUE), vacant(MANAGER), vacant(HEAD), filled(MANAGER, 1), filled(HEAD, 3)]
        ),
        max_size=3,
    ),
    st.sampled_from([None, parse("1 day"), parse("2h")]),
    st.sampled_from([None, parse("30m"), parse("4h"), parse("3 days")]),
    st.booleans(),
    st.sampled_from(["1 working day", "1h"]),
)
OFFICERS: dict[Act, dict[str, Any]] = {
    Act.ACCEPT: {}, Act.NOTE: {}, Act.RESUME: {}, Act.TAKE_OVER: {}, Act.REASSIGN: {}, Act.DIRECT: {}, Act.ESCALATE: {},
    Act.EXPECT: {"until": 30, "reason": "crew-on-the-way"}, Act.HOLD: {"reason": "premises-locked"},
    Act.RESOLVE: {"cause": "fuse-blown", "put_right": 0}, Act.GIVE: {"post": COLLEAGUE},
}  # fmt: skip
CONSUMERS = (
    Act.CONFIRM, Act.NOT_REPAIRED, Act.SUPPLY_BACK, Act.PRESENT, Act.WITHDRAW, Act.REOPEN, Act.ESCALATE, Act.ADD,
)  # fmt: skip
WHO = st.sampled_from(["handler", "answerable", OFFICER])
STEPS = st.one_of(
    st.tuples(st.just("officer"), st.sampled_from(list(OFFICERS)), WHO),
    st.tuples(st.just("consumer"), st.sampled_from(CONSUMERS), st.just("")),
    st.tuples(st.just("report"), st.just(Act.RECEIPT), st.just("")),
    st.tuples(st.just("time"), st.just(Act.NOTE), st.just("")),
)


def data_of(act: Act, desk: Desk) -> dict[str, Any]:
    """What an officer would send with his act; minutes become instants."""
    return {
        key: (desk.at + timedelta(minutes=value)).isoformat() if isinstance(value, int) else value
        for key, value in OFFICERS[act].items()
    }


def done(desk: Desk, side: str, act: Act, who: str) -> None:
    """One step of somebody, whether it is allowed or not."""
    before = deepcopy(desk.request)
    refused: Refused | None = None
    if side == "time":
        desk.late(desk.at)
    elif side == "report":
        refused = desk.report()
    elif side == "consumer":
        refused = desk.take(Sent(act, Actor.CONSUMER, {}, words=True))
    else:
        post = who if desk.request.task is None else getattr(desk.task, who, who)
        refused = desk.take(Sent(act, Actor.OFFICER, data_of(act, desk), PERSON[post], post, words=True))
    if refused is not None:
        assert desk.request == before, "a refusal changed something"


def check(request: Request, ground: Ground) -> None:
    """What is true of a request at every moment."""
    open_holds = [hold for hold in request.holds if hold.end is None]
    consumers_turn = [hold for hold in open_holds if hold.reason != UNDER_QUESTION]
    assert len(open_holds) <= 1
    assert bool(consumers_turn) == (request.state is State.ON_HOLD)
    assert (request.closing is not None) == (request.closed_at is not None) == (request.state in ENDED)
    assert (request.wake_at is None) == request.over, "nothing wakes it, and it is not over"
    assert (request.wake_at is None) == (request.wake_for is None)
    assert request.within_standard is None or request.state is State.CLOSED
    task = request.task
    assert task is not None, "somebody has it"
    assert (task.done_at is not None) == (request.state in ENDED)
    assert 1 <= task.tier <= len(ground.rungs)
    assert task.answerable_person not in task.answered
    if consumers_turn:
        assert request.standard_due is None or request.standard_lapsed_at is not None
    if task.done_at is None:
        assert task.due is not None or open_holds
        assert not open_holds or task.due is None or task.beyond_at is not None
        assert [one.due for one in standing(request).tasks] == [task.due]


def check_step(before: Request | None, desk: Desk) -> None:
    """What is true from one moment to the next."""
    if before is None or before.task is None:
        return
    now = desk.request
    assert desk.task.tier >= before.task.tier, "a tier climbed stays climbed"
    assert now.number >= before.number
    assert before.standard_lapsed_at is None or now.standard_lapsed_at == before.standard_lapsed_at
    assert now.reopened >= before.reopened
    assert not before.over or replace(now, number=before.number) == before, "more than a note was added to what is over"
    if now.state is not before.state:
        assert now.state in reachable(before.state)


def reachable(state: State) -> set[State]:
    """Every state that some moves lead to."""
    found: set[State] = set()
    left = [state]
    while left:
        for following in LEADS_TO[left.pop()] - found:
            found.add(following)
            left.append(following)
    return found


@drawn(250)
@given(GROUNDS, st.lists(st.tuples(MINUTES, STEPS), max_size=14))
def test_what_is_always_true(ground: Ground, steps: list[tuple[int, tuple[str, Act, str]]]) -> None:
    desk = Desk(ground)
    desk.request.standard_due = None
    desk.look()
    for minutes, (side, act, who) in steps:
        before = deepcopy(desk.request)
        desk.at += timedelta(minutes=minutes)
        done(desk, side, act, who)
        check(desk.request, ground)
        check_step(before, desk)
        timer(desk)
        check(desk.request, ground)
    check_written(desk)


def timer(desk: Desk) -> None:
    """The timer fires: all that was due is done, and to fire it again does nothing."""
    desk.late(desk.at)
    assert desk.request.wake_at is None or desk.request.wake_at > desk.at
    again: Turn = desk.late(desk.at)
    assert (again.events, again.notices, again.lapses) == ([], [], [])


def check_written(desk: Desk) -> None:
    """What is true of everything that was written."""
    assert [event.number for event in desk.events] == list(range(2, desk.request.number + 1))
    instants = [event.at for event in desk.events]
    assert instants == sorted(instants)
    assert all(event.due is None or event.due <= event.at for event in desk.events), "done before it was due"
    tiers = [lapse.tier for lapse in desk.lapses]
    assert tiers == sorted(set(tiers)), "a tier lapses once"
    moves = [event for event in desk.events if event.kind is EventKind.ESCALATED]
    assert all(event.data["tier"] > event.data["from_tier"] for event in moves)
    assert desk.kinds.count(EventKind.STANDARD_LAPSED) == (desk.request.standard_lapsed_at is not None)
    assert desk.kinds.count(EventKind.CLOSED) in {desk.request.reopened, desk.request.reopened + 1}
    assert all(2 <= notice.number <= desk.request.number for notice in desk.notices)


@drawn(50)
@given(GROUNDS, st.lists(st.tuples(MINUTES, STEPS), max_size=6))
def test_left_alone_it_always_comes_to_an_end_or_to_the_top(
    ground: Ground, steps: list[tuple[int, tuple[str, Act, str]]]
) -> None:
    desk = Desk(ground)
    desk.look()
    for minutes, (side, act, who) in steps:
        desk.at += timedelta(minutes=minutes)
        done(desk, side, act, who)
    desk.until(desk.at + timedelta(days=40))
    assert desk.request.over or desk.task.beyond_at is not None
    assert desk.request.wake_at is None or desk.request.wake_at > desk.at
