"""What must stand in the history of an act that was done: said here once more, without the rules that do it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from models.events import Event, Submission
from rules.terms import Act, EventKind

WRITES: Mapping[str, frozenset[EventKind]] = {
    Act.ACCEPT: frozenset({EventKind.ACCEPTED}),
    Act.NOTE: frozenset({EventKind.NOTED}),
    Act.MESSAGE: frozenset({EventKind.MESSAGED}),
    Act.EXPECT: frozenset({EventKind.EXPECTED}),
    Act.HOLD: frozenset({EventKind.HELD}),
    Act.RESUME: frozenset({EventKind.RESUMED}),
    Act.PRESENT: frozenset({EventKind.PRESENT}),
    Act.RESOLVE: frozenset({EventKind.RESOLVED}),
    Act.TAKE_OVER: frozenset({EventKind.TAKEN_OVER}),
    Act.GIVE: frozenset({EventKind.GIVEN}),
    Act.REASSIGN: frozenset({EventKind.GIVEN}),
    Act.DIRECT: frozenset({EventKind.DIRECTED}),
    Act.ESCALATE: frozenset({EventKind.ESCALATED}),
    Act.RAISE: frozenset({EventKind.RAISED}),
    Act.CORRECT: frozenset({EventKind.CORRECTED, EventKind.RAISED, EventKind.PROPOSED}),
    Act.TRANSFER: frozenset({EventKind.TRANSFERRED, EventKind.PROPOSED}),
    Act.REJECT: frozenset({EventKind.PROPOSED}),
    Act.AGREE: frozenset({EventKind.CORRECTED, EventKind.RAISED, EventKind.TRANSFERRED, EventKind.REJECTED, EventKind.UPHELD}),
    Act.DISAGREE: frozenset({EventKind.DECLINED}),
    Act.OBJECT: frozenset({EventKind.OBJECTED}),
    Act.CONFIRM: frozenset({EventKind.CLOSED}),
    Act.SUPPLY_BACK: frozenset({EventKind.CLOSED}),
    Act.SOLVED: frozenset({EventKind.CLOSED}),
    Act.NOT_REPAIRED: frozenset({EventKind.NOT_REPAIRED}),
    Act.WITHDRAW: frozenset({EventKind.WITHDRAWN}),
    Act.REOPEN: frozenset({EventKind.REOPENED}),
    Act.ADD: frozenset({EventKind.ADDED}),
    Act.DOCUMENT: frozenset({EventKind.ADDED, EventKind.PAPER}),
    Act.CALLED: frozenset({EventKind.CALLED}),
    Act.CALLED_AGAIN: frozenset({EventKind.CALLED_AGAIN}),
    Act.NOT_MINE: frozenset({EventKind.CONTACT_REFUSED}),
    Act.CHANGE_PHONE: frozenset({EventKind.PHONE_CHANGED}),
    Act.COMPLAIN: frozenset({EventKind.COMPLAINED}),
    Act.FAULT: frozenset({EventKind.DEFICIENT}),
    Act.FINISH: frozenset({EventKind.STAGE_DONE, EventKind.RECOVERY_HELD, EventKind.PROPOSED}),
    Act.SLOT: frozenset({EventKind.SLOT_CHOSEN, EventKind.SLOTS_OFFERED}),
    Act.MISSED: frozenset({EventKind.VISIT_MISSED}),
    Act.REISSUE: frozenset({EventKind.NOTE_ISSUED}),
    Act.PAY: frozenset({EventKind.PAID}),
    Act.RETIME: frozenset({EventKind.RETIMED}),
    Act.MOVE: frozenset({EventKind.MOVED, EventKind.HANDED_ON}),
}  # fmt: skip
"""Lines of which an act that was done wrote at least one."""
MAY_WRITE_NOTHING = frozenset({Act.RECEIPT, Act.CLAIM})
"""A report that changes nothing any more, and asking for money that is going back already."""


def unwritten(rows: Iterable[Submission], events: Mapping[str, Sequence[Event]]) -> list[str]:
    """Submissions whose outcome is "done" and that left no line of their sort in their request's history."""
    wrote: dict[str, set[str]] = defaultdict(set)
    for line in (line for lines in events.values() for line in lines if line.submission_id):
        wrote[line.submission_id or ""].add(line.kind)
    done = [row for row in rows if row.answered is not None and not row.refused]
    return [f"{row.act} {row.id}" for row in done if row.act in WRITES and not wrote[row.id] & WRITES[row.act]]
