"""The stories of the demo's requests: who does what, how it ends, and how many of each there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from activities.demo.course import By, Step, of_the_call_back, of_the_standard, to_be_rung
from rules.request import Request
from rules.states import WORKED
from rules.terms import Act, Closing, EventKind, State

OUTAGE = ("no-supply", "no-supply", "transformer", "wrong-disconnection", "reconnection")
NETWORK = ("voltage", "supply-quality", "burnt-meter", "streetlight")
MONEY = ("wrong-bill", "wrong-bill", "bill-not-delivered", "payment-not-posted", "meter-fault")
ALL = (*OUTAGE, *NETWORK, *MONEY)
DANGER = ("wire-down", "sparks")
PATIENT = (*NETWORK, *MONEY, "transformer")
"""With a standard long enough that a consumer can deny within it what was said to be put right."""
LONG = ("voltage", "supply-quality", "meter-fault", "streetlight", "wrong-bill")
"""With a standard that outlasts silence and a day or two more."""
SECRET = ("theft-report", "conduct")


@dataclass(frozen=True)
class Goal:
    """How a request must stand now for its story to be told; None and empty: whatever."""

    state: State
    tier: int | None = None
    closing: Closing | None = None
    seen: frozenset[EventKind] = frozenset()
    promised: bool = False
    beyond: bool = False
    passed_over: bool = False


@dataclass(frozen=True)
class Story:
    """`ages`: how long ago it may have been filed. `reachable`: whether the question arrives. `colleagues`: only where
    several posts share the work. `on_leave`: at the office whose manager was away."""

    name: str
    count: int
    categories: Sequence[str]
    goal: Goal
    steps: tuple[Step, ...] = ()
    ages: tuple[timedelta, timedelta] = field(default=(timedelta(hours=6), timedelta(days=90)))
    reachable: bool = True
    colleagues: bool = False
    on_leave: bool = False


def tier(number: int) -> Callable[[Request], bool]:
    """Once the ladder has climbed there."""
    return lambda request: request.task is not None and request.task.tier >= number and request.state in WORKED


def past_the_top(request: Request) -> bool:
    """Once the last tier's time has run out."""
    return request.task is not None and request.task.beyond_at is not None


def given_on(request: Request) -> bool:
    """Once nobody took it up in time."""
    return request.task is not None and (len(request.task.offered) > 1 or request.task.tier > 1)


def lapsed(request: Request) -> bool:
    """Once the standard has lapsed."""
    return request.standard_lapsed_at is not None


def closed(request: Request) -> bool:
    """Once it is closed."""
    return request.state is State.CLOSED


def going_on(request: Request) -> bool:
    """Once no hold is open."""
    return request.state in (State.ASSIGNED, State.IN_PROGRESS)


def missed(request: Request) -> bool:
    """Once an expected time has passed."""
    return request.expected_missed > 0


ACCEPT = Step(Act.ACCEPT, 0.4)
EXPECT = Step(Act.EXPECT, 0.3)
RESOLVE = Step(Act.RESOLVE, 0.6)
CONFIRM = Step(Act.CONFIRM, 0.25, By.CONSUMER)
RING = Step(Act.CALLED, 0.35, By.CALL_CENTRE, to_be_rung, of_the_call_back)
DENY = Step(Act.NOT_REPAIRED, 0.25, By.CONSUMER)
REOPEN = Step(Act.REOPEN, 0.4, By.CONSUMER, closed)
HOLD = Step(Act.HOLD, 0.35)
TOP_DIRECTS = Step(Act.DIRECT, 0.25, By.ANSWERABLE)
BY_WORD = Goal(State.CLOSED, closing=Closing.WORD)


def by_word(*seen: EventKind, tier: int | None = None, passed_over: bool = False) -> Goal:
    """Closed because the consumer said so, with these lines in its history."""
    return Goal(State.CLOSED, tier, Closing.WORD, frozenset(seen), passed_over=passed_over)


