"""What an officer may do with a request, each with what makes it illegal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from rules import stage_acts
from rules.assignment import choose
from rules.case import Wait
from rules.clocks import after, in_the_last_tenth, settle
from rules.closing import ask, closed
from rules.corrections import correct, raise_to_safety
from rules.decisions import annul_last_hold, decide
from rules.escalation import escalate, in_seat
from rules.given import instant, known, need
from rules.proposals import none_pending
from rules.recovery import recovery_held
from rules.rejections import reject
from rules.request import CONSUMER, HANDLER, UNDER_QUESTION, Hold, Sent
from rules.states import OPEN, WORKED
from rules.terms import Act, Cause, Closing, EventKind, NoticeKind, Proposal, Refused, State
from rules.transfers import transfer
from rules.turn import Refusal, Turn


def by_officer(turn: Turn, sent: Sent) -> None:
    """Do one officer's act; Refusal if he may not, or the state does not allow it."""
    if sent.act in {Act.AGREE, Act.DISAGREE}:
        need(turn.request.state in WORKED)
        return decide(turn, sent, agreed=sent.act is Act.AGREE)
    if sent.act is Act.RAISE:
        need(turn.request.state in WORKED and turn.whole.procedure is None)
        return raise_to_safety(turn, sent)
    act = _acts(turn).get(sent.act)
    if act is None:
        raise Refusal(Refused.ILLEGAL)
    if sent.post not in {turn.task.handler, turn.task.answerable} and not (sent.act is Act.GIVE and _above(turn, sent)):
        raise Refusal(Refused.NOT_YOURS)
    if sent.act not in WRITING:
        need(being_worked(turn))
    act(turn, sent)
    if sent.act not in PASSING_ON:
        turn.request.wrote_at = None
    return _taken_up(turn, sent)


def _above(turn: Turn, sent: Sent) -> bool:
    """Whether the sender's post answers higher up for this: who has too much to do is no reason to wait until it climbs."""
    return any(seat.post == sent.post for rung in turn.ground.rungs[turn.task.tier :] for seat in rung.seats)


def _acts(turn: Turn) -> Mapping[Act, Callable[[Turn, Sent], None]]:
    """What an officer may do with this task."""
    if turn.aside:
        return BESIDE
    return ACTS if turn.whole.procedure is None else AT_A_STAGE


def being_worked(turn: Turn) -> bool:
    """Whether there is something to do: for a complaint by its state, for any other task while it is open."""
    of_a_complaint = turn.whole.procedure is None and not turn.aside
    return turn.request.state in WORKED if of_a_complaint else turn.task.done_at is None


def _taken_up(turn: Turn, sent: Sent) -> None:
    """Any first act accepts."""
    if turn.task.accepted_at is None and being_worked(turn) and sent.act not in PASSING_ON:
        turn.task.accepted_at = turn.at
        if turn.request.state is State.ASSIGNED and not turn.aside:
            turn.to(State.IN_PROGRESS)


WRITING = frozenset({Act.NOTE, Act.MESSAGE})
"""Acts that move nothing, and are open while the consumer is asked as well."""

ENDED_BY_DOING = frozenset({UNDER_QUESTION, Wait.PAPERS, Wait.SLOT, Wait.VISIT, Wait.PAYMENT, Wait.PERMISSION})
"""Pauses that end by what they wait for, not by somebody's word."""

PASSING_ON = frozenset({Act.ESCALATE, Act.TRANSFER, Act.CORRECT, Act.REJECT, Act.GIVE, Act.REASSIGN})
"""Acts by which somebody passes work on; they do not take it up, and what the consumer wrote waits for the next one."""


def _accept(turn: Turn, sent: Sent) -> None:
    need(turn.task.accepted_at is None)
    turn.event(EventKind.ACCEPTED)


def _note(turn: Turn, sent: Sent) -> None:
    need(sent.words, Refused.OUT_OF_RANGE)
    turn.event(EventKind.NOTED, public=False)


def _message(turn: Turn, sent: Sent) -> None:
    """Write to the consumer. Nobody writes to a number whose holder said that it is not his."""
    need(turn.request.state in OPEN)
    need(sent.words, Refused.OUT_OF_RANGE)
    need(not turn.request.contact_refused, Refused.MESSAGES_STOPPED)
    turn.event(EventKind.MESSAGED)
    turn.tell(NoticeKind.MESSAGE, CONSUMER)


