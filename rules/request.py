"""A request as the rules see it, what the tables say around it, and one transition in the making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from rules.assignment import Candidate
from rules.calendar import Calendar
from rules.case import Case
from rules.durations import Duration
from rules.exceptional import Exceptional
from rules.ladder import Rung
from rules.messages import Standing, TaskStanding
from rules.policy import Limits, Timing
from rules.procedure import Procedure
from rules.terms import Act, Actor, Codes, EventKind, Kind, State, Wake

CONSUMER, HANDLER, ANSWERABLE = "consumer", "handler", "answerable"
"""To whom a notice goes."""

RECOVERY = "recovery"
"""The stage of a complaint's second task, by which recovery of disputed dues is held."""

UNDER_QUESTION = "resolved"
"""The reason of a pause while the consumer is being asked; it stops the tier's clock and not the standard."""


@dataclass
class Hold:
    """A pause of a task's clocks from `start` to `end` (None: still open); `limit_at` ends it by itself."""

    reason: str
    start: datetime
    end: datetime | None = None
    limit_at: datetime | None = None
    stops_standard: bool = True
    author: int | None = None
    remind_at: datetime | None = None
    id: int | None = None


@dataclass
class Task:
    """One open or done task; instants are UTC. `answered`: the persons who have been answerable so far.

    `outcome` is how its stage ended; `data` are that stage's own codes; `holds` are its pauses, oldest first.
    What fell due at `storm_due` goes on not before `storm_at`: too many came to the same person (`storm_for` is his line).
    """

    id: str
    ladder: str
    handler: str
    answerable: str
    entered: datetime
    stage: str = "complaint"
    tier: int = 1
    answerable_person: int | None = None
    answered: list[int] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    due: datetime | None = None
    accept_by: datetime | None = None
    accepted_at: datetime | None = None
    reminder_at: datetime | None = None
    reminded_at: datetime | None = None
    top_at: datetime | None = None
    beyond_at: datetime | None = None
    done_at: datetime | None = None
    outcome: str | None = None
    data: Codes = field(default_factory=dict)
    storm_at: datetime | None = None
    storm_due: datetime | None = None
    storm_for: str | None = None
    holds: list[Hold] = field(default_factory=list)

    def copied(self) -> Task:
        """The same task, to be changed."""
        new = copy(self)
        new.answered, new.offered = list(self.answered), list(self.offered)
        new.data = dict(self.data)
        new.holds = [copy(hold) for hold in self.holds]
        return new

    @property
    def hold(self) -> Hold | None:
        """The pause that is still open, if any."""
        return next((hold for hold in self.holds if hold.end is None), None)


