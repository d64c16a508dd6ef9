"""How a complaint stood after each line of its history: in what state, who answered, and when his time was to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.events import Event
from rules.calendar import Calendar
from rules.due import Pause, due
from rules.durations import Duration
from rules.giving import COMPLAINT
from rules.terms import EventKind, Proposal, State

LEADS_TO: Mapping[str, State] = {
    EventKind.REGISTERED: State.RECEIVED,
    EventKind.ASSIGNED: State.ASSIGNED,
    EventKind.RAISED: State.ASSIGNED,
    EventKind.HELD: State.ON_HOLD,
    EventKind.RESUMED: State.IN_PROGRESS,
    EventKind.PRESENT: State.IN_PROGRESS,
    EventKind.NOT_REPAIRED: State.IN_PROGRESS,
    EventKind.REOPENED: State.IN_PROGRESS,
    EventKind.OBJECTED: State.IN_PROGRESS,
    EventKind.RESOLVED: State.RESOLVED,
    EventKind.CLOSED: State.CLOSED,
    EventKind.WITHDRAWN: State.WITHDRAWN,
    EventKind.REJECTED: State.REJECTED,
}
TAKES_UP = frozenset(
    {
        EventKind.ACCEPTED,
        EventKind.NOTED,
        EventKind.MESSAGED,
        EventKind.EXPECTED,
        EventKind.DIRECTED,
        EventKind.TAKEN_OVER,
    }
)
"""Any first act takes it up; these lead to no state of their own."""
NEW_HANDS = frozenset({EventKind.TRANSFERRED, EventKind.CORRECTED})
"""With these it may have to be taken up anew, under other times."""
STOPS = frozenset({EventKind.HELD, EventKind.RESOLVED, EventKind.REJECTED})
GOES_ON = frozenset(
    {EventKind.RESUMED, EventKind.PRESENT, EventKind.NOT_REPAIRED, EventKind.REOPENED, EventKind.OBJECTED}
)
ENDED = frozenset({State.CLOSED, State.WITHDRAWN, State.REJECTED})
OTHER_TIMES = NEW_HANDS | {EventKind.RAISED, EventKind.RETIMED, EventKind.MOVED, EventKind.HANDED_ON}
"""After these the lines alone do not say when its time ends."""
OTHER_POSTS = OTHER_TIMES - {EventKind.RETIMED}


@dataclass(frozen=True)
class Stood:
    """`states`: those it may have been in. `post` "": nobody answered yet; None: its lines do not say who did.

    `entered` is the instant from which the time of its tier counts, `pauses` when it stood still; both tell nothing
    unless `certain`.
    """

    states: frozenset[str] = frozenset()
    tier: int | None = None
    post: str | None = ""
    entered: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    certain: bool = True

    @property
    def ended(self) -> bool:
        """Whether nobody has anything to do."""
        return self.states <= ENDED

    def due(self, times: Sequence[Duration], calendar: Calendar) -> datetime | None:
        """When the time of its tier ends, by these times; None while its clock stands still or there is none."""
        if self.ended or self.entered is None or self.tier is None:
            return None
        return due(times[self.tier - 1], self.entered, self.pauses, calendar)


def walked(history: Sequence[Event]) -> list[Stood]:
    """How it stood after each of these lines, which are all from the first on; what is done beside it changes nothing."""
    now, found = Stood(), list[Stood]()
    for line in history:
        if line.task_id is None or line.task_id.endswith(f"/{COMPLAINT}"):
            now = _after(now, line, history[0].at)
        found.append(now)
    return found


def _after(was: Stood, line: Event, registered: datetime) -> Stood:
    now = replace(was, states=_states(was, line), pauses=_pauses(was.pauses, line))
    if line.kind in OTHER_TIMES or line.data.get("what") == Proposal.HOLD:  # a wait that is judged may be taken back
        now = replace(now, certain=False)
    return _answering(now, line, registered)


def _states(was: Stood, line: Event) -> frozenset[str]:
    if line.kind in LEADS_TO:
        return frozenset({LEADS_TO[line.kind]})
    if line.kind == EventKind.HOLD_ENDED:
        return frozenset({State.ASSIGNED, State.IN_PROGRESS})
    if line.kind in TAKES_UP:
        return frozenset(State.IN_PROGRESS if state == State.ASSIGNED else state for state in was.states)
    if line.kind in NEW_HANDS and State.IN_PROGRESS in was.states:
        return was.states | {State.ASSIGNED}
    return was.states


def _answering(now: Stood, line: Event, registered: datetime) -> Stood:
    """Who answers from this line on, and since when his time counts."""
    told = line.data
    match line.kind:
        case EventKind.ASSIGNED | EventKind.ESCALATED:
            post, tier = told.get("answerable", told.get("post")), told["tier"]
            entered = registered if line.kind == EventKind.ASSIGNED and tier == 1 else line.at
            return replace(now, tier=tier, post=post, entered=entered)
        case EventKind.NOT_TAKEN_UP | EventKind.GIVEN | EventKind.TAKEN_OVER if now.tier == 1 and "post" in told:
            return replace(now, post=told["post"]) if now.post == told["from_post"] else now
    return replace(now, tier=None, post=None) if line.kind in OTHER_POSTS else now


def _pauses(was: tuple[Pause, ...], line: Event) -> tuple[Pause, ...]:
    """A wait that ran out ended when it was to, however late that was seen."""
    ends = line.due if line.kind == EventKind.HOLD_ENDED else line.at if line.kind in GOES_ON | STOPS else None
    if ends is not None and was and was[-1].end is None:
        was = (*was[:-1], replace(was[-1], end=max(ends, was[-1].start)))
    return (*was, Pause(line.at, None)) if line.kind in STOPS else was
