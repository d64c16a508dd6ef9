"""What went out, word for word, against what was so: each message rests on a transition that names the same post, state and instant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.named import Named
from drills.findings import Finding, none_of
from drills.messages import OURS
from embedded.message_store import Caught
from languages.catalog import use
from languages.spoken import clock
from models.events import Event
from models.ground import utility_zone
from models.names import everything
from models.outbox import Attempt, Notification
from rules.terms import Cause, EventKind, Kind, NoticeKind, State

OTHERWISE: Mapping[str, frozenset[str]] = {
    NoticeKind.ACKNOWLEDGED: frozenset({EventKind.REGISTERED}),
    NoticeKind.QUESTION: frozenset({EventKind.RESOLVED, EventKind.DONE, EventKind.PHONE_CHANGED}),
    NoticeKind.CORRECTED: frozenset({EventKind.CORRECTED, EventKind.RAISED}),
    NoticeKind.PROPOSED: frozenset({EventKind.PROPOSED, EventKind.RAISED, EventKind.MOVED, EventKind.HANDED_ON}),
    NoticeKind.REOPENED: frozenset({EventKind.REOPENED, EventKind.OBJECTED}),
    NoticeKind.MESSAGE: frozenset({EventKind.MESSAGED}),
    NoticeKind.PAID: frozenset({EventKind.PAID, EventKind.STAGE_DONE}),
    NoticeKind.SLOTS: frozenset({EventKind.SLOTS_OFFERED}),
    NoticeKind.TURN_REMINDER: frozenset({EventKind.TURN_REMINDED}),
    NoticeKind.RESUMED: frozenset({EventKind.RESUMED, EventKind.HOLD_ENDED, EventKind.PAPER, EventKind.PRESENT}),
    NoticeKind.REMINDER: frozenset({EventKind.REMINDED, EventKind.TURN_REMINDED}),
}
"""On which lines of history a message rests; any other rests on the one of its own name."""
ON_ANY = frozenset({NoticeKind.ASSIGNED, NoticeKind.DANGER, NoticeKind.CODE, NoticeKind.ALARM, NoticeKind.CALL_BACK})
"""Who has the work now, danger, a code: they follow from many lines."""
LEADS_TO: Mapping[str, str] = {
    EventKind.REGISTERED: State.RECEIVED,
    EventKind.ASSIGNED: State.ASSIGNED,
    EventKind.RESOLVED: State.RESOLVED,
    EventKind.CLOSED: State.CLOSED,
    EventKind.HELD: State.ON_HOLD,
    EventKind.WITHDRAWN: State.WITHDRAWN,
    EventKind.REJECTED: State.REJECTED,
}
LEADS_AN_APPLICATION_TO: Mapping[str, str] = {
    EventKind.REGISTERED: State.RECEIVED,
    EventKind.COMPLETE: State.COMPLETE,
    EventKind.CLOSED: State.CLOSED,
    EventKind.WITHDRAWN: State.WITHDRAWN,
    EventKind.REJECTED: State.REJECTED,
}
SAME = ("post", "tier", "role", "cause", "closing", "reason", "expected_at", "limit", "reopen_until")
"""What a message and the line it rests on both name."""
MOVES_CLOCKS = frozenset(
    {
        EventKind.HELD,
        EventKind.RESUMED,
        EventKind.HOLD_ENDED,
        EventKind.RETIMED,
        EventKind.RESOLVED,
        EventKind.CORRECTED,
        EventKind.TRANSFERRED,
        EventKind.RAISED,
    }
)
TO_THE_HANDLER = frozenset({EventKind.REMINDED, EventKind.DIRECTED})
OF_THE_HANDLER = frozenset({EventKind.TRANSFERRED, EventKind.CORRECTED, EventKind.RAISED})
CLIMBS = frozenset({EventKind.ESCALATED, EventKind.BEYOND})
TIME = re.compile(
    r"\d{1,2}(?::\d\d)? (?:in the (?:morning|afternoon|evening)|at night|after midnight)|12 (?:noon|midnight)"
)


@dataclass(frozen=True)
class Said:
    """One row of the outbox, the lines of the transition it was written in, and the whole history."""

    row: Notification
    lines: Sequence[Event]
    history: Sequence[Event]

    @property
    def line(self) -> Event | None:
        """The newest line of its transition that it may rest on, as far as it was written then; None where there is no such line."""
        kinds = OTHERWISE.get(self.row.kind, frozenset({self.row.kind}))
        fit = [line for line in self.lines if line.kind in kinds]
        return next((line for line in reversed(fit) if line.number <= self.row.number), fit[0] if fit else None)

    def untrue(self) -> Iterator[str]:
        """What it tells that was not so."""
        if not self.lines:
            yield "no such line"
        elif self.row.kind not in ON_ANY:
            yield from self._against(self.line)
        if self.lines and not self._reached(self.row.data.get("state")):
            yield f"state {self.row.data['state']}"

    def _reached(self, state: object) -> bool:
        """Whether the request was in this state by the end of its transition, or when it was told, where that went on to something else."""
        told = [line for line in self.lines if line.number == self.row.number]
        return any(self._so(state, line) for line in (self.lines[-1], *told))

    def _so(self, state: object, last: Event) -> bool:
        """Whether the request was in this state by this line; where the line leads to one, in that."""
        leads = LEADS_TO if self.row.data.get("kind", Kind.COMPLAINT) == Kind.COMPLAINT else LEADS_AN_APPLICATION_TO
        if state is None or last.kind in leads:
            return state in (None, leads.get(last.kind))
        passed = {leads[line.kind] for line in self.history if line.number <= last.number and line.kind in leads}
        return state in passed or state not in leads.values()

    def _against(self, line: Event | None) -> Iterator[str]:
        if line is None:
            yield f"no line for {self.row.kind}"
            return
        told, of = self.row.data, line.data
        if line.kind in TO_THE_HANDLER:  # the line names whom it is said to, the message who answers
            told = {**told, "post": self.row.post}
        if self.row.kind == NoticeKind.PROPOSED:  # the line names who decides, the message beside him who answers
            of = {**of, "post": of.get("asked") or of.get("post")}
            told = {**told, "post": self.row.post or of["post"]}
        elif line.kind in OF_THE_HANDLER:  # the line names who does the work now, the message him beside who answers
            told = {**told, "post": told.get("handler")}
        yield from (f"{key} {told[key]}" for key in SAME if key in told and key in of and told[key] != of[key])
        if "fell_due" in told and _instant(told["fell_due"]) != line.due:
            yield f"fell due {told['fell_due']}"
        if line.kind == EventKind.ESCALATED and told.get("due") and not self._kept(line, told["due"]):
            yield f"due {told['due']}"

    def _kept(self, line: Event, due: str) -> bool:
        """Whether the next tier's time ended at the instant told, if it ended with no pause in between and nobody sent it up before."""
        for later in (one for one in self.history if one.number > line.number and one.task_id == line.task_id):
            if later.kind in MOVES_CLOCKS:
                return True
            if later.kind in CLIMBS:
                untaken = later.data.get("cause") == Cause.NOT_TAKEN_UP  # its own time, which is shorter, was over
                return untaken or later.due in (None, _instant(due))
        return True


