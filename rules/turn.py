"""One transition in the making: the request as it becomes, and all that is to be written with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.papers import PHOTOGRAPHED
from rules.request import CONSUMER, HANDLER, RECOVERY, Ground, Hold, Request, Sent, Task
from rules.states import move
from rules.terms import Actor, Closing, Codes, EventKind, Kind, NoticeKind, Refused, State


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
    task: str | None = None


@dataclass(frozen=True)
class Notice:
    """Something to be said to the consumer or to a post, with the event it rests on.

    `stood`: the request as it was then, whatever followed in the same transition; None: as it is after it.
    """

    kind: NoticeKind
    to: str
    post: str | None
    number: int
    data: Codes
    person: int | None = None
    task: str | None = None
    stood: Request | None = None

    def with_data(self, more: Codes) -> Notice:
        """The same notice with `more` in its data."""
        return replace(self, data={**more, **self.data})


@dataclass(frozen=True)
class NewLapse:
    """A tier whose time ran out."""

    tier: int
    post: str
    person: int | None
    due: datetime
    task: str


@dataclass(frozen=True)
class Wanted:
    """What fell due and would go to whoever stands at the head of `line`: it may have to wait there."""

    line: str
    post: str
    person: int | None
    task: str
    due: datetime


@dataclass(frozen=True)
class Given:
    """A task somebody higher was given to answer for."""

    line: str
    at: datetime
    task: str


class Refusal(Exception):
    """A submission cannot be done; `code` says why."""

    def __init__(self, code: Refused) -> None:
        super().__init__(code)
        self.code = code


Settled = tuple[object, datetime | None, datetime | None]
"""What clocks were computed from, and the instants that came of it: due and reminder."""

OF_A_TASK = frozenset({State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD})


@dataclass
class Turn:
    """One transition: the request as it becomes, and all that is to be written in the same transaction.

    What is done concerns one task, the one it was focused on; `whole` is the ground of the request, `ground` that of the task.
    """

    request: Request
    whole: Ground
    at: datetime
    sent: Sent | None = None
    events: list[NewEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    lapses: list[NewLapse] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    """Meters that came back to stock, whoever had taken them."""
    focused: str | None = None
    settled: dict[str, Settled] = field(default_factory=dict)
    """The clocks as last computed, by task; "" for the standard's."""
    foretold: bool = False
    """Whether it only foretells: then nobody is told or reminded of anything."""

    @classmethod
    def of(cls, request: Request, ground: Ground, at: datetime, sent: Sent | None = None) -> Turn:
        """A turn on a copy of `request`; the original stays as it was."""
        return cls(request.copied(), ground, at, sent)

    def focus(self, task: str | None) -> None:
        """Let what follows concern this task; None for the one that is meant where none is named."""
        self.focused = task

    @property
    def task(self) -> Task:
        """The task this is about; there is one from assignment on."""
        task = self._task
        assert task is not None
        return task

    @property
    def _task(self) -> Task | None:
        if self.focused is not None:
            for task in self.request.tasks:
                if task.id == self.focused:
                    return task
        return self.request.task

    @property
    def _task_id(self) -> str | None:
        return None if self._task is None else self._task.id

    @property
    def ground(self) -> Ground:
        """The ground of the task this is about."""
        task = self._task
        return self.whole if task is None else self.whole.stages.get(task.stage, self.whole)

    @property
    def aside(self) -> bool:
        """Whether this is about the task beside a complaint, of which the consumer hears only when it is done."""
        return self._task is not None and self._task.stage == RECOVERY

    @property
    def open_hold(self) -> Hold | None:
        """The pause of this task that is still open, if any."""
        return self.task.hold

    def to(self, state: State) -> None:
        """Move the request's state; Refusal(ILLEGAL) where its state does not lead there.

        What only says how far a single task is (assigned, in progress, on hold) is no state of a connection request.
        """
        if state in OF_A_TASK and self.request.kind != Kind.COMPLAINT:
            return
        try:
            self.request.state = move(self.request.state, state, self.request.kind)
        except ValueError:
            raise Refusal(Refused.ILLEGAL) from None

    def event(
        self,
        kind: EventKind,
        *,
        due: datetime | None = None,
        public: bool = True,
        at: datetime | None = None,
        **data: object,
    ) -> int:
        """Write one line of history and answer its number; by the sender of the submission, or by the system."""
        self.request.number += 1
        first = self._first()
        self.events.append(
            NewEvent(
                number=self.request.number,
                kind=kind,
                actor=Actor.SYSTEM if self.sent is None else self.sent.actor,
                at=at or self.at,
                due=due,
                post=None if self.sent is None else self.sent.post,
                person=None if self.sent is None else self.sent.person,
                data=plain(data) | (self._photo() if first else {}),
                public=public and (not self.aside or kind is EventKind.RECOVERY_HELD),
                words=first and bool(self.sent and self.sent.words),
                task=self._task_id,
            )
        )
        return self.request.number

    def _first(self) -> bool:
        """Whether this is the line the sender's words and photo belong to: the first one he caused."""
        return self.sent is not None and all(event.actor is Actor.SYSTEM for event in self.events)

    def _photo(self) -> Codes:
        """The photo an officer sent with what he did, by its id."""
        if self.sent is None or self.sent.actor is not Actor.OFFICER or self.sent.act not in PHOTOGRAPHED:
            return {}
        return plain({"document": self.sent.data.get("document")})

    def tell(self, kind: NoticeKind, *to: str, **data: object) -> None:
        """Say `kind` to each of `to` (consumer, handler, answerable); one post is told once."""
        if self.foretold:
            return
        posts: set[str] = set()
        for whom in to:
            if whom == CONSUMER and self.aside and kind is not NoticeKind.RECOVERY_HELD:
                continue
            post = None if whom == CONSUMER else getattr(self.task, whom)
            if post is not None and post in posts:
                continue
            if post is not None:
                posts.add(post)
            self.notices.append(Notice(kind, whom, post, self.request.number, plain(data), task=self._task_id))

    def told_as_it_stands(self) -> None:
        """Let what was told so far tell how the request stands now, whatever follows in this transition."""
        if any(one.stood is None for one in self.notices):
            now = self.request.copied()
            self.notices = [one if one.stood else replace(one, stood=now) for one in self.notices]

    def tell_handlers(self, kind: NoticeKind, tasks: Iterable[str], **data: object) -> None:
        """Say `kind` to whoever does each of these tasks."""
        focused = self.focused
        for task in tasks:
            self.focus(task)
            self.tell(kind, HANDLER, **data)
        self.focus(focused)

    def unsay(self, kind: NoticeKind, task: str) -> None:
        """Take back what was to be said of a task in this turn: it is no longer so."""
        self.notices = [one for one in self.notices if (one.kind, one.task) != (kind, task)]

    def tell_post(self, kind: NoticeKind, post: str, person: int | None = None, **data: object) -> None:
        """Say `kind` to whoever fills `post`, or to that person."""
        if not self.foretold and not any(
            told.kind is kind and (told.post, told.person) == (post, person) for told in self.notices
        ):
            self.notices.append(Notice(kind, post, post, self.request.number, plain(data), person, self.task.id))

    def close(self, closing: Closing) -> None:
        """Record how and when the request was closed, and that its tasks are done, but for money that goes back."""
        self.request.closing, self.request.closed_at = closing, self.at
        kept = None if self.whole.procedure is None else self.whole.procedure.refund
        for task in self.request.open_tasks:
            if task.stage != kept:
                task.done_at = self.at


def plain(data: Mapping[str, object]) -> Codes:
    """Data as JSON can hold it: instants as ISO text, what is None left out."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in data.items()
        if value is not None
    }
