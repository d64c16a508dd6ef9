"""Who must have heard of what stands in a history: said here once more, without the rules that tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from models.events import Event
from models.requests import ServiceRequest
from rules.case import Wait
from rules.terms import EventKind, Kind, NoticeKind, Proposal

CONSUMER, HANDLER, ANSWERABLE, NAMED = "consumer", "handler", "answerable", "named"
"""Who is told; NAMED is the post that the line names."""
TELLS: Mapping[str, Mapping[NoticeKind, tuple[str, ...]]] = {
    EventKind.REGISTERED: {NoticeKind.ACKNOWLEDGED: (CONSUMER,)},
    EventKind.ASSIGNED: {NoticeKind.ASSIGNED: (HANDLER, ANSWERABLE)},
    EventKind.NOT_TAKEN_UP: {NoticeKind.ASSIGNED: (NAMED,)},
    EventKind.GIVEN: {NoticeKind.ASSIGNED: (NAMED,)},
    EventKind.TRANSFERRED: {NoticeKind.TRANSFERRED: (CONSUMER,), NoticeKind.ASSIGNED: (NAMED,)},
    EventKind.CORRECTED: {NoticeKind.CORRECTED: (CONSUMER, NAMED)},
    EventKind.RAISED: {NoticeKind.CORRECTED: (CONSUMER, NAMED), NoticeKind.DANGER: (NAMED,)},
    EventKind.RANG_ON: {NoticeKind.DANGER: (NAMED,)},
    EventKind.REMINDED: {NoticeKind.REMINDER: (NAMED,)},
    EventKind.ESCALATED: {NoticeKind.ESCALATED: (CONSUMER, HANDLER, NAMED)},
    EventKind.BEYOND: {NoticeKind.BEYOND: (CONSUMER, HANDLER, NAMED)},
    EventKind.STANDARD_LAPSED: {NoticeKind.STANDARD_LAPSED: (CONSUMER, HANDLER, ANSWERABLE)},
    EventKind.EXPECTED: {NoticeKind.EXPECTED: (CONSUMER,)},
    EventKind.HELD: {NoticeKind.HELD: (CONSUMER,)},
    EventKind.RESUMED: {NoticeKind.RESUMED: (CONSUMER, HANDLER)},
    EventKind.HOLD_ENDED: {NoticeKind.RESUMED: (CONSUMER, HANDLER)},
    EventKind.PRESENT: {NoticeKind.RESUMED: (CONSUMER, HANDLER, ANSWERABLE)},
    EventKind.DIRECTED: {NoticeKind.DIRECTED: (NAMED,)},
    EventKind.MESSAGED: {NoticeKind.MESSAGE: (CONSUMER,)},
    EventKind.RESOLVED: {NoticeKind.QUESTION: (CONSUMER,)},
    EventKind.DONE: {NoticeKind.QUESTION: (CONSUMER,)},
    EventKind.CALL_BACK: {NoticeKind.CALL_BACK: (ANSWERABLE,)},
    EventKind.NOT_REPAIRED: {NoticeKind.NOT_REPAIRED: (HANDLER,)},
    EventKind.REOPENED: {NoticeKind.REOPENED: (HANDLER,)},
    EventKind.CLOSED: {NoticeKind.CLOSED: (CONSUMER, HANDLER)},
    EventKind.WITHDRAWN: {NoticeKind.WITHDRAWN: (CONSUMER, HANDLER)},
    EventKind.REJECTED: {NoticeKind.REJECTED: (CONSUMER, HANDLER)},
    EventKind.PROPOSED: {NoticeKind.PROPOSED: (NAMED,)},
    EventKind.COMPLETE: {NoticeKind.COMPLETE: (CONSUMER,)},
    EventKind.DEFICIENT: {NoticeKind.DEFICIENT: (CONSUMER,)},
    EventKind.SLOTS_OFFERED: {NoticeKind.SLOTS: (CONSUMER,)},
    EventKind.SLOT_CHOSEN: {NoticeKind.SLOT_CHOSEN: (CONSUMER, HANDLER)},
    EventKind.VISIT_MISSED: {NoticeKind.VISIT_MISSED: (CONSUMER,)},
    EventKind.TURN_REMINDED: {NoticeKind.TURN_REMINDER: (CONSUMER,)},
    EventKind.NOTE_ISSUED: {NoticeKind.NOTE_ISSUED: (CONSUMER,)},
    EventKind.NOTE_EXPIRED: {NoticeKind.NOTE_EXPIRED: (CONSUMER, HANDLER)},
    EventKind.PAID: {NoticeKind.PAID: (CONSUMER,)},
    EventKind.REFUND_DUE: {NoticeKind.REFUND_DUE: (CONSUMER,)},
    EventKind.STAGE_DONE: {NoticeKind.STAGE_DONE: (CONSUMER,)},
    EventKind.LAPSED: {NoticeKind.LAPSED: (CONSUMER, HANDLER)},
    EventKind.COMPLAINED: {NoticeKind.COMPLAINED: (HANDLER, ANSWERABLE)},
    EventKind.RECOVERY_HELD: {NoticeKind.RECOVERY_HELD: (CONSUMER,)},
}
"""What each line of history says to whom."""
AS_WELL: Mapping[NoticeKind, NoticeKind] = {
    NoticeKind.ASSIGNED: NoticeKind.DANGER,
    NoticeKind.REMINDER: NoticeKind.CALL_BACK,
}
"""What says the same: that work is given and is dangerous, and that somebody is still to be rung."""
GOES_ELSEWHERE = frozenset({EventKind.TRANSFERRED, EventKind.CORRECTED, EventKind.RAISED})
CHANGES_HANDS = frozenset({EventKind.GIVEN, EventKind.TAKEN_OVER, EventKind.NOT_TAKEN_UP})
FOR_ALL_TASKS = frozenset({EventKind.MOVED, EventKind.HANDED_ON})
MUDDLES = frozenset({EventKind.CLOSED, EventKind.OBJECTED, EventKind.REJECTED, EventKind.REFUND_DUE})
"""After these the history alone does not say which tasks are open."""
PAID_OR_TO_PAY = frozenset({EventKind.NOTE_ISSUED, EventKind.PAID})
LENGTHENING = frozenset({Proposal.CORRECT, Proposal.LOWER})
RECOVERY = "/recovery"
"""The end of the id of the task beside a complaint, of which the consumer hears only when it is done."""
Heard = Container[tuple[str, int, str, str | None]]
"""Reference, number, kind and post (None: the consumer) of all that was queued."""


class Want(NamedTuple):
    """That somebody hears of a line, by one of these numbers and kinds. `post` None: the consumer."""

    reference: str
    ways: tuple[tuple[int, str], ...]
    post: str | None
    at: datetime

    def among(self, heard: Heard) -> bool:
        """Whether it was queued."""
        return any((self.reference, number, kind, self.post) in heard for number, kind in self.ways)

    def __str__(self) -> str:
        number, kind = self.ways[0]
        return f"{self.reference}/{number}/{kind}/{self.post or CONSUMER}"


@dataclass
class Hands:
    """Who does the work of one task and who answers, as far as the history tells; None: it does not."""

    handler: str | None = None
    answerable: str | None = None
    tier: int = 1

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


@dataclass
class Reading:
    """One request, read from its first line on; `reached`: whether its consumer can be."""

    row: ServiceRequest
    reached: bool
    hands: dict[str | None, Hands] = field(default_factory=lambda: defaultdict(Hands))
    open: set[str | None] = field(default_factory=set)
    sure: bool = True
    """Whether `open` has all tasks that are open, and no other."""

    def wants(self, history: Sequence[Event]) -> Iterator[Want]:
        """All that must have been told."""
        kinds = {line.kind for line in history}
        refused = self.row.contact_refused and EventKind.CONTACT_REFUSED not in kinds
        silent = refused or not self.reached or EventKind.PHONE_CHANGED in kinds
        for _, written in groupby(history, key=lambda line: line.recorded):
            lines = list(written)
            kinds = {line.kind for line in lines}
            if EventKind.PHONE_CHANGED in kinds:
                silent = not self.reached
            silent = silent or EventKind.CONTACT_REFUSED in kinds
            for line in lines:
                self._follow(line)
                if not unsaid(line, lines, self.row):
                    yield from self._of(line, lines, silent)

    def _follow(self, line: Event) -> None:
        if line.kind in FOR_ALL_TASKS:
            self.hands.clear()
            self.hands[line.task_id].handler = line.data.get("post")
        self.hands[line.task_id].follow(line)
        self.sure = self.sure and line.kind not in MUDDLES
        if line.kind == EventKind.ASSIGNED:
            self.open.add(line.task_id)
        elif line.kind in (EventKind.STAGE_DONE, EventKind.RECOVERY_HELD):
            self.open.discard(line.task_id)

    def _of(self, line: Event, lines: Sequence[Event], silent: bool) -> Iterator[Want]:
        aside = (line.task_id or "").endswith(RECOVERY) and line.kind != EventKind.RECOVERY_HELD
        for kind, whom in tells(line).items():
            posts: list[str | None] = [*dict.fromkeys(self._posts(line, whom))]
            consumer: list[str | None] = [None] if CONSUMER in whom and not (silent or aside) else []
            for post in consumer + posts:
                yield Want(line.reference, tuple(ways(line, lines, kind)), post, line.at)

    def _posts(self, line: Event, whom: Sequence[str]) -> Iterator[str]:
        """The posts told, as far as the history names them."""
        of = [line.task_id]
        if line.kind == EventKind.WITHDRAWN:  # whoever has something to do for it
            of = [*self.open] if self.sure else []
        hands = [self.hands[task] for task in of]
        found = [one.handler for one in hands] if HANDLER in whom else []
        found += [one.answerable for one in hands] if ANSWERABLE in whom else []
        found += [line.data.get("post")] if NAMED in whom else []
        yield from (post for post in found if post)


def tells(line: Event) -> Mapping[NoticeKind, tuple[str, ...]]:
    """What a line says to whom, where that hangs on more than its kind."""
    told = line.data
    if line.kind == EventKind.VISIT_MISSED and told["by"] == "office":
        return {NoticeKind.VISIT_MISSED: (CONSUMER, HANDLER, ANSWERABLE)}
    if line.kind == EventKind.TURN_REMINDED and told["reason"] == Wait.PERMISSION:
        return {NoticeKind.REMINDER: (HANDLER,)}
    if line.kind == EventKind.PROPOSED and told["what"] in LENGTHENING and line.public:
        return {NoticeKind.PROPOSED: (CONSUMER, NAMED)}
    return TELLS.get(line.kind, {})


def ways(line: Event, lines: Sequence[Event], kind: NoticeKind) -> Iterator[tuple[int, str]]:
    """The numbers and kinds by which this may have been said: danger and what is wrong with papers rest on any line of the transition."""
    whole = [one.number for one in lines]
    for said in (kind, AS_WELL.get(kind, kind)):
        numbers = whole if said in (NoticeKind.DANGER, NoticeKind.DEFICIENT) else [line.number]
        yield from ((number, said.value) for number in numbers)


def unsaid(line: Event, lines: Sequence[Event], row: ServiceRequest) -> bool:
    """Whether a line says nothing after all, because of what it holds, what else the same transition did, or where the request came from."""
    then = [one for one in lines if one.number > line.number]
    kinds, after = {one.kind for one in lines}, {one.kind for one in then}
    told = line.data
    match line.kind:
        case EventKind.REGISTERED | EventKind.ASSIGNED | EventKind.COMPLETE:
            return row.brought_at is not None
        case EventKind.HELD:  # what is waited for, he is told by its own name
            return told.get("reason") in frozenset(Wait)
        case EventKind.RESOLVED | EventKind.DONE:
            return EventKind.CLOSED in after
        case EventKind.HOLD_ENDED:
            return bool(after & {EventKind.NOTE_EXPIRED, EventKind.LAPSED})
        case EventKind.REMINDED | EventKind.TURN_REMINDED:  # no longer so
            return any(one.kind == EventKind.ESCALATED and one.task_id == line.task_id for one in then)
        case EventKind.NOT_REPAIRED | EventKind.REOPENED:  # a stage is given out anew
            return row.kind != Kind.COMPLAINT
        case EventKind.REFUND_DUE:
            return not told["amount"]
        case EventKind.STAGE_DONE:  # said in words of its own
            at_once = any(one.kind == EventKind.ASSIGNED and one.task_id == line.task_id for one in lines)
            return at_once or bool(kinds & PAID_OR_TO_PAY) or "amount" in told or "put_right" in told
    return False
