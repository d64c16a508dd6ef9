"""What a consumer may do with his request: say it is back, confirm, deny, reopen, withdraw, send it up, add to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules import applicant_acts
from rules.applicant_acts import most_urgent
from rules.calls import TAKES_CALLS, called_again, change_phone, not_mine
from rules.closing import closed
from rules.decisions import annul_last_hold
from rules.endings import end_tasks, withdrawn
from rules.endings import reopen as done_again
from rules.escalation import barred, beyond, escalate, next_above, overdue, rise
from rules.given import need
from rules.ladder import answers
from rules.officer_acts import ENDED_BY_DOING, end_hold, resolve
from rules.papers import PHOTO
from rules.policy import UNPLACED
from rules.proposals import ask_post
from rules.rejections import object_to
from rules.request import ANSWERABLE, CONSUMER, HANDLER, UNDER_QUESTION, Sent
from rules.safety import ring_anew
from rules.states import ASKED, OPEN, WORKED
from rules.terms import Act, Cause, Closing, EventKind, NoticeKind, Proposal, Refused, State
from rules.transfers import transfer
from rules.turn import Refusal, Turn

WAS_THERE = "was_there"
"""What a consumer claims who says it was not his turn; the other claim is that he has done it."""


def by_consumer(turn: Turn, sent: Sent) -> None:
    """Do one act of the consumer; Refusal if the state does not allow it."""
    act = (ACTS if turn.whole.procedure is None else AN_APPLICANTS).get(sent.act)
    if act is None:
        raise Refusal(Refused.ILLEGAL)
    act(turn, sent)


def answers_the_question(turn: Turn, sent: Sent) -> None:
    """Refuse an answer to a question that is no longer the one being asked."""
    asked = sent.data.get("question")
    if asked is not None and asked != turn.request.question_number:
        raise Refusal(Refused.STALE)


def _confirm(turn: Turn, sent: Sent) -> None:
    answers_the_question(turn, sent)
    need(turn.request.state in ASKED)
    closed(turn, Closing.WORD)


def _supply_back(turn: Turn, sent: Sent) -> None:
    """It ends what is about the supply; that a light burns again says nothing of a bill, or of a wire that lies there."""
    need(not turn.request.safety, Refused.NOT_FOR_SAFETY)
    need(turn.whole.timing.supply, Refused.NOT_ABOUT_SUPPLY)
    need(turn.request.state in OPEN)
    if turn.request.state is not State.RESOLVED:
        resolve(turn, turn.at, None)
    closed(turn, Closing.WORD)


def _solved(turn: Turn, sent: Sent) -> None:
    """Put right in the first contact, before anybody took it up; only who spoke with the consumer may say so."""
    request = turn.request
    need(sent.rights == TAKES_CALLS, Refused.NOT_YOURS)
    need(not request.safety, Refused.NOT_FOR_SAFETY)
    need(request.state in (State.RECEIVED, State.ASSIGNED) and not request.confidential)
    need(not (request.repeats or request.reopened or turn.task.accepted_at))
    need(sent.words, Refused.OUT_OF_RANGE)
    resolve(turn, turn.at, None)
    closed(turn, Closing.FIRST_CONTACT)


def _not_repaired(turn: Turn, sent: Sent) -> None:
    answers_the_question(turn, sent)
    need(turn.request.state in ASKED)
    _back_to_work(turn, EventKind.NOT_REPAIRED, NoticeKind.NOT_REPAIRED, Cause.NOT_REPAIRED)


def _reopen(turn: Turn, sent: Sent) -> None:
    request = turn.request
    need(request.state is State.CLOSED and request.reopen_until is not None)
    need(
        request.reopen_until is not None and turn.at < request.reopen_until and not request.over,
        Refused.REOPENING_PAST,
    )
    request.closed_at = request.closing = request.reopen_until = request.within_standard = None
    request.reopened += 1
    if turn.whole.procedure is None:
        turn.task.done_at = None
    _back_to_work(turn, EventKind.REOPENED, NoticeKind.REOPENED, Cause.REOPENED)


def _back_to_work(turn: Turn, kind: EventKind, notice: NoticeKind, cause: Cause) -> None:
    """As though it had never been resolved: the next tier answers, and at the top the forum is shown."""
    request = turn.request
    for hold in turn.task.holds:
        if hold.reason == UNDER_QUESTION and hold.end is None:
            hold.end = turn.at
    request.resolved_at = request.put_right_at = request.resolution_cause = None
    request.confirm_by = request.question_number = request.question_delivered_at = request.call_back_at = None
    turn.to(State.IN_PROGRESS if turn.whole.procedure is None else State.COMPLETE)
    turn.event(kind)
    if turn.whole.procedure is not None:
        return done_again(turn)
    above = next_above(turn)
    if above is None:
        turn.tell(notice, HANDLER, ANSWERABLE, beyond=overdue(turn))
    else:
        turn.tell(notice, HANDLER)
    if not rise(turn, above, cause) and turn.task.beyond_at is None:
        beyond(turn, None)
    if request.safety:
        ring_anew(turn)
    return None


def _present(turn: Turn, sent: Sent) -> None:
    """He was there, or has done it: both clocks go on; one he says was never his turn is judged by the next tier."""
    if turn.whole.procedure is not None:
        _at_the_stage_that_waits(turn)
    contested = sent.data.get("claim") == WAS_THERE
    end_hold(turn, EventKind.PRESENT, claim=WAS_THERE if contested else None)
    turn.tell(NoticeKind.RESUMED, ANSWERABLE, due=turn.task.due)
    if contested and not turn.request.proposal:
        _contest_the_hold(turn)


def _at_the_stage_that_waits(turn: Turn) -> None:
    """Let what follows concern the open stage whose wait his word ends, whatever else is open."""
    for task in turn.request.open_tasks:
        if task.hold is not None and task.hold.reason not in ENDED_BY_DOING:
            return turn.focus(task.id)
    return None


def _contest_the_hold(turn: Turn) -> None:
    """The next tier judges it; where only he could who put it there, the consumer's word stands."""
    task = turn.task
    author = next((hold.author for hold in reversed(task.holds) if hold.stops_standard), None)
    found = answers(turn.ground.rungs, task.tier + 1, turn.at, barred(turn))
    if found is None and author is not None and author == task.answerable_person:
        annul_last_hold(turn)
        turn.event(EventKind.DECLINED, what=Proposal.HOLD)
        return
    ask_post(turn, Proposal.HOLD, task.answerable if found is None else found.post)
    turn.request.proposal["by"] = author