CLOSED = (
    Story("put right", 22, ALL, by_word(tier=1), (ACCEPT, EXPECT, RESOLVE, CONFIRM)),
    Story("put right, no answer", 18, ALL, Goal(State.CLOSED, closing=Closing.SILENCE), (ACCEPT, RESOLVE)),
    Story("hearing", 2, ("billing-old-dues",), BY_WORD, (ACCEPT, Step(Act.NOTE, 0.3), RESOLVE, CONFIRM)),
    Story("supply back", 5, ("no-supply", "voltage"), BY_WORD, (ACCEPT, Step(Act.SUPPLY_BACK, 0.5, By.CONSUMER))),
    Story("withdrawn", 5, ALL, Goal(State.WITHDRAWN), (ACCEPT, Step(Act.WITHDRAW, 0.5, By.CONSUMER))),
    Story("unreached", 4, ALL, Goal(State.CLOSED, closing=Closing.UNREACHED), (ACCEPT, RESOLVE, RING, RING), reachable=False),
    Story(
        "not repaired", 5, PATIENT, by_word(EventKind.NOT_REPAIRED, tier=2),
        (ACCEPT, Step(Act.RESOLVE, 0.4), DENY, TOP_DIRECTS, RESOLVE, CONFIRM),
    ),
    Story(
        "not repaired, sent up by the consumer", 2, OUTAGE, by_word(EventKind.NOT_REPAIRED, tier=3),
        (
            ACCEPT,
            Step(Act.RESOLVE, 0.4),
            Step(Act.NOT_REPAIRED, 0.9, By.CONSUMER, of=of_the_standard),
            Step(Act.ESCALATE, 0.5, By.CONSUMER, lapsed),
            RESOLVE,
            CONFIRM,
        ),
    ),
    Story(
        "reopened", 4, LONG, by_word(EventKind.REOPENED), (ACCEPT, RESOLVE, REOPEN, Step(Act.RESOLVE, 0.4), CONFIRM),
    ),
    Story(
        "held, consumer there", 4, (*NETWORK, "meter-fault"), by_word(EventKind.PRESENT),
        (ACCEPT, HOLD, Step(Act.PRESENT, 0.4, By.CONSUMER), RESOLVE, CONFIRM),
    ),
    Story(
        "held to its limit", 3, MONEY,
        Goal(State.CLOSED, closing=Closing.SILENCE, seen=frozenset({EventKind.HOLD_ENDED})),
        (ACCEPT, HOLD, Step(Act.RESOLVE, 0.5, until=going_on)),
    ),
    Story(
        "manager directs", 6, ALL, by_word(EventKind.DIRECTED, tier=2),
        (ACCEPT, Step(Act.NOTE, 0.1, By.ANSWERABLE, tier(2)), TOP_DIRECTS, RESOLVE, CONFIRM),
    ),
    Story(
        "manager takes over", 3, ALL,
        Goal(State.CLOSED, closing=Closing.SILENCE, seen=frozenset({EventKind.TAKEN_OVER})),
        (ACCEPT, Step(Act.TAKE_OVER, 0.2, By.ANSWERABLE, tier(2)), RESOLVE),
    ),
    Story(
        "manager on leave", 2, ("no-supply", "wrong-bill"), by_word(EventKind.ESCALATED, passed_over=True),
        (ACCEPT, Step(Act.DIRECT, 0.2, By.ANSWERABLE, tier(3)), RESOLVE, CONFIRM),
        ages=(timedelta(days=44), timedelta(days=60)), on_leave=True,
    ),
    Story(
        "zone head", 4, ALL, by_word(EventKind.DIRECTED, tier=3),
        (ACCEPT, Step(Act.DIRECT, 0.2, By.ANSWERABLE, tier(3)), Step(Act.RESOLVE, 0.5), CONFIRM),
    ),
    Story(
        "beyond the ladder", 3, OUTAGE, by_word(EventKind.BEYOND, EventKind.STANDARD_LAPSED),
        (
            ACCEPT,
            Step(Act.ADD, 0.1, By.CONSUMER, past_the_top),
            Step(Act.DIRECT, 0.15, By.ANSWERABLE),
            Step(Act.RESOLVE, 0.4),
            CONFIRM,
        ),
    ),
    Story(
        "sent up by the officer", 3, NETWORK, by_word(EventKind.ESCALATED, tier=2),
        (ACCEPT, Step(Act.ESCALATE, 0.4), RESOLVE, CONFIRM),
    ),
    Story(
        "not taken up", 4, OUTAGE, by_word(EventKind.NOT_TAKEN_UP),
        (Step(Act.ACCEPT, 0.4, until=given_on), EXPECT, RESOLVE, CONFIRM), colleagues=True,
    ),
    Story(
        "given to a colleague", 3, ALL, by_word(EventKind.GIVEN), (ACCEPT, Step(Act.REASSIGN, 0.3), RESOLVE, CONFIRM),
        colleagues=True,
    ),
    Story(
        "expected time missed", 3, ALL, by_word(EventKind.EXPECTED_MISSED),
        (ACCEPT, Step(Act.EXPECT, 0.2, reach=0.2), Step(Act.RESOLVE, 0.8, until=missed), CONFIRM),
    ),
    Story("danger", 3, DANGER, by_word(tier=1), (ACCEPT, EXPECT, RESOLVE, CONFIRM)),
    Story(
        "confidential", 2, SECRET, Goal(State.CLOSED, closing=Closing.NOT_ASKED),
        (Step(Act.ACCEPT, 0.15), Step(Act.NOTE, 0.3), RESOLVE),
    ),
)  # fmt: skip
"""Requests that are closed by now, some of them still to be reopened."""

