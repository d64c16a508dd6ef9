"""What an applicant, or somebody for him, may do with a connection request beyond what everybody may: papers, dates, money, a complaint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules.case import Note, NoteState, Paper, Payment, Taking, Wait
from rules.clocks import settle
from rules.completeness import judge_completeness, lacking
from rules.endings import refund_what_is_too_much
from rules.escalation import escalate
from rules.given import instant, need, short, whole
from rules.papers import DocumentState
from rules.procedure import Does
from rules.request import ANSWERABLE, CONSUMER, HANDLER, Sent, Task
from rules.stage_acts import missed_by
from rules.stages import chosen_end, chosen_start, finish, go_on, offer_slots, procedure_of, wait_for_visit
from rules.states import WORKED
from rules.terms import Act, Actor, Cause, EventKind, NoticeKind, Refused, State
from rules.turn import Refusal, Turn

OTHER = "other"
"""What is chosen when none of the dates will do."""


def at_stage(turn: Turn, does: Does) -> None:
    """Let what follows concern the open stage that does this; Refusal(NOT_THIS_STAGE) if none is open."""
    task = open_at(turn, does)
    if task is None:
        raise Refusal(Refused.NOT_THIS_STAGE)
    turn.focus(task.id)


def open_at(turn: Turn, does: Does) -> Task | None:
    """The open task of the stage that does this, if one is open."""
    stages = procedure_of(turn).stages
    return next((task for task in turn.request.open_tasks if stages[task.stage].does is does), None)


def document(turn: Turn, sent: Sent) -> None:
    """A document for a paper that is wanted and not yet good; with the last of them it is the office's turn again."""
    code, id = short(sent, "paper"), str(sent.data.get("document") or "")
    at_stage(turn, Does.DOCUMENTS)
    case = turn.request.case
    before = case.paper(code)
    accepted = before is not None and before.state is DocumentState.ACCEPTED
    wanted = procedure_of(turn).wanted(turn.request.application)
    need(bool(id) and code in wanted and not accepted, Refused.NOT_ASKED_FOR)
    if before is not None:
        before.state = DocumentState.REPLACED
    case.papers.append(Paper(id, code, DocumentState.WAITING))
    turn.event(EventKind.PAPER, paper=code)
    if not lacking(procedure_of(turn), turn.request) and _waits_for(turn, Wait.PAPERS):
        go_on(turn)
        turn.tell(NoticeKind.RESUMED, HANDLER, reason=Wait.PAPERS, due=turn.task.due)
    judge_completeness(turn, turn.at)


def _waits_for(turn: Turn, *why: Wait) -> bool:
    return turn.task.hold is not None and turn.task.hold.reason in why


def slot(turn: Turn, sent: Sent) -> None:
    """One of the offered dates, or other ones; what somebody else took meanwhile is refused."""
    at_stage(turn, Does.VISIT)
    key = sent.data.get("slot")
    if key == OTHER:
        need(turn.task.data.get("slot") is None)
        return _other_dates(turn)
    offered = next((slot for slot in turn.task.data.get("slots", ()) if slot["key"] == key), None)
    need(offered is not None, Refused.UNKNOWN_CODE)
    need(key not in turn.whole.taken and turn.task.data.get("slot") is None, Refused.SLOT_TAKEN)
    go_on(turn)
    turn.task.data["slot"] = offered
    turn.request.case.takings.append(Taking("slot", str(key), turn.at))
    start = chosen_start(turn)
    need(start is not None and start > turn.at, Refused.SLOT_TAKEN)
    wait_for_visit(turn, start or turn.at)
    turn.event(EventKind.SLOT_CHOSEN, slot=offered)
    turn.tell(NoticeKind.SLOT_CHOSEN, CONSUMER, HANDLER, slot=offered)
    return None


def _other_dates(turn: Turn) -> None:
    """Other dates are offered; how long he may take to choose does not grow by it."""
    hold = turn.task.hold
    last = max((str(slot["start"]) for slot in turn.task.data.get("slots", ())), default=None)
    offer_slots(turn, held=False, beyond=last)
    if hold is None:
        settle(turn)


