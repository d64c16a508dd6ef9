"""The demo's connection requests: who applies for what, how each stage ends, and when it was filed so that it stands where it must now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from activities.demo.acts import Scene, daytime
from activities.demo.course import Course, Move, Moves
from activities.demo.plan import QUIET
from activities.demo.words import stage_words
from rules.completeness import lacking
from rules.ladder import Seat, present
from rules.procedure import REFUSED, Does, Procedure, Stage
from rules.request import Request, Sent, Task
from rules.states import ASKED
from rules.terms import Act, Actor, Codes, State

LONG = timedelta(days=200)
A_WHILE = timedelta(hours=3)
IN_WORDS = frozenset({Does.PERMISSION, Does.REFUND})


@dataclass(frozen=True)
class Wish:
    """What one of them is to show: the stage that is open now, or (None) the state it ended in, `ago` at most.

    `twist`: a paper is wanted later, nobody pays, it is taken back at `at`. `pace`: at which share of its time each stage is done.
    """

    category: str
    stage: str | None = None
    end: State | None = None
    twist: str = ""
    at: str = ""
    pace: float = 0.5
    applicant: str | None = None
    ago: timedelta = timedelta(days=30)
    count: int = 1


NEW, LOAD, NAME, SHIFT, CLOSE = "new-connection", "load-change", "name-change", "meter-shift", "disconnection"

WISHES = (
    *(Wish(NEW, stage) for stage in ("documents", "visit", "feasibility", "note", "payment", "agreement", "meter", "handover")),
    *(Wish(NEW, stage, pace=1.5) for stage in ("documents", "feasibility", "meter")),
    Wish(NEW, "documents", twist="deficient", applicant="tenant"),
    Wish(NEW, "payment", twist="unpaid"),
    Wish(NEW, "refund", twist="withdrawn", at="agreement"),
    *(Wish(category, stage) for category in (LOAD, NAME, SHIFT) for stage in ("documents", "payment")),
    *(Wish(CLOSE, stage) for stage in ("documents", "reading", "final-payment")),
    Wish(NEW, end=State.CLOSED, count=6),
    Wish(NEW, end=State.CLOSED, pace=1.4, count=2),
    *(Wish(category, end=State.CLOSED, count=2) for category in (LOAD, NAME, SHIFT, CLOSE)),
    Wish(NEW, end=State.WITHDRAWN, twist="withdrawn", at="visit"),
    Wish(NAME, end=State.WITHDRAWN, twist="withdrawn", at="documents"),
    Wish(NEW, end=State.LAPSED, twist="unpaid", count=2),
    Wish(NEW, end=State.DONE, count=1),
)  # fmt: skip
"""What is wished of a stage that a utility's procedure does not have is left out."""


