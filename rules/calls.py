"""The telephone and the counter: what is taken from a consumer by word of mouth, and calling back whom no question reached."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from rules.clocks import after
from rules.closing import ask, closed
from rules.escalation import in_seat
from rules.request import ANSWERABLE, Sent
from rules.states import ASKED, OPEN
from rules.terms import Act, Closing, EventKind, NoticeKind, Refused
from rules.turn import Refusal, Turn

TAKES_CALLS = "take_calls"


class Ending(StrEnum):
    """How a call ends that needs no number: an answer was given at once, or it was nothing of ours."""

    ANSWERED = "answered"
    MEETING = "meeting"
    NOT_OURS = "not_ours"
    WRONG_NUMBER = "wrong_number"


FOR_THE_CONSUMER = frozenset(
    {
        Act.CONFIRM, Act.NOT_REPAIRED, Act.SUPPLY_BACK, Act.SOLVED, Act.WITHDRAW, Act.ADD, Act.PRESENT, Act.OBJECT, Act.REOPEN,
        Act.CALLED_AGAIN, Act.CHANGE_PHONE, Act.ESCALATE, Act.DOCUMENT, Act.SLOT, Act.MISSED, Act.COMPLAIN, Act.CLAIM,
        Act.TRANSFER,
    }
)  # fmt: skip
"""What the call centre and the counter may take from a consumer."""


def may_speak_for_him(turn: Turn, sent: Sent) -> None:
    """Refuse a consumer's answer taken by one who does the work, or some of it, or answers for it: nobody answers for the consumer there."""
    if sent.rights != TAKES_CALLS or sent.act not in FOR_THE_CONSUMER:
        raise Refusal(Refused.NOT_YOURS)
    _not_his_own_work(turn, sent)


def _not_his_own_work(turn: Turn, sent: Sent) -> None:
    focused = turn.focused
    for task in list(turn.request.tasks):
        turn.focus(task.id)
        own = {task.answerable_person, in_seat(turn, task.handler), *task.answered}
        if sent.person is not None and sent.person in own:
            raise Refusal(Refused.OWN_WORK)
    turn.focus(focused)


def call_back(turn: Turn, due: datetime | None) -> None:
    """No question reached the consumer, or it may not be closed by silence: somebody must telephone him."""
    request = turn.request
    request.confirm_by = None
    request.call_back_at = turn.at
    request.call_back_tries = 0
    request.called_at = None
    turn.event(EventKind.CALL_BACK, due=due)
    remind_later(turn)
    turn.tell(NoticeKind.CALL_BACK, ANSWERABLE)


def remind_later(turn: Turn) -> None:
    """When a call-back nobody made is spoken of again."""
    turn.request.call_back_at = after(turn.ground.limits.top_reminder, turn.at, turn.ground.calendar)


def not_called(turn: Turn, due: datetime) -> None:
    """The call-back is still to be made."""
    remind_later(turn)
    turn.event(EventKind.REMINDED, due=due, public=False, post=turn.task.answerable)
    turn.tell(NoticeKind.CALL_BACK, ANSWERABLE)


def called(turn: Turn, sent: Sent) -> None:
    """A try to call back that reached nobody; after enough tries at different hours it closes as unreached."""
    request, limits = turn.request, turn.ground.limits
    if sent.rights != TAKES_CALLS:
        raise Refusal(Refused.NOT_YOURS)
    _not_his_own_work(turn, sent)
    if request.state not in ASKED or request.call_back_at is None:
        raise Refusal(Refused.ILLEGAL)
    if request.called_at is not None and turn.at < after(limits.call_back_apart, request.called_at):
        raise Refusal(Refused.SAME_HOUR)
    request.call_back_tries += 1
    request.called_at = turn.at
    remind_later(turn)
    turn.event(EventKind.CALLED, tries=request.call_back_tries)
    if request.call_back_tries >= limits.call_back_tries:
        closed(turn, Closing.UNREACHED)


def called_again(turn: Turn, sent: Sent) -> None:
    """The consumer asked about it again: an event and a count on the request."""
    if turn.request.over or turn.request.state not in OPEN:
        raise Refusal(Refused.ILLEGAL)
    turn.request.repeats += 1
    turn.event(EventKind.CALLED_AGAIN, times=turn.request.repeats)


def not_mine(turn: Turn, sent: Sent) -> None:
    """One who got our messages says it is not his complaint: no more messages to that number, and somebody calls back."""
    request = turn.request
    if request.contact_refused:
        raise Refusal(Refused.ONCE_ONLY)
    request.contact_refused = True
    turn.event(EventKind.CONTACT_REFUSED)
    if request.state in ASKED and request.call_back_at is None:
        call_back(turn, None)


def change_phone(turn: Turn, sent: Sent) -> None:
    """Another number, said by the consumer; the old one is told, and what follows goes to the new one."""
    if not sent.words:
        raise Refusal(Refused.OUT_OF_RANGE)
    turn.event(EventKind.PHONE_CHANGED)
    if not turn.request.contact_refused:
        turn.tell(NoticeKind.PHONE_CHANGED, "consumer")
    turn.request.contact_refused = False
    procedure = turn.whole.procedure
    time = turn.ground.timing.confirm if procedure is None else procedure.confirm
    if turn.request.state in ASKED and turn.request.question_number is not None and time is not None:
        turn.request.call_back_at = None
        ask(turn, time)  # the link that went to the old number is no answer any more