@dataclass
class Request:
    """One request with its tasks in the order they opened: a complaint has one from assignment on, a connection one a stage."""

    reference: str
    kind: str
    category: str
    state: State
    number: int
    registered_at: datetime
    office: str = ""
    zone: str = ""
    locality: str | None = None
    feeder: str | None = None
    segment: str | None = None
    safety: bool = False
    confidential: bool = False
    standard: str | None = None
    standard_calendar: str | None = None
    standard_due: datetime | None = None
    standard_lapsed_at: datetime | None = None
    expected_at: datetime | None = None
    expected_reason: str | None = None
    expected_missed: int = 0
    resolved_at: datetime | None = None
    put_right_at: datetime | None = None
    resolution_cause: str | None = None
    confirm_by: datetime | None = None
    question_number: int | None = None
    question_delivered_at: datetime | None = None
    closed_at: datetime | None = None
    closing: str | None = None
    reopen_until: datetime | None = None
    reopened: int = 0
    within_standard: bool | None = None
    wake_at: datetime | None = None
    wake_for: str | None = None
    over: bool = False
    proposal: Codes = field(default_factory=dict)
    offices: list[str] = field(default_factory=list)
    objected: bool = False
    repeats: int = 0
    call_back_at: datetime | None = None
    call_back_tries: int = 0
    called_at: datetime | None = None
    contact_refused: bool = False
    wrote_at: datetime | None = None
    """Since when words of the consumer wait for somebody to act on them."""
    area_class: str = "urban"
    site_office: str = ""
    site_zone: str = ""
    brought_at: datetime | None = None
    brought_tier: int | None = None
    brought_done: Codes = field(default_factory=dict)
    """Of an application brought forward: its stages that were done, when its papers were complete, what was paid."""
    complete_at: datetime | None = None
    application: Codes = field(default_factory=dict)
    case: Case = field(default_factory=Case)
    tasks: list[Task] = field(default_factory=list)

    def copied(self) -> Request:
        """The same request, to be changed."""
        new = copy(self)
        new.proposal, new.offices, new.application = dict(self.proposal), list(self.offices), dict(self.application)
        new.case = self.case.copied()
        new.tasks = [task.copied() for task in self.tasks]
        return new

    @property
    def open_tasks(self) -> list[Task]:
        """The tasks somebody has to do now."""
        return [task for task in self.tasks if task.done_at is None]

    @property
    def task(self) -> Task | None:
        """The task that is meant where none is named: a complaint's first, a connection request's first open one."""
        if self.kind == Kind.COMPLAINT:
            return next(iter(self.tasks), None)
        return next(iter(self.open_tasks or self.tasks[-1:]), None)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The pauses of all its tasks."""
        return tuple(hold for task in self.tasks for hold in task.holds)

    @property
    def counts_from(self) -> datetime | None:
        """The instant its regulated time counts from; None while a connection request is not complete."""
        return self.registered_at if self.kind == Kind.COMPLAINT else self.complete_at


@dataclass(frozen=True)
class Ground:
    """What the tables say now: the timing and standard of this request, its ladder as filled, and who may take it."""

    timing: Timing
    limits: Limits
    holds: Mapping[str, Duration]
    calendar: Calendar
    standard: Standard | None
    rungs: Sequence[Rung]
    candidates: Sequence[Candidate]
    causes: frozenset[str] = frozenset()
    hold_reasons: frozenset[str] = frozenset()
    expected_reasons: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    """Posts of the office and its zone to which the work may be given."""
    reject_reasons: frozenset[str] = frozenset()
    elsewhere: Elsewhere | None = None
    stages: Mapping[str, Ground] = field(default_factory=dict)
    """The ground of each stage of a connection request, by its code."""
    procedure: Procedure | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    """Keys of visit slots of the request's office that are taken."""
    exceptional: Sequence[Exceptional] = ()
    """Events that may excuse the promise."""
    meter: str | None = None
    """How the meter named in what was sent stands: "stock", "fitted"; None for a number nobody knows."""
    lines: Mapping[str, Line] = field(default_factory=dict)
    """How many are being given to those above, by line; only of those something is about to go to."""


@dataclass(frozen=True)
class Line:
    """What one person was given in the last minute, and how many of the older wait before each task, by its id."""

    given: tuple[datetime, ...] = ()
    ahead: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Elsewhere:
    """The same request under another category, or at another office: its ground there, and who decides between two offices."""

    ground: Ground
    category: str
    office: str
    zone: str
    above_both: str | None = None
    area_class: str = "urban"
    locality: str | None = None
    """The locality that was found out, and the feeder that alone supplies it; None where only the office is known."""
    feeder: str | None = None
    segment: str | None = None


@dataclass(frozen=True)
class Standard:
    """The regulated time of the whole request, as it was at its registered instant."""

    time: Duration
    calendar: Calendar


@dataclass(frozen=True)
class Sent:
    """A submission as the rules see it. `since`: kinds of events written after the one the sender was looking at."""

    act: Act
    actor: Actor
    data: Codes
    person: int | None = None
    post: str | None = None
    rights: str = ""
    words: bool = False
    task: str | None = None
    since: frozenset[EventKind] = frozenset()
    own: bool = False
    """Whether an officer sent it about a request of his own."""


def standing(request: Request) -> Standing:
    """The small copy of `request` that a workflow keeps."""
    tasks = tuple(
        TaskStanding(t.id, t.stage, t.handler, t.answerable, t.tier, t.entered, t.due, t.hold is not None)
        for t in request.open_tasks
    )
    return Standing(
        reference=request.reference,
        kind=Kind(request.kind),
        state=request.state,
        number=request.number,
        standard_due=request.standard_due,
        wake_at=request.wake_at,
        wake_for=None if request.wake_for is None else Wake(request.wake_for),
        over=request.over,
        tasks=tasks,
    )
