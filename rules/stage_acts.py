"""What an officer may do at a stage: end it with what it asks for, find faults in papers, say a visit did not happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rules.case import Fault, Line, Note, NoteState, Payment, Taking, Wait
from rules.clocks import after
from rules.completeness import judge_completeness, lacking
from rules.endings import let_go, over, refund_what_is_too_much
from rules.escalation import escalate
from rules.fees import DUES, lines_of
from rules.given import instant, need, short, whole
from rules.papers import DocumentState
from rules.procedure import REFUSED, Billed, Does
from rules.rejections import reject
from rules.request import ANSWERABLE, CONSUMER, HANDLER, Sent
from rules.stages import await_payment, chosen_start, finish, go_on, load_of, offer_slots, procedure_of, stage_of, wait
from rules.terms import Act, Cause, EventKind, NoticeKind, Refused
from rules.turn import Turn


def end_stage(turn: Turn, sent: Sent) -> None:
    """End the stage with what it asks for."""
    FINISHES[stage_of(turn).does](turn, sent)


def _checked(turn: Turn, sent: Sent) -> None:
    """Every wanted paper is good."""
    need(not lacking(procedure_of(turn), turn.request), Refused.NOT_COMPLETE)
    for code in procedure_of(turn).wanted(turn.request.application):
        paper = turn.request.case.paper(code)
        if paper is not None:
            paper.state = DocumentState.ACCEPTED
    judge_completeness(turn, turn.at)
    finish(turn)


def fault(turn: Turn, sent: Sent) -> None:
    """Some papers do not do: those not named are accepted, and the applicant is told what is missing or wrong with which.

    What was accepted stays so: an application does not become incomplete again by what nobody handed in anew.
    """
    need(stage_of(turn).does is Does.DOCUMENTS, Refused.NOT_THIS_STAGE)
    named = sent.data.get("faults")
    faults = named if isinstance(named, dict) else {}
    codes = procedure_of(turn).wanted(turn.request.application)
    need(all(code in codes and found in set(Fault) for code, found in faults.items()), Refused.UNKNOWN_CODE)
    for code in codes:
        paper = turn.request.case.paper(code)
        need(paper is None or code not in faults or paper.state is not DocumentState.ACCEPTED)
        if paper is not None and code in faults:
            paper.state, paper.fault = DocumentState.FAULTED, Fault(faults[code])
        elif paper is not None and paper.state is DocumentState.WAITING:
            paper.state = DocumentState.ACCEPTED
    wrong = {code: found.value for code, found in lacking(procedure_of(turn), turn.request).items()}
    need(bool(wrong), Refused.OUT_OF_RANGE)
    judge_completeness(turn, turn.at)
    go_on(turn)
    turn.event(EventKind.DEFICIENT, faults=wrong)
    wait(turn, Wait.PAPERS)
    hold = turn.task.hold
    turn.tell(NoticeKind.DEFICIENT, CONSUMER, faults=wrong, limit=hold and hold.limit_at)


def _checklist(turn: Turn, sent: Sent) -> list[str]:
    ticked = sent.data.get("checks")
    checks = ticked if isinstance(ticked, list) else []
    need(set(stage_of(turn).checklist) <= set(checks), Refused.NOT_COMPLETE)
    return [check for check in stage_of(turn).checklist if check in checks]


def _visited(turn: Turn, sent: Sent) -> None:
    checks = _checklist(turn, sent)
    let_go(turn, "slot")
    finish(turn, checks=checks)


def missed(turn: Turn, sent: Sent) -> None:
    """The applicant was not there: a new date; the second time it goes a tier up as well."""
    start = chosen_start(turn)
    need(stage_of(turn).does is Does.VISIT, Refused.NOT_THIS_STAGE)
    need(start is not None and start <= turn.at, Refused.TOO_EARLY)
    missed_by(turn, "applicant", held=True)


def missed_by(turn: Turn, side: str, *, held: bool) -> None:
    """A visit did not happen because of this side; the clocks wait for a new date only where it was the applicant."""
    task = turn.task
    times = int(task.data.get(f"missed_{side}", 0)) + 1
    task.data[f"missed_{side}"] = times
    go_on(turn)
    let_go(turn, "slot")
    turn.event(EventKind.VISIT_MISSED, by=side, times=times)
    turn.tell(NoticeKind.VISIT_MISSED, *VISIT_MISSED_TOLD[side], by=side, times=times)
    if times > 1:
        escalate(turn, Cause.MISSED)
    offer_slots(turn, why=Wait.NO_ACCESS, held=held)


VISIT_MISSED_TOLD = {"applicant": (CONSUMER,), "office": (CONSUMER, HANDLER, ANSWERABLE)}
"""Who is told that a visit did not happen: the office too, where only the applicant knows it."""


def _decided(turn: Turn, sent: Sent) -> None:
    outcome = sent.data.get("outcome")
    need(outcome in stage_of(turn).outcomes, Refused.UNKNOWN_CODE)
    if outcome == REFUSED:
        return reject(turn, sent)
    return finish(turn, str(outcome))


def _issued(turn: Turn, sent: Sent) -> None:
    estimate = whole(sent, "estimate") or 0
    applicant = str(turn.request.application.get("applicant", ""))
    _new_note(turn, lines_of(procedure_of(turn), load_of(turn), applicant, estimate))
    finish(turn)
    refund_what_is_too_much(turn)


def _new_note(turn: Turn, lines: list[Line]) -> None:
    """Issue a demand note; what was paid already counts for it, and one before it no longer does."""
    request, valid, total = turn.request, procedure_of(turn).note_valid, sum(line.amount for line in lines)
    for before in request.case.notes:
        if before.state is not NoteState.PAID:
            before.state = NoteState.CANCELLED
    number = f"{request.reference}-{len(request.case.notes) + 1}"
    expires = None if valid is None else after(valid, turn.at, turn.ground.calendar)
    note = Note(number, lines, total, turn.at, expires)
    request.case.notes.append(note)
    request.case.takings.append(Taking("note", number, turn.at))
    note.state = NoteState.OPEN if request.case.to_pay else NoteState.PAID
    told: dict[str, Any] = {"note": number, "total": total, "to_pay": request.case.to_pay, "expires_at": expires}
    turn.event(EventKind.NOTE_ISSUED, **told)
    turn.tell(NoticeKind.NOTE_ISSUED, CONSUMER, **told)


def reissue(turn: Turn, sent: Sent) -> None:
    """A new demand note for one that expired."""
    note = turn.request.case.note
    need(stage_of(turn).does is Does.PAYMENT, Refused.NOT_THIS_STAGE)
    need(note is not None and note.state is NoteState.EXPIRED)
    _new_note(turn, [] if note is None else list(note.lines))
    await_payment(turn)
    refund_what_is_too_much(turn)


def _not_by_hand(turn: Turn, sent: Sent) -> None:
    need(False, Refused.NOT_THIS_STAGE)


def _permitted(turn: Turn, sent: Sent) -> None:
    need(sent.words, Refused.OUT_OF_RANGE)
    finish(turn)


def _worked(turn: Turn, sent: Sent) -> None:
    finish(turn, checks=_checklist(turn, sent))


def _fitted(turn: Turn, sent: Sent) -> None:
    """A meter from stock, with its seal and first reading."""
    meter, seal, reading = short(sent, "meter"), short(sent, "seal"), whole(sent, "reading")
    need(bool(meter and seal) and reading is not None, Refused.OUT_OF_RANGE)
    mine = [taking for taking in turn.request.case.held if taking.what == "meter"]
    if not any(taking.key == meter for taking in mine):
        need(turn.whole.meter is not None, Refused.UNKNOWN_METER)
        need(turn.whole.meter == "stock", Refused.METER_TAKEN)
        let_go(turn, "meter")
        turn.request.case.takings.append(Taking("meter", meter, turn.at))
    finish(turn, checks=_checklist(turn, sent), meter=meter, seal=seal, reading=reading)


def _read(turn: Turn, sent: Sent) -> None:
    """The last reading; the meter comes back to stock."""
    meter, reading = short(sent, "meter"), whole(sent, "reading")
    need(reading is not None, Refused.OUT_OF_RANGE)
    if meter:
        need(turn.whole.meter is not None, Refused.UNKNOWN_METER)
        turn.returned.append(meter)
    finish(turn, checks=_checklist(turn, sent), meter=meter or None, reading=reading)


def _billed(turn: Turn, sent: Sent) -> None:
    """Dues less the security held: what is left is to be paid, or given back."""
    dues, security = whole(sent, "dues"), whole(sent, "security")
    need(dues is not None and security is not None, Refused.OUT_OF_RANGE)
    case = turn.request.case
    booked = sum(payment.amount for payment in case.payments if payment.by == "security")
    if security != booked:  # a bill made anew sets the same security off once
        case.payments.append(Payment(f"{turn.task.id}/security", (security or 0) - booked, turn.at, "security"))
    _new_note(turn, [Line(DUES, dues or 0)])
    finish(turn, Billed.DUE if case.to_pay else Billed.CREDIT if case.surplus else Billed.EVEN)
    refund_what_is_too_much(turn)


def _refunded(turn: Turn, sent: Sent) -> None:
    """The money went back."""
    need(sent.words, Refused.OUT_OF_RANGE)
    case = turn.request.case
    amount = case.surplus
    case.payments.append(Payment(turn.task.id, -amount, turn.at, "refund"))
    finish(turn, amount=amount)
    turn.tell(NoticeKind.PAID, CONSUMER, amount=-amount)
    if turn.request.closing is not None:
        over_unless_reopenable(turn)


def over_unless_reopenable(turn: Turn) -> None:
    """After an early end nothing is left to do; one closed in the usual way may still be reopened for a while."""
    if turn.request.reopen_until is None:
        over(turn)


def _certified(turn: Turn, sent: Sent) -> None:
    finish(turn, certificate=f"{turn.request.reference}-C")


def _handed_over(turn: Turn, sent: Sent) -> None:
    """It is done, at the instant given."""
    put_right = instant(sent, "put_right") or turn.at
    need(_certainly_not_before(turn) <= put_right <= turn.at, Refused.OUT_OF_RANGE)
    turn.request.put_right_at = put_right
    finish(turn, checks=_checklist(turn, sent), put_right=put_right)


def _certainly_not_before(turn: Turn) -> datetime:
    """The instant from which it was certainly not done: complete, or last denied by the applicant."""
    denied = [task.data["denied"] for task in turn.request.tasks if "denied" in task.data]
    since = turn.request.complete_at or turn.request.registered_at
    return max([since, *map(datetime.fromisoformat, denied)])


FINISHES: Mapping[Does, Callable[[Turn, Sent], None]] = {
    Does.DOCUMENTS: _checked,
    Does.VISIT: _visited,
    Does.DECISION: _decided,
    Does.NOTE: _issued,
    Does.PAYMENT: _not_by_hand,
    Does.PERMISSION: _permitted,
    Does.WORK: _worked,
    Does.METER: _fitted,
    Does.READING: _read,
    Does.BILL: _billed,
    Does.REFUND: _refunded,
    Does.CERTIFICATE: _certified,
    Does.HANDOVER: _handed_over,
}

ACTS: Mapping[Act, Callable[[Turn, Sent], None]] = {
    Act.FINISH: end_stage,
    Act.FAULT: fault,
    Act.MISSED: missed,
    Act.REISSUE: reissue,
}