def _withdraw(turn: Turn, sent: Sent) -> None:
    need(turn.request.state in OPEN)
    handling = [task.id for task in turn.request.open_tasks]
    for hold in turn.request.holds:
        hold.end = hold.end or turn.at
    turn.to(State.WITHDRAWN)
    if turn.whole.procedure is not None:
        end_tasks(turn)
    turn.close(Closing.WITHDRAWN)
    turn.request.over = True
    turn.request.proposal, turn.request.call_back_at = {}, None
    turn.event(EventKind.WITHDRAWN, reason=sent.data.get("reason"))
    turn.tell(NoticeKind.WITHDRAWN, CONSUMER)
    turn.tell_handlers(NoticeKind.WITHDRAWN, handling)
    if turn.whole.procedure is not None:
        withdrawn(turn)


def _escalate(turn: Turn, sent: Sent) -> None:
    request = turn.request
    need(request.state in WORKED)
    if turn.whole.procedure is not None:
        most_urgent(turn)
    need(turn.open_hold is None)
    lapsed = request.standard_lapsed_at is not None
    if not lapsed and (request.standard_due is None or turn.at < request.standard_due):
        raise Refusal(Refused.TOO_EARLY)
    if not escalate(turn, Cause.CONSUMER):
        raise Refusal(Refused.AT_THE_TOP)


def _add(turn: Turn, sent: Sent) -> None:
    need(turn.request.state in OPEN and sent.words)
    turn.event(EventKind.ADDED, public=False)
    turn.request.wrote_at = turn.request.wrote_at or turn.at


def _photo(turn: Turn, sent: Sent) -> None:
    """A photo of what is broken: something he added, without words."""
    document = sent.data.get("document")
    need(turn.request.state in OPEN and isinstance(document, str) and sent.data.get("paper") == PHOTO)
    turn.event(EventKind.ADDED, public=False, document=document)
    turn.request.wrote_at = turn.request.wrote_at or turn.at


def _placed(turn: Turn, sent: Sent) -> None:
    """He says where it is, of which nobody knew the place; only who spoke with him may say so."""
    need(sent.rights == TAKES_CALLS, Refused.NOT_YOURS)
    need(turn.request.area_class == UNPLACED and turn.request.state in WORKED)
    transfer(turn, sent)


ACTS: Mapping[Act, Callable[[Turn, Sent], None]] = {
    Act.CONFIRM: _confirm,
    Act.SUPPLY_BACK: _supply_back,
    Act.SOLVED: _solved,
    Act.TRANSFER: _placed,
    Act.NOT_REPAIRED: _not_repaired,
    Act.REOPEN: _reopen,
    Act.PRESENT: _present,
    Act.WITHDRAW: _withdraw,
    Act.ESCALATE: _escalate,
    Act.ADD: _add,
    Act.DOCUMENT: _photo,
    Act.OBJECT: object_to,
    Act.CALLED_AGAIN: called_again,
    Act.NOT_MINE: not_mine,
    Act.CHANGE_PHONE: change_phone,
}

AN_APPLICANTS: Mapping[Act, Callable[[Turn, Sent], None]] = {
    **{act: do for act, do in ACTS.items() if act not in (Act.SUPPLY_BACK, Act.SOLVED, Act.TRANSFER)},
    **applicant_acts.ACTS,
}
"""What an applicant may do with a connection request."""