def _expect(turn: Turn, sent: Sent) -> None:
    until, reason = instant(sent, "until"), known(sent.data.get("reason"), turn.ground.expected_reasons)
    latest = after(turn.ground.limits.expected_ahead, turn.at)
    need(until is not None and turn.at < until <= latest, Refused.OUT_OF_RANGE)
    turn.request.expected_at, turn.request.expected_reason = until, reason
    turn.event(EventKind.EXPECTED, until=until, reason=reason)
    turn.tell(NoticeKind.EXPECTED, CONSUMER, expected_at=until, reason=reason)


def _hold(turn: Turn, sent: Sent) -> None:
    request, ground = turn.request, turn.ground
    need(not request.safety, Refused.NOT_FOR_SAFETY)
    need(ground.timing.holdable, Refused.NOT_HOLDABLE)
    reason = known(sent.data.get("reason"), ground.hold_reasons)
    none_pending(turn)
    need(turn.open_hold is None)
    held_before = [hold for hold in turn.task.holds if hold.stops_standard and hold.reason not in set(Wait)]
    from_above = turn.task.tier > 1 and sent.post == turn.task.answerable != turn.task.handler
    if held_before and not from_above:
        raise Refusal(Refused.HOLD_LIMIT)
    longest = after(ground.holds.get(reason, ground.limits.hold_limit), turn.at)
    used = sum(((hold.end or turn.at) - hold.start for hold in held_before), timedelta())
    longest = min(longest, after(ground.limits.hold_total, turn.at) - used)
    limit = instant(sent, "limit") or longest
    need(turn.at < limit <= longest, Refused.HOLD_LIMIT)
    late = in_the_last_tenth(turn) or None
    written = bool(sent.words) or None
    turn.to(State.ON_HOLD)
    turn.task.holds.append(Hold(reason, turn.at, limit_at=limit, author=sent.person))
    turn.event(EventKind.HELD, reason=reason, limit=limit, late=late, written=written)
    turn.tell(NoticeKind.HELD, CONSUMER, reason=reason, limit=limit, written=written)


def _resume(turn: Turn, sent: Sent) -> None:
    end_hold(turn, EventKind.RESUMED)


def end_hold(turn: Turn, kind: EventKind, claim: str | None = None) -> None:
    """End the open hold now: both clocks go on, the held time given back."""
    hold = turn.open_hold
    if hold is None or hold.reason in ENDED_BY_DOING:
        raise Refusal(Refused.ILLEGAL)
    hold.end = turn.at
    turn.to(State.IN_PROGRESS)
    turn.event(kind, reason=hold.reason, claim=claim)
    settle(turn)
    turn.tell(NoticeKind.RESUMED, CONSUMER, HANDLER, reason=hold.reason, due=turn.task.due)


def _resolve(turn: Turn, sent: Sent) -> None:
    put_right = instant(sent, "put_right")
    cause = known(sent.data.get("cause"), turn.ground.causes)
    need(sent.words, Refused.OUT_OF_RANGE)
    need(put_right is not None and denied_last(turn) <= put_right <= turn.at, Refused.OUT_OF_RANGE)
    resolve(turn, put_right or turn.at, cause)
    if turn.ground.timing.confirm is None:
        closed(turn, Closing.NOT_ASKED)
    else:
        ask(turn, turn.ground.timing.confirm)


def resolve(turn: Turn, put_right: datetime, cause: str | None) -> None:
    """Mark a request put right at `put_right`; from here its tier's clock stands still."""
    request = turn.request
    if (hold := turn.open_hold) is not None:
        hold.end = turn.at
    turn.to(State.RESOLVED)
    turn.task.holds.append(Hold(UNDER_QUESTION, turn.at, stops_standard=False))
    request.resolved_at, request.put_right_at, request.resolution_cause = turn.at, put_right, cause
    if request.proposal.get("what") == Proposal.HOLD:
        annul_last_hold(turn)  # nobody judged it in time: the consumer's word stands
    request.question_number, request.confirm_by = None, None
    request.proposal, request.call_back_at = {}, None
    request.expected_at = request.expected_reason = None
    turn.event(EventKind.RESOLVED, put_right=put_right, cause=cause)