def missed(turn: Turn, sent: Sent) -> None:
    """Nobody came: a new date, while the clock runs; the second time it goes a tier up as well."""
    at_stage(turn, Does.VISIT)
    end = chosen_end(turn)
    need(end is not None and end <= turn.at, Refused.TOO_EARLY)
    missed_by(turn, "office", held=False)


def pay(turn: Turn, sent: Sent) -> None:
    """Money for a demand note of this request: in part, in full, too much or too late, it is written down and counts."""
    number, amount, id = short(sent, "note"), whole(sent, "amount"), str(sent.data.get("payment") or "")
    case = turn.request.case
    need(any(note.number == number for note in case.notes), Refused.WRONG_NOTE)
    need(bool(amount and id) and all(payment.id != id for payment in case.payments), Refused.OUT_OF_RANGE)
    by = "bank" if sent.actor is Actor.SYSTEM else "counter"
    case.payments.append(Payment(id, amount or 0, turn.at, by, number))
    note = case.note
    if note is not None and note.state is NoteState.EXPIRED and in_time(note, sent) and case.to_pay == 0:
        note.state = NoteState.OPEN  # it was paid while it was good, and we heard of it late
    late = note is None or note.state is NoteState.EXPIRED
    told: dict[str, Any] = {"note": number, "amount": amount, "to_pay": case.to_pay, "late": late or None}
    turn.event(EventKind.PAID, **told)
    turn.tell(NoticeKind.PAID, CONSUMER, **told)
    if note is not None and note.state is NoteState.OPEN and case.to_pay == 0:
        note.state = NoteState.PAID
        _paid(turn)
    if note is None or note.state is not NoteState.EXPIRED:
        refund_what_is_too_much(turn)


def in_time(note: Note | None, sent: Sent) -> bool:
    """Whether money was paid while this demand note was good, whenever we heard of it."""
    paid = instant(sent, "paid_at")
    return note is not None and paid is not None and (note.expires_at is None or paid <= note.expires_at)


def _paid(turn: Turn) -> None:
    """The stage that waits for the money is done; where it has not opened yet, it will be at once."""
    task = open_at(turn, Does.PAYMENT)
    if task is not None:
        turn.focus(task.id)
        finish(turn)


def claim(turn: Turn, sent: Sent) -> None:
    """He asks for what he paid before his request lapsed."""
    need(turn.request.state is State.LAPSED and turn.request.case.surplus > 0)
    refund_what_is_too_much(turn)


def complain(turn: Turn, sent: Sent) -> None:
    """A complaint about the request itself (late, wrong demand note): kept with it, and the next tier answers, once a tier.

    A demand note may be wrong while it waits to be paid; no other wait for the applicant is the office's to answer for.
    """
    need(turn.request.state in WORKED)
    need(sent.words, Refused.OUT_OF_RANGE)
    turn.request.repeats += 1
    most_urgent(turn)
    task = turn.task
    turn.event(EventKind.COMPLAINED, times=turn.request.repeats)
    turn.tell(NoticeKind.COMPLAINED, HANDLER, ANSWERABLE)
    office = task.hold is None or task.hold.reason == Wait.PAYMENT
    if office and task.data.get("complained") != task.tier and escalate(turn, Cause.COMPLAINT):
        task.data["complained"] = task.tier


def most_urgent(turn: Turn) -> None:
    """Let what follows concern the open stage that is the office's turn and falls due first; any open one if none is."""

    def due(task: Task) -> tuple[bool, bool, str]:
        return (task.hold is not None, task.due is None, task.due.isoformat() if task.due else "")

    turn.focus(min(turn.request.open_tasks, key=due).id)


ACTS: Mapping[Act, Callable[[Turn, Sent], None]] = {
    Act.DOCUMENT: document,
    Act.SLOT: slot,
    Act.MISSED: missed,
    Act.COMPLAIN: complain,
    Act.CLAIM: claim,
}