JUST_NOW = (timedelta(seconds=20), timedelta(seconds=100))
LATELY = (timedelta(minutes=3), timedelta(days=30))
WORKED_ON = State.IN_PROGRESS

OPEN = (
    Story("just received", 2, ("no-supply", "wrong-bill"), Goal(State.RECEIVED), ages=JUST_NOW),
    Story("new", 4, ALL, Goal(State.ASSIGNED, 1), ages=LATELY),
    Story("taken up", 3, ALL, Goal(WORKED_ON, 1), (ACCEPT,), LATELY),
    Story("promised", 4, ALL, Goal(WORKED_ON, 1, promised=True), (ACCEPT, EXPECT), LATELY),
    Story("on hold", 4, (*NETWORK, *MONEY), Goal(State.ON_HOLD, 1), (ACCEPT, HOLD), LATELY),
    Story("waiting for the answer", 4, ALL, Goal(State.RESOLVED, 1), (ACCEPT, RESOLVE), LATELY),
    Story("with the manager", 4, ALL, Goal(WORKED_ON, 2), (ACCEPT, EXPECT), LATELY),
    Story(
        "not taken up, with the manager", 1, OUTAGE, Goal(State.ASSIGNED, 2, seen=frozenset({EventKind.NOT_TAKEN_UP})),
        ages=LATELY,
    ),
    Story(
        "denied", 2, PATIENT, Goal(WORKED_ON, 2, seen=frozenset({EventKind.NOT_REPAIRED})),
        (ACCEPT, Step(Act.RESOLVE, 0.4), DENY), LATELY,
    ),
    Story(
        "open again", 1, LONG, Goal(WORKED_ON, 2, seen=frozenset({EventKind.REOPENED})),
        (ACCEPT, RESOLVE, REOPEN), LATELY,
    ),
    Story("with the zone head", 3, ALL, Goal(WORKED_ON, 3, beyond=False), (ACCEPT,), LATELY),
    Story(
        "zone head has directed", 1, ALL, Goal(WORKED_ON, 3, seen=frozenset({EventKind.DIRECTED})),
        (ACCEPT, Step(Act.DIRECT, 0.1, By.ANSWERABLE, tier(3))), LATELY,
    ),
    Story(
        "beyond the ladder now", 3, OUTAGE, Goal(WORKED_ON, beyond=True),
        (ACCEPT, Step(Act.ADD, 0.1, By.CONSUMER, past_the_top)), LATELY,
    ),
    Story("danger now", 2, DANGER, Goal(WORKED_ON, 1), (ACCEPT, EXPECT), LATELY),
    Story("confidential now", 2, SECRET, Goal(WORKED_ON, 1), (Step(Act.ACCEPT, 0.15), Step(Act.NOTE, 0.3)), LATELY),
)  # fmt: skip
"""Requests that are open now, in every state, at every tier."""

PLAIN = CLOSED[0]
"""Told in place of a story whose conditions a utility has nowhere."""
