"""Whatever people do and however late the timers are, some things are always true of a connection request."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.procedure import Lapse, Procedure
from rules.request import Request
from rules.states import CONNECTION_LEADS_TO, WORKED
from rules.terms import Act, Refused, State
from tests.drawn import drawn
from tests.rules.applying import ASKED, CLOSING, CONNECTING, STAGES, Application, ground_for, procedure
from tests.rules.desk import COLLEAGUE, NOON

ENDED = {State.CLOSED, State.WITHDRAWN, State.REJECTED, State.LAPSED}
PAPERS = ("identity", "ownership")
PROCEDURES: tuple[Procedure, ...] = (CONNECTING, CLOSING, procedure(*STAGES, lapse_all=Lapse.REFUND))
HOURS = st.one_of(st.integers(0, 30), st.sampled_from([0, 0, 0, 24, 72, 8 * 24, 16 * 24, 31 * 24]))
AT_A_STAGE: dict[Act, dict[str, Any]] = {
    Act.ACCEPT: {}, Act.ESCALATE: {}, Act.TAKE_OVER: {}, Act.GIVE: {"post": COLLEAGUE}, Act.REISSUE: {}, Act.MISSED: {},
    Act.FAULT: {"faults": {"identity": "unreadable"}}, Act.HOLD: {"reason": "premises-locked"}, Act.RESUME: {},
    Act.REJECT: {"reason": "not-feasible"}, Act.AGREE: {}, Act.DISAGREE: {},
}  # fmt: skip
APPLICANTS: dict[Act, dict[str, Any]] = {
    Act.WITHDRAW: {}, Act.CONFIRM: {}, Act.NOT_REPAIRED: {}, Act.REOPEN: {}, Act.OBJECT: {}, Act.COMPLAIN: {}, Act.MISSED: {},
    Act.PRESENT: {"claim": "was_there"}, Act.SLOT: {"slot": "other"}, Act.ESCALATE: {},
    Act.DOCUMENT: {"paper": "identity", "document": "d0"},
}  # fmt: skip
WHICH = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("do"), st.just(Act.FINISH), WHICH),
    st.tuples(st.just("do"), st.just(Act.FINISH), WHICH),
    st.tuples(st.just("officer"), st.sampled_from(list(AT_A_STAGE)), WHICH),
    st.tuples(st.just("applicant"), st.sampled_from(list(APPLICANTS)), WHICH),
    st.tuples(st.just("choose"), st.just(Act.SLOT), WHICH),
    st.tuples(st.just("hand in"), st.just(Act.DOCUMENT), WHICH),
    st.tuples(st.just("pay"), st.just(Act.PAY), WHICH),
)


def does(desk: Application, side: str, act: Act, which: int) -> Refused | None:
    """One step of somebody, whether it is allowed or not."""
    open_now = desk.request.open_tasks
    task = open_now[which % len(open_now)] if open_now else desk.request.tasks[-1]
    if side == "applicant":
        return desk.consumer(act, words=True, **APPLICANTS[act])
    if side == "hand in":
        return desk.hand_in()
    if side == "pay":
        notes = desk.request.case.notes
        return desk.pay([desk.request.case.to_pay, 300, 1_500][which]) if notes else None
    if side == "choose":
        slots = [slot for task in open_now for slot in task.data.get("slots", ())]
        return desk.choose(key=slots[which % len(slots)]["key"]) if slots else None
    of = desk.ground.procedure
    assert of is not None
    data = ASKED.get(of.stages[task.stage].does, {}) if side == "do" else AT_A_STAGE[act]
    who = task.answerable if act in {Act.AGREE, Act.DISAGREE, Act.TAKE_OVER} else task.handler
    return desk.at_stage(task.stage, act, who, **data)


def check(desk: Application) -> None:
    """What is true of a request at every moment."""
    request, case = desk.request, desk.request.case
    open_now = [task.stage for task in request.open_tasks]
    assert len(open_now) == len(set(open_now)), "a stage is open twice"
    assert all(sum(hold.end is None for hold in task.holds) <= 1 for task in request.tasks)
    assert all(task.hold is None for task in request.tasks if task.done_at is not None)
    assert (request.wake_at is None) == request.over, "nothing wakes it, and it is not over"
    assert request.state not in WORKED or open_now, "nobody has anything to do"
    assert not request.over or not open_now
    assert request.state in WORKED or set(open_now) <= {"refund"}
    assert (request.closing is not None) == (request.closed_at is not None) == (request.state in ENDED)
    if request.state in WORKED:
        assert (request.state is State.COMPLETE) == (request.complete_at is not None)
    assert case.balance >= 0
    assert len(case.held) == len({(taking.what, taking.key) for taking in case.held})
    if request.state in ENDED - {State.CLOSED}:
        assert case.held == []
    if request.state not in WORKED | {State.LAPSED}:
        assert case.surplus == 0 or "refund" in open_now, "money is left, and nobody gives it back"


def check_step(before: Request, desk: Application) -> None:
    """What is true from one moment to the next."""
    now = desk.request
    assert now.number >= before.number
    assert before.standard_lapsed_at is None or now.standard_lapsed_at == before.standard_lapsed_at
    assert {payment.id for payment in before.case.payments} <= {payment.id for payment in now.case.payments}
    tiers = {task.id: task.tier for task in before.tasks}
    assert all(task.tier >= tiers.get(task.id, 1) for task in now.tasks), "a tier climbed stays climbed"
    assert now.state in reachable(before.state)


def reachable(state: State) -> set[State]:
    """Every state that some moves lead to, and the state itself."""
    found, left = {state}, [state]
    while left:
        for following in CONNECTION_LEADS_TO[left.pop()] - found:
            found.add(following)
            left.append(following)
    return found


@drawn(300)
@given(st.sampled_from(PROCEDURES), st.lists(st.tuples(HOURS, STEPS), max_size=24))
def test_what_is_always_true(of: Procedure, steps: list[tuple[int, tuple[str, Act, int]]]) -> None:
    desk = Application(ground_for(of))
    desk.look()
    for hours, (side, act, which) in steps:
        before = deepcopy(desk.request)
        desk.at += timedelta(hours=hours)
        if does(desk, side, act, which) is not None:
            assert desk.request.number >= before.number
        check(desk)
        desk.late(desk.at)
        assert desk.request.wake_at is None or desk.request.wake_at > desk.at
        check(desk)
        check_step(before, desk)
    instants = [event.at for event in desk.events]
    assert instants == sorted(instants)
    assert [event.number for event in desk.events] == list(range(2, desk.request.number + 1))


@drawn(60)
@given(st.sampled_from(PROCEDURES), st.lists(st.tuples(HOURS, STEPS), max_size=12))
def test_left_alone_it_comes_to_an_end_or_stands_before_somebody(
    of: Procedure, steps: list[tuple[int, tuple[str, Act, int]]]
) -> None:
    desk = Application(ground_for(of))
    desk.look()
    for hours, (side, act, which) in steps:
        desk.at += timedelta(hours=hours)
        does(desk, side, act, which)
    desk.until(desk.at + timedelta(days=90))
    request = desk.request
    assert request.over or any(task.beyond_at is not None for task in request.open_tasks) or request.state is State.DONE
    assert desk.at > NOON
