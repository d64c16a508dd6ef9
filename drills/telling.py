"""What each line of a history says to whom: said here once more, without the rules that tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from models.events import Event
from models.requests import ServiceRequest
from rules.case import Wait
from rules.terms import Cause, Codes, EventKind, Kind, NoticeKind, Proposal

CONSUMER, HANDLER, ANSWERABLE, NAMED, ASKED = "consumer", "handler", "answerable", "named", "asked"
PROPOSER, NUMBER_BEFORE, GIVEN = "proposer", "number before", "given"
"""Who is told: NAMED and ASKED are posts that the line names, GIVEN those to which it says that each task came, PROPOSER is who put
forward what was decided, NUMBER_BEFORE the consumer under the telephone that he had until then."""
EVERYBODY = frozenset({EventKind.CLOSED, EventKind.WITHDRAWN, EventKind.REJECTED, EventKind.LAPSED})
"""What ends the work of each handler."""
TELLS: Mapping[str, Mapping[NoticeKind, tuple[str, ...]]] = {
    EventKind.REGISTERED: {NoticeKind.ACKNOWLEDGED: (CONSUMER,)},
    EventKind.ASSIGNED: {NoticeKind.ASSIGNED: (HANDLER, ANSWERABLE)},
    EventKind.NOT_TAKEN_UP: {NoticeKind.ASSIGNED: (NAMED,)},
    EventKind.GIVEN: {NoticeKind.ASSIGNED: (NAMED,)},
    EventKind.TRANSFERRED: {NoticeKind.TRANSFERRED: (CONSUMER,), NoticeKind.ASSIGNED: (NAMED,)},
    EventKind.CORRECTED: {NoticeKind.CORRECTED: (CONSUMER, NAMED)},
    EventKind.RAISED: {
        NoticeKind.CORRECTED: (CONSUMER, NAMED),
        NoticeKind.DANGER: (NAMED,),
        NoticeKind.PROPOSED: (ASKED,),
    },
    EventKind.RANG_ON: {NoticeKind.DANGER: (NAMED,)},
    EventKind.MOVED: {NoticeKind.ASSIGNED: (GIVEN,), NoticeKind.PROPOSED: (ASKED,)},
    EventKind.HANDED_ON: {NoticeKind.ASSIGNED: (GIVEN,), NoticeKind.PROPOSED: (ASKED,)},
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
    EventKind.DECLINED: {NoticeKind.DECLINED: (PROPOSER,)},
    EventKind.OBJECTED: {NoticeKind.REOPENED: (HANDLER, ANSWERABLE)},
    EventKind.PHONE_CHANGED: {NoticeKind.PHONE_CHANGED: (NUMBER_BEFORE,), NoticeKind.QUESTION: (CONSUMER,)},
    EventKind.PAPER: {NoticeKind.RESUMED: (HANDLER,)},
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
SAYS_NOTHING: Mapping[str, str] = {
    EventKind.ACCEPTED: "shown",
    EventKind.NOTED: "for the officers' own page",
    EventKind.ADDED: "marks the line of the queue",
    EventKind.EXPECTED_MISSED: "is counted",
    EventKind.TAKEN_OVER: "by the one who has it then",
    EventKind.DELIVERED: "is about a message",
    EventKind.UPHELD: "shown: it stays as it is",
    EventKind.CALLED_AGAIN: "is counted",
    EventKind.CALLED: "the try of whoever must ring",
    EventKind.CONTACT_REFUSED: "stops messages; the call-back is a line of its own",
    EventKind.UNDONE: "what ended it is told",
    EventKind.RETIMED: "who has it sees new instants; what falls due by them is a line of its own",
    EventKind.PUT_OFF: "is told once its turn comes",
}
"""Why nobody is told of the other lines."""
RESTS_ON_NO_LINE: Mapping[NoticeKind, str] = {
    NoticeKind.CODE: "answers whoever asked for it on a page",
    NoticeKind.ALARM: "is about the house, not about a request",
}
"""Why no line demands the other notices."""
AS_WELL: Mapping[NoticeKind, NoticeKind] = {
    NoticeKind.ASSIGNED: NoticeKind.DANGER,
    NoticeKind.REMINDER: NoticeKind.CALL_BACK,
}
"""What says the same: that work is given and is dangerous, and that somebody is still to be rung."""
OF_A_PROPOSAL = frozenset({EventKind.PROPOSED, EventKind.DECLINED})
LENGTHENING = frozenset({Proposal.CORRECT, Proposal.LOWER})
"""What may move the consumer's date: he hears of it, and that it was not agreed to."""
DENIES = frozenset({EventKind.NOT_REPAIRED, EventKind.REOPENED})
"""What goes to the next above, who hears of that; whoever answers hears of it where nobody is above."""
PAID_OR_TO_PAY = frozenset({EventKind.NOTE_ISSUED, EventKind.PAID})
RINGS = frozenset({EventKind.ASSIGNED, EventKind.TRANSFERRED, EventKind.NOT_REPAIRED, EventKind.REOPENED})
"""What of danger is told to the whole ladder; the history names two of its posts."""
ON_ANY_OF_THE_TRANSITION = frozenset({NoticeKind.DANGER, NoticeKind.DEFICIENT, NoticeKind.PAID})
RECOVERY = "/recovery"
Tells = Mapping[NoticeKind, tuple[str, ...]]