def denied_last(turn: Turn) -> datetime:
    """The instant from which it was certainly not put right: registered, or last denied by the consumer."""
    ends = [hold.end for hold in turn.task.holds if hold.reason == UNDER_QUESTION and hold.end is not None]
    return max([turn.request.registered_at, *ends])


def _take_over(turn: Turn, sent: Sent) -> None:
    need(sent.post == turn.task.answerable and sent.post != turn.task.handler)
    hand_to(turn, str(sent.post), EventKind.TAKEN_OVER)


def _give(turn: Turn, sent: Sent) -> None:
    post = sent.data.get("post")
    above = {seat.post for rung in turn.ground.rungs[turn.task.tier :] for seat in rung.seats}
    if not isinstance(post, str) or post not in turn.ground.receivers - above or post == turn.task.handler:
        raise Refusal(Refused.NO_SUCH_POST)
    hand_to(turn, post, EventKind.GIVEN)
    turn.tell(NoticeKind.ASSIGNED, HANDLER)


def _reassign(turn: Turn, sent: Sent) -> None:
    filled = [candidate for candidate in turn.ground.candidates if candidate.filled]
    post = choose(filled, (turn.task.handler,))
    if post is None:
        raise Refusal(Refused.NO_SUCH_POST)
    hand_to(turn, post, EventKind.GIVEN)
    turn.tell(NoticeKind.ASSIGNED, HANDLER)


def hand_to(turn: Turn, post: str, kind: EventKind) -> None:
    """Make `post` the handler; the due instant does not move. At the first tier the handler is the one who answers."""
    task = turn.task
    before, task.handler = task.handler, post
    if task.answerable == before and task.tier == 1:
        task.answerable, task.answerable_person = post, in_seat(turn, post)
    turn.event(kind, from_post=before, post=post)


def _direct(turn: Turn, sent: Sent) -> None:
    need(sent.post == turn.task.answerable and sent.post != turn.task.handler)
    need(sent.words, Refused.OUT_OF_RANGE)
    by = instant(sent, "by")
    need(by is None or by > turn.at, Refused.OUT_OF_RANGE)
    turn.event(EventKind.DIRECTED, post=turn.task.handler, by=by, public=False)
    turn.tell(NoticeKind.DIRECTED, HANDLER, by=by)


def _escalate(turn: Turn, sent: Sent) -> None:
    need(sent.words, Refused.OUT_OF_RANGE)
    need(turn.open_hold is None)
    if not escalate(turn, Cause.OFFICER):
        raise Refusal(Refused.AT_THE_TOP)


ACTS: Mapping[Act, Callable[[Turn, Sent], None]] = {
    Act.ACCEPT: _accept,
    Act.NOTE: _note,
    Act.MESSAGE: _message,
    Act.EXPECT: _expect,
    Act.HOLD: _hold,
    Act.RESUME: _resume,
    Act.RESOLVE: _resolve,
    Act.TAKE_OVER: _take_over,
    Act.GIVE: _give,
    Act.REASSIGN: _reassign,
    Act.DIRECT: _direct,
    Act.ESCALATE: _escalate,
    Act.CORRECT: correct,
    Act.TRANSFER: transfer,
    Act.REJECT: reject,
}

OF_A_COMPLAINT = frozenset({Act.RESOLVE, Act.CORRECT, Act.TRANSFER})

AT_A_STAGE: Mapping[Act, Callable[[Turn, Sent], None]] = {
    **{act: do for act, do in ACTS.items() if act not in OF_A_COMPLAINT},
    **stage_acts.ACTS,
}
"""What an officer may do at a stage of a connection request."""

BESIDE: Mapping[Act, Callable[[Turn, Sent], None]] = {
    **{act: ACTS[act] for act in (Act.ACCEPT, Act.NOTE, Act.GIVE, Act.TAKE_OVER, Act.DIRECT, Act.ESCALATE)},
    Act.FINISH: recovery_held,
}
"""What an officer may do with the task that holds recovery."""