@dataclass
class Walk(Course):
    """One application as it goes on, until `now`: whoever's turn it is does what ends the stage."""

    wish: Wish = field(default_factory=lambda: Wish(NEW))
    meter: str = ""

    @property
    def procedure(self) -> Procedure:
        """How it is worked."""
        assert self.scene.ground.procedure is not None
        return self.scene.ground.procedure

    def moves(self, request: Request) -> Moves:
        """Everything from its opening to `now`."""
        self.last = request.registered_at
        request = yield from self._happens(request, Move(self._seconds_later(0.3, 2)))
        while (move := self._next(request)) is not None and move.at <= self.now:
            before = request.number
            request = yield from self._through(request, move.at)
            if request.number == before:
                request = yield from self._happens(request, move)
        return (yield from self._through(request, self.now))

    def _next(self, request: Request) -> Move | None:
        """What is done next, whatever falls due before; None when nobody does anything."""
        if request.state in ASKED:
            return self._confirmed(request)
        found = [move for task in request.open_tasks if (move := self._of(task, request)) is not None]
        return min(found, key=lambda move: move.at, default=None)

    def _confirmed(self, request: Request) -> Move | None:
        if self.wish.end is State.DONE or request.confirm_by is None or request.resolved_at is None:
            return None
        at = self._awake(request.resolved_at + (request.confirm_by - request.resolved_at) * 0.3)
        return Move(at, Sent(Act.CONFIRM, Actor.CONSUMER, {"question": request.question_number}))

    def _of(self, task: Task, request: Request) -> Move | None:
        stage = self.procedure.stages[task.stage]
        if self.wish.twist == "withdrawn" and task.stage == self.wish.at:
            reasons = self.scene.withdraw_reasons
            return self._consumer(A_WHILE, Act.WITHDRAW, {"reason": reasons[0]} if reasons else {})
        if stage.does is Does.DOCUMENTS and (move := self._papers(task, request)) is not None:
            return move
        if stage.does is Does.VISIT and task.data.get("slot") is None:
            slots = task.data.get("slots") or [None]
            return None if slots[0] is None else self._consumer(A_WHILE, Act.SLOT, {"slot": slots[-1]["key"]})
        if stage.does is Does.PAYMENT:
            return self._paid(request)
        return self._officer(task, self._when(task), Act.FINISH, self._asked_for(stage, request))

    def _papers(self, task: Task, request: Request) -> Move | None:
        """The next paper, or what an officer finds missing; None when all is there."""
        missing = list(lacking(self.procedure, request))
        first = self.wish.twist == "deficient" and task.hold is None
        if first and missing == list(self.procedure.wanted(request.application))[-1:]:
            return self._officer(task, self._when(task), Act.FAULT, {"faults": {}})
        if not missing or (self.wish.twist == "deficient" and task.hold is not None):
            return None if not missing else self._consumer(LONG, Act.ADD, {})
        data: Codes = {"paper": missing[0], "document": f"{self.dice.getrandbits(128):032x}"}
        return self._consumer(timedelta(minutes=6), Act.DOCUMENT, data)

    def _paid(self, request: Request) -> Move | None:
        note = request.case.note
        if self.wish.twist == "unpaid" or note is None:
            return None
        data: Codes = {"note": note.number, "amount": request.case.to_pay, "payment": f"demo-{note.number}"}
        return Move(
            self._awake(self.last + timedelta(hours=self.dice.uniform(10, 60))), Sent(Act.PAY, Actor.SYSTEM, data)
        )

    def _asked_for(self, stage: Stage, request: Request) -> Codes:
        data: Codes = {"checks": list(stage.checklist)}
        match stage.does:
            case Does.DECISION:
                data["outcome"] = next(one for one in stage.outcomes if one != REFUSED)
            case Does.METER:
                data |= {"meter": self.meter, "seal": f"S{self.meter[-4:]}", "reading": self.dice.randint(0, 4)}
            case Does.READING:
                data["reading"] = self.dice.randint(2_000, 30_000)
            case Does.BILL:
                data |= {"dues": 100 * self.dice.randint(900, 2_000), "security": 60_000}
        return data

    def _when(self, task: Task) -> datetime:
        """When its officer does it: at the pace wished for, in working hours; after a visit that was agreed."""
        slot = task.data.get("slot")
        if slot is not None:
            return datetime.fromisoformat(slot["start"]) + timedelta(minutes=self.dice.uniform(20, 80))
        calendar = self.scene.ground.stages[task.stage].calendar
        left = (task.due - task.entered) * (self.wish.pace * self.dice.uniform(0.7, 1.1)) if task.due else A_WHILE
        return calendar.next_opening(max(task.entered + left, self.last)) + timedelta(minutes=self.dice.uniform(3, 50))

    def _awake(self, at: datetime) -> datetime:
        return daytime(at, self.scene.zone, self.dice)

    def _consumer(self, later: timedelta, act: Act, data: Codes) -> Move:
        return Move(self._awake(self.last + later * self.dice.uniform(0.5, 1.5)), Sent(act, Actor.CONSUMER, data))

    def _officer(self, task: Task, at: datetime, act: Act, data: Codes) -> Move:
        who = present(Seat(task.handler, self.scene.filled.get(task.handler, ())), at)
        person = who if isinstance(who, int) else None
        stage = self.procedure.stages[task.stage]
        said = stage_words(self.scene.staff.get(person or 0, "en"), self.dice) if stage.does in IN_WORDS else None
        sent = Sent(act, Actor.OFFICER, data, person=person, post=task.handler, words=said is not None, task=task.id)
        return Move(at, sent, said)


@dataclass(frozen=True)
class AppliedPlan:
    """One application to be told."""

    wish: Wish
    scene: Scene
    holder: Any
    registered_at: datetime
    dice: str
    meter: str
    application: Codes

    def course(self, now: datetime, scene: Scene | None = None) -> Walk:
        """Its course from the beginning; the same dice fall the same way each time."""
        return Walk((), scene or self.scene, now, Random(self.dice), True, self.wish, self.meter)


def applied(plan: AppliedPlan, now: datetime, run: Callable[[AppliedPlan, datetime], Request]) -> AppliedPlan | None:
    """The plan moved in time so that it stands now as wished; None where it does not."""
    trial = replace(plan, registered_at=now - timedelta(days=30))
    for _ in range(3):
        at = _shown_at(plan.wish, run(trial, trial.registered_at + LONG), Random(plan.dice))
        if at is None:
            return None
        trial = replace(trial, registered_at=trial.registered_at + (now - at))
        if now - trial.registered_at < timedelta(days=90) and _as_wished(plan.wish, run(trial, now), now):
            return trial
    return None


def _shown_at(wish: Wish, request: Request, dice: Random) -> datetime | None:
    """An instant at which its whole life shows what is wished for."""
    if wish.end is State.DONE and request.resolved_at is not None:
        return request.resolved_at + timedelta(hours=5)
    if wish.end is not None:
        return None if request.closed_at is None else request.closed_at + wish.ago * dice.uniform(0.02, 1)
    for task in request.tasks:
        if task.stage == wish.stage:
            end = task.done_at or (task.due or task.entered + timedelta(days=2))
            return task.entered + (end - task.entered) * dice.uniform(0.3, 0.9)
    return None


def _as_wished(wish: Wish, request: Request, now: datetime) -> bool:
    stages = [task.stage for task in request.open_tasks]
    quiet = request.over or (request.wake_at is not None and request.wake_at > now + QUIET)
    return quiet and (wish.stage in stages if wish.stage is not None else request.state is wish.end)


def wishes() -> Iterator[Wish]:
    """Every wish, as often as it is wished."""
    return (wish for wish in WISHES for _ in range(wish.count))
