"""A request as the rules see it, what the tables say around it, and one transition in the making."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.assignment import Candidate
from rules.calendar import Calendar
from rules.ladder import Rung
from rules.policy import Limits, Timing
from rules.states import move
from rules.terms import (
    Act,
    Actor,
    Closing,
    Codes,
    EventKind,
    NoticeKind,
    Refused,
    Standing,
    State,
    TaskStanding,
    Wake,
)

CONSUMER, HANDLER, ANSWERABLE = "consumer", "handler", "answerable"
"""To whom a notice goes."""

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
    id: int | None = None


@dataclass
class Task:
    """One open or done task; instants are UTC. `answered`: the persons who have been answerable so far."""

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


@dataclass
class Request:
    """One request with its task (None until assigned) and that task's holds, oldest first."""

    reference: str
    kind: str
    category: str
    state: State
    number: int
    registered_at: datetime
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
    question_tries: int = 0
    question_delivered_at: datetime | None = None
    closed_at: datetime | None = None
    closing: str | None = None
    reopen_until: datetime | None = None
    reopened: int = 0
    within_standard: bool | None = None
    wake_at: datetime | None = None
    wake_for: str | None = None
    over: bool = False
    task: Task | None = None
    holds: list[Hold] = field(default_factory=list)


@dataclass(frozen=True)
class Ground:
    """What the tables say now: the timing and standard of this request, its ladder as filled, and who may take it."""

    timing: Timing
    limits: Limits
    calendar: Calendar
    standard: Standard | None
    rungs: Sequence[Rung]
    candidates: Sequence[Candidate]
    causes: frozenset[str] = frozenset()
    hold_reasons: frozenset[str] = frozenset()
    expected_reasons: frozenset[str] = frozenset()
    receivers: frozenset[str] = frozenset()
    """Posts of the office and its zone to which the work may be given."""


@dataclass(frozen=True)
class Standard:
    """The regulated time of the whole request, as it was at its registered instant."""

    time: object
    calendar: Calendar


@dataclass(frozen=True)
class Sent:
    """A submission as the rules see it. `since`: kinds of events written after the one the sender was looking at."""

    act: Act
    actor: Actor
    data: Codes
    person: int | None = None
    post: str | None = None
    words: bool = False
    since: frozenset[EventKind] = frozenset()


@dataclass(frozen=True)
class NewEvent:
    """An event to be written."""

    number: int
    kind: EventKind
    actor: Actor
    at: datetime
    due: datetime | None
    post: str | None
    person: int | None
    data: Codes
    public: bool
    words: bool


@dataclass(frozen=True)
class Notice:
    """Something to be said to the consumer or to a post, with the event it rests on."""

    kind: NoticeKind
    to: str
    post: str | None
    number: int
    data: Codes


@dataclass(frozen=True)
class NewLapse:
    """A tier whose time ran out."""

    tier: int
    post: str
    person: int | None
    due: datetime


class Refusal(Exception):
    """A submission cannot be done; `code` says why."""

    def __init__(self, code: Refused) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Turn:
    """One transition: the request as it becomes, and all that is to be written in the same transaction."""

    request: Request
    ground: Ground
    at: datetime
    sent: Sent | None = None
    events: list[NewEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    lapses: list[NewLapse] = field(default_factory=list)

    @classmethod
    def of(cls, request: Request, ground: Ground, at: datetime, sent: Sent | None = None) -> Turn:
        """A turn on a copy of `request`; the original stays as it was."""
        task = request.task and replace(
            request.task, answered=list(request.task.answered), offered=list(request.task.offered)
        )
        return cls(replace(request, task=task, holds=[replace(h) for h in request.holds]), ground, at, sent)

    @property
    def task(self) -> Task:
        """The request's task; there is one from assignment on."""
        assert self.request.task is not None
        return self.request.task

    @property
    def open_hold(self) -> Hold | None:
        """The pause that is still open, if any."""
        return next((hold for hold in self.request.holds if hold.end is None), None)

    def to(self, state: State) -> None:
        """Move the request's state; Refusal(ILLEGAL) where its state does not lead there."""
        try:
            self.request.state = move(self.request.state, state)
        except ValueError:
            raise Refusal(Refused.ILLEGAL) from None

    def event(
        self, kind: EventKind, *, due: datetime | None = None, public: bool = True, at: datetime | None = None, **data: object
    ) -> int:
        """Write one line of history and answer its number; by the sender of the submission, or by the system."""
        self.request.number += 1
        by_timer = self.sent is None
        self.events.append(
            NewEvent(
                number=self.request.number,
                kind=kind,
                actor=Actor.SYSTEM if self.sent is None else self.sent.actor,
                at=at or self.at,
                due=due,
                post=None if self.sent is None else self.sent.post,
                person=None if self.sent is None else self.sent.person,
                data=plain(data),
                public=public,
                words=not by_timer and bool(self.sent and self.sent.words) and not self.events,
            )
        )
        return self.request.number

    def tell(self, kind: NoticeKind, *to: str, **data: object) -> None:
        """Say `kind` to each of `to` (consumer, handler, answerable); one post is told once."""
        posts: set[str] = set()
        for whom in to:
            post = None if whom == CONSUMER else getattr(self.task, whom)
            if post is not None and post in posts:
                continue
            if post is not None:
                posts.add(post)
            self.notices.append(Notice(kind, whom, post, self.request.number, plain(data)))

    def close(self, closing: Closing) -> None:
        """Record how and when the request was closed, and that its task is done."""
        self.request.closing, self.request.closed_at = closing, self.at
        if self.request.task is not None:
            self.task.done_at = self.at


def plain(data: Mapping[str, object]) -> Codes:
    """Data as JSON can hold it: instants as ISO text, what is None left out."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items() if value is not None
    }


def standing(request: Request) -> Standing:
    """The small copy of `request` that a workflow keeps."""
    task = request.task
    tasks: tuple[TaskStanding, ...] = ()
    if task is not None and task.done_at is None:
        held = any(hold.end is None for hold in request.holds)
        tasks = (
            TaskStanding(task.id, task.stage, task.handler, task.answerable, task.tier, task.entered, task.due, held),
        )
    from rules.terms import Kind

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