def beside(line: Event) -> bool:
    """Whether it is about the task beside a complaint, of which the consumer hears only when it is done."""
    return (line.task_id or "").endswith(RECOVERY)


def tells(line: Event, lines: Sequence[Event], *, danger: bool, asked: bool) -> Tells:
    """What a line says to whom, where that hangs on more than its kind; `lines` are those of its transition."""
    told = line.data
    if line.kind == EventKind.VISIT_MISSED and told["by"] == "office":
        return {NoticeKind.VISIT_MISSED: (CONSUMER, HANDLER, ANSWERABLE)}
    if line.kind == EventKind.ESCALATED and told.get("cause") == Cause.REJECTION:  # who decides is asked instead
        return {NoticeKind.ESCALATED: (CONSUMER, HANDLER)}
    if line.kind == EventKind.TURN_REMINDED and told["reason"] == Wait.PERMISSION:
        return {NoticeKind.REMINDER: (HANDLER,)}
    if line.kind in OF_A_PROPOSAL and told["what"] in LENGTHENING and line.public:
        return {kind: (CONSUMER, *whom) for kind, whom in TELLS[line.kind].items()}
    if line.kind == EventKind.STAGE_DONE and "amount" in told:  # money went back
        return {NoticeKind.PAID: (CONSUMER,)}
    usual = TELLS.get(line.kind, {})
    if line.kind in DENIES and not any(one.kind == EventKind.ESCALATED and one.number > line.number for one in lines):
        usual = {kind: (*whom, ANSWERABLE) for kind, whom in usual.items()}
    if line.kind == EventKind.PHONE_CHANGED and not asked:
        return {NoticeKind.PHONE_CHANGED: usual[NoticeKind.PHONE_CHANGED]}
    if danger and (line.kind in RINGS or told.get("cause") == Cause.NOT_TAKEN_UP):
        return {**usual, NoticeKind.DANGER: (HANDLER, ANSWERABLE)}
    return usual


def came(line: Event) -> list[Codes]:
    """Of each task that came to other posts by this line, those it names."""
    return [{**line.data, "task": line.task_id}, *line.data.get("others", ())]


def ways(line: Event, lines: Sequence[Event], kind: NoticeKind) -> Iterator[tuple[int, str]]:
    """The numbers and kinds by which this may have been said: some of them rest on any line of the transition."""
    whole = [one.number for one in lines]
    for said in (kind, AS_WELL.get(kind, kind)):
        anywhere = said in ON_ANY_OF_THE_TRANSITION or line.kind == EventKind.HOLD_ENDED
        numbers = whole if anywhere else [line.number]
        yield from ((number, said.value) for number in numbers)


def unsaid(line: Event, lines: Sequence[Event], row: ServiceRequest, *, danger: bool, asked: bool) -> bool:
    """Whether a line says nothing after all, because of what it holds, what else the same transition did, or where the request came from."""
    then = [one for one in lines if one.number > line.number]
    kinds, after = {one.kind for one in lines}, {one.kind for one in then}
    told = line.data
    match line.kind:
        case EventKind.REGISTERED | EventKind.COMPLETE:
            return row.brought_at is not None
        case EventKind.ASSIGNED:  # danger rings wherever it comes from, and what is done beside a complaint begins here
            return row.brought_at is not None and not (danger or beside(line))
        case EventKind.HELD:  # what is waited for, he is told by its own name
            return told.get("reason") in frozenset(Wait)
        case EventKind.RESOLVED | EventKind.DONE:
            return EventKind.CLOSED in after
        case EventKind.HOLD_ENDED:
            return EventKind.LAPSED in after
        case EventKind.REMINDED | EventKind.TURN_REMINDED:  # an officer's due instant, which is no longer so
            of_the_tier = not asked and told.get("reason", Wait.PERMISSION) == Wait.PERMISSION
            return of_the_tier and any(one.kind == EventKind.ESCALATED and one.task_id == line.task_id for one in then)
        case EventKind.NOT_REPAIRED | EventKind.REOPENED:  # a stage is given out anew
            return row.kind != Kind.COMPLAINT
        case EventKind.OBJECTED:
            return row.kind != Kind.COMPLAINT or bool(after & {EventKind.ESCALATED, EventKind.BEYOND})
        case EventKind.DECLINED:  # the consumer's word stands, and nobody was asked
            return EventKind.PRESENT in kinds
        case EventKind.REFUND_DUE:
            return not told["amount"]
        case EventKind.STAGE_DONE:  # said in words of its own
            at_once = any(one.kind == EventKind.ASSIGNED and one.task_id == line.task_id for one in lines)
            return "amount" not in told and (at_once or bool(kinds & PAID_OR_TO_PAY) or "put_right" in told)
    return False