@dataclass(frozen=True)
class Reader:
    """Reads what arrived, in English, with the names of the utility."""

    names: Named
    zone: ZoneInfo

    def wrong(self, text: str, rows: Sequence[Notification]) -> Iterator[str]:
        """What a message says that none of its rows does: another number, another time of the day, another post."""
        digits = re.sub(r"[^0-9]", "", text)
        if len(rows) == 1 and rows[0].kind != NoticeKind.ALARM and rows[0].reference not in digits:
            yield "without its number"
        if rows[0].language != "en" or len(rows) > 1:
            return
        known = {clock(at, self.zone, "en") for at in _instants(rows[0].data)}
        yield from (f"says {said}" for said in TIME.findall(text) if said not in known)
        if rows[0].kind == NoticeKind.ESCALATED and not rows[0].data.get("confidential"):
            yield from self._role(text.casefold(), rows[0])

    def _role(self, text: str, row: Notification) -> Iterator[str]:
        with use("en"):
            role = self.names.role_of(str(row.data["post"]))
        if role and role.casefold() not in text and row.post != row.data["post"]:
            yield f"does not name the {role}"


async def untrue(
    session: AsyncSession, events: Mapping[str, Sequence[Event]], caught: Sequence[Caught]
) -> list[Finding]:
    """Every row of the outbox about these requests against its line, and every message that came against its rows."""
    asked = select(Notification).where(col(Notification.reference).in_(list(events)))
    rows = {row.id: row for row in (await session.exec(asked)).all()}
    wrong = [f"{row.key}: {what}" for row in rows.values() for what in _said(row, events).untrue()]
    told = await _told(session, list(rows))
    reader = Reader(Named(await everything(session)), ZoneInfo(await utility_zone(session)))
    read = [(one, told[sender]) for one in caught if (sender := _sender(one)) in told]
    other = [f"{of[0].key}: {what}" for one, of in read for what in reader.wrong(f"{one.subject} {one.text}", of)]
    return [
        none_of("notices that told what was not so", wrong, len(rows)),
        none_of("messages that say what their notice does not", other, len(read)),
    ]


async def _told(session: AsyncSession, ids: Sequence[int | None]) -> dict[str, list[Notification]]:
    """By its sender's id, every row that each message about one of these told, also of other requests: a digest tells many."""
    theirs = select(Attempt.sender_id).where(col(Attempt.notification_id).in_(ids))
    tried = select(Attempt.sender_id, Notification).join(
        Notification, col(Notification.id) == col(Attempt.notification_id)
    )
    told: dict[str, list[Notification]] = defaultdict(list)
    for by, row in (await session.exec(tried.where(col(Attempt.sender_id).in_(theirs)))).all():
        told[by or ""].append(row)
    return told


def _said(row: Notification, events: Mapping[str, Sequence[Event]]) -> Said:
    history = events[row.reference]
    at = next((line.recorded for line in history if line.number == row.number), None)
    return Said(row, [line for line in history if line.recorded == at], history)


def _sender(message: Caught) -> str:
    ours = OURS.match(message.message_id)
    return ours[1] if ours else message.id


def _instant(written: Any) -> datetime:
    return datetime.fromisoformat(written)


def _instants(data: Any) -> Iterator[datetime]:
    """Every instant written anywhere in what a notice holds."""
    if isinstance(data, Mapping):
        data = list(data.values())
    if isinstance(data, list):
        for one in data:
            yield from _instants(one)
    elif isinstance(data, str) and len(data) > 18 and data[10:11] == "T":
        yield _instant(data)
