"""Rejection: proposed with a reason, decided a tier above with the clocks running, and objected to once."""

from __future__ import annotations

from datetime import datetime

from rules.clocks import after
from rules.endings import end_tasks, refund_what_is_too_much, taken_up_again, undo_all
from rules.escalation import beyond, escalate, overdue
from rules.given import need
from rules.proposals import ask_post, none_pending
from rules.request import ANSWERABLE, CONSUMER, HANDLER, UNDER_QUESTION, Hold, Sent
from rules.states import WORKED
from rules.terms import Cause, Closing, Codes, EventKind, NoticeKind, Proposal, Refused, State
from rules.turn import Refusal, Turn


def reject(turn: Turn, sent: Sent) -> None:
    """Propose to reject: the next tier answers at once and decides; the clocks run.

    At the top of a connection request's ladder the one who answers there decides: what cannot be built must come to an end.
    """
    task = turn.task
    need(turn.request.state in WORKED)
    reason = sent.data.get("reason")
    if turn.request.safety:
        raise Refusal(Refused.NOT_FOR_SAFETY)
    if not isinstance(reason, str) or reason not in turn.ground.reject_reasons:
        raise Refusal(Refused.UNKNOWN_CODE)
    if not sent.words:
        raise Refusal(Refused.OUT_OF_RANGE)
    if turn.open_hold is not None:
        raise Refusal(Refused.ILLEGAL)
    none_pending(turn)
    asked_above = turn.whole.procedure is not None and sent.post == task.handler != task.answerable
    if not escalate(turn, Cause.REJECTION, reason=reason) and not asked_above:
        raise Refusal(Refused.AT_THE_TOP)
    ask_post(turn, Proposal.REJECT, task.answerable, reason=reason)


def rejected(turn: Turn) -> None:
    """Rejected, with its reason; the consumer may object once while it may be reopened."""
    request = turn.request
    reason = request.proposal.get("reason")
    request.proposal = {}
    if (hold := turn.open_hold) is not None:
        hold.end = turn.at
    turn.to(State.REJECTED)
    handling = [task.id for task in request.open_tasks]
    if turn.whole.procedure is not None:
        undo_all(turn)
        end_tasks(turn)
    turn.close(Closing.REJECTED)
    request.reopen_until = after(turn.ground.limits.reopening_window, turn.at)
    told: Codes = {"reason": reason, "reopen_until": request.reopen_until}
    turn.event(EventKind.REJECTED, **told)
    turn.tell(NoticeKind.REJECTED, CONSUMER, **told)
    turn.tell_handlers(NoticeKind.REJECTED, handling, **told)
    if turn.whole.procedure is not None:
        refund_what_is_too_much(turn)


def object_to(turn: Turn, sent: Sent) -> None:
    """The consumer objects to a rejection, once: a tier up."""
    request = turn.request
    if request.state is not State.REJECTED:
        raise Refusal(Refused.ILLEGAL)
    if request.objected:
        raise Refusal(Refused.ONCE_ONLY)
    if request.over or request.reopen_until is None or turn.at >= request.reopen_until:
        raise Refusal(Refused.REOPENING_PAST)
    closed = request.closed_at
    request.objected = True
    request.closed_at = request.closing = request.reopen_until = None
    if turn.whole.procedure is not None:
        turn.event(EventKind.OBJECTED)
        return taken_up_again(turn)
    turn.task.done_at = None
    turn.to(State.IN_PROGRESS)
    _clock_stood(turn, closed)
    turn.event(EventKind.OBJECTED)
    if escalate(turn, Cause.OBJECTION):
        return None
    if turn.task.beyond_at is None:
        return beyond(turn, None)
    return turn.tell(NoticeKind.REOPENED, HANDLER, ANSWERABLE, beyond=overdue(turn))


def _clock_stood(turn: Turn, since: datetime | None) -> None:
    """The tier's clock stood while nobody had it to do."""
    if since is not None:
        turn.task.holds.append(Hold(UNDER_QUESTION, since, turn.at, stops_standard=False))
