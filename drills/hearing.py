"""Who must have heard of what stands in a history: read from its lines alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from drills.telling import (
    ANSWERABLE,
    ASKED,
    CONSUMER,
    EVERYBODY,
    GIVEN,
    HANDLER,
    NAMED,
    NUMBER_BEFORE,
    PROPOSER,
    beside,
    came,
    tells,
    unsaid,
    ways,
)
from models.events import Event
from models.requests import ServiceRequest
from rules.terms import EventKind

GOES_ELSEWHERE = frozenset({EventKind.TRANSFERRED, EventKind.CORRECTED, EventKind.RAISED})
CHANGES_HANDS = frozenset({EventKind.GIVEN, EventKind.TAKEN_OVER, EventKind.NOT_TAKEN_UP})
FOR_ALL_TASKS = frozenset({EventKind.MOVED, EventKind.HANDED_ON})
MUDDLES = frozenset({EventKind.CLOSED, EventKind.OBJECTED, EventKind.REJECTED, EventKind.REFUND_DUE})
"""After these the history alone does not say which tasks are open."""
ASKS = frozenset({EventKind.RESOLVED, EventKind.DONE})
ANSWERED = frozenset({EventKind.CLOSED, EventKind.NOT_REPAIRED, EventKind.WITHDRAWN})
CALLS_IT_DANGER_OR_NOT = frozenset({EventKind.CORRECTED, EventKind.RAISED})
Heard = Container[tuple[str, int, str, str | int | None]]
"""Reference, number, kind, and post or consumer, of all that was queued."""


class Want(NamedTuple):
    """That somebody hears of a line, by one of these numbers and kinds: the post or consumer `whom`."""

    reference: str
    ways: tuple[tuple[int, str], ...]
    whom: str | int
    at: datetime

    def among(self, heard: Heard) -> bool:
        """Whether it was queued."""
        return any((self.reference, number, kind, self.whom) in heard for number, kind in self.ways)

    def __str__(self) -> str:
        number, kind = self.ways[0]
        return f"{self.reference}/{number}/{kind}/{self.whom if isinstance(self.whom, str) else CONSUMER}"


@dataclass
class Hands:
    """Who does the work of one task and who answers, as far as the history tells; None: it does not."""

    handler: str | None = None
    answerable: str | None = None
    tier: int = 1
    lacking: set[str] = field(default_factory=set)
    """The papers waited for."""

    def follow(self, line: Event) -> None:
        """Go on by one line about this task."""
        post = line.data.get("post")
        if line.kind == EventKind.ASSIGNED:
            self.handler, self.answerable, self.tier = post, line.data["answerable"], line.data["tier"]
        elif line.kind == EventKind.ESCALATED:
            self.answerable, self.tier = post, line.data["tier"]
        elif line.kind in CHANGES_HANDS and post:
            if self.answerable is not None and self.answerable == self.handler and self.tier == 1:
                self.answerable = post
            self.handler = post
        elif line.kind in GOES_ELSEWHERE:
            self.handler, self.answerable = post, None
        elif line.kind == EventKind.DEFICIENT:
            self.lacking = {*line.data["faults"]}
        elif line.kind == EventKind.HOLD_ENDED:
            self.lacking = set()


def changes(history: Iterable[Event]) -> int:
    """How often the request got another telephone."""
    return sum(line.kind == EventKind.PHONE_CHANGED for line in history)


@dataclass
class Reading:
    """One request, read from its first line on."""

    row: ServiceRequest
    consumers: Sequence[int | None]
    """Under each telephone that it had, one after the other, its consumer; None: nobody knows that he could be told."""
    hands: dict[str | None, Hands] = field(default_factory=lambda: defaultdict(Hands))
    open: set[str | None] = field(default_factory=set)
    sure: bool = True
    """Whether `open` has all tasks that are open, and no other."""
    asked: bool = False
    """Whether the consumer is asked whether it is put right."""
    proposer: str | None = None
    """Who put forward what is not decided yet."""
    danger_known: int = 0
    """The number of the line from which on it was danger, or was not, as it is now."""

    def wants(self, history: Sequence[Event]) -> Iterator[Want]:
        """All that must have been told."""
        self.danger_known = max((one.number for one in history if one.kind in CALLS_IT_DANGER_OR_NOT), default=0)
        numbers = iter(self.consumers)
        now = next(numbers)
        if self.row.contact_refused and all(one.kind != EventKind.CONTACT_REFUSED for one in history):
            now = None
        for _, written in groupby(history, key=lambda line: line.recorded):
            lines = list(written)
            kinds, before = {line.kind for line in lines}, now
            if EventKind.PHONE_CHANGED in kinds:
                now = next(numbers)
            if EventKind.CONTACT_REFUSED in kinds:
                now = None
            for line in lines:
                self._take_up(line)
                if not self._unsaid(line, lines):
                    yield from self._of(line, lines, {CONSUMER: now, NUMBER_BEFORE: before})
                self._leave(line)

    def _danger(self, line: Event) -> bool:
        return bool(self.row.safety) and line.number >= self.danger_known

    def _take_up(self, line: Event) -> None:
        """What is so from this line on, and what it says rests on."""
        if line.kind in FOR_ALL_TASKS:
            for told in came(line):
                moved = self.hands[told["task"]]
                moved.handler = told.get("post", moved.handler)
                moved.answerable = told.get("answerable", moved.answerable)
        self.hands[line.task_id].follow(line)
        if line.kind == EventKind.ASSIGNED:
            self.open.add(line.task_id)
        elif line.kind in (EventKind.STAGE_DONE, EventKind.RECOVERY_HELD):
            self.open.discard(line.task_id)

    def _leave(self, line: Event) -> None:
        """What is so after this line."""
        self.sure = self.sure and line.kind not in MUDDLES
        self.hands[line.task_id].lacking.discard(line.data.get("paper", ""))
        if line.kind == EventKind.PROPOSED:
            self.proposer = line.post
        if line.kind in ASKS | ANSWERED:
            self.asked = line.kind in ASKS

    def _unsaid(self, line: Event, lines: Sequence[Event]) -> bool:
        if line.kind == EventKind.PAPER and self.hands[line.task_id].lacking != {line.data["paper"]}:
            return True
        return unsaid(line, lines, self.row, danger=self._danger(line), asked=self.asked)

    def _of(self, line: Event, lines: Sequence[Event], consumers: dict[str, int | None]) -> Iterator[Want]:
        aside = beside(line) and line.kind != EventKind.RECOVERY_HELD
        for kind, whom in tells(line, lines, danger=self._danger(line) and not aside, asked=self.asked).items():
            told = [] if aside else [consumers[one] for one in whom if one in consumers]
            for one in (*told, *dict.fromkeys(self._posts(line, whom))):
                if one is not None:
                    yield Want(line.reference, tuple(ways(line, lines, kind)), one, line.at)

    def _posts(self, line: Event, whom: Sequence[str]) -> Iterator[str | None]:
        """The posts told, as far as the history names them."""
        of = {} if line.kind == EventKind.WITHDRAWN else {line.task_id: None}
        if line.kind in EVERYBODY and self.sure:  # whoever has something to do for it
            of |= dict.fromkeys(self.open)
        hands = [self.hands[task] for task in of]
        yield from (one.handler for one in hands if HANDLER in whom)
        yield from (one.answerable for one in hands if ANSWERABLE in whom)
        yield from (line.data.get(key) for role, key in ((NAMED, "post"), (ASKED, "asked")) if role in whom)
        if GIVEN in whom:
            yield from (told.get(key) for told in came(line) for key in ("post", "answerable"))
        if PROPOSER in whom:
            yield self.proposer
