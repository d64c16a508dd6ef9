"""The words of a service request: its codes."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is asked for; decides the workflow."""

    COMPLAINT = "complaint"
    NEW_CONNECTION = "new_connection"
    LOAD_CHANGE = "load_change"
    DISCONNECTION = "disconnection"
    NAME_CHANGE = "name_change"
    METER_SHIFT = "meter_shift"


class State(StrEnum):
    """Where a request stands in its life: `complete`, `done` and `lapsed` are a connection request's."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    COMPLETE = "complete"
    DONE = "done"
    LAPSED = "lapsed"


class Channel(StrEnum):
    """The door a request came by."""

    WEB = "web"
    CALL = "call"
    COUNTER = "counter"
    LETTER = "letter"
    API = "api"


class Act(StrEnum):
    """What a person or another system may ask of a request; the kind of a submission in the tray."""

    ACCEPT = "accept"
    NOTE = "note"
    EXPECT = "expect"
    HOLD = "hold"
    RESUME = "resume"
    RESOLVE = "resolve"
    TAKE_OVER = "take_over"
    GIVE = "give"
    REASSIGN = "reassign"
    DIRECT = "direct"
    ESCALATE = "escalate"
    CONFIRM = "confirm"
    NOT_REPAIRED = "not_repaired"
    SUPPLY_BACK = "supply_back"
    PRESENT = "present"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ADD = "add"
    RECEIPT = "receipt"
    RAISE = "raise"
    CORRECT = "correct"
    TRANSFER = "transfer"
    REJECT = "reject"
    AGREE = "agree"
    DISAGREE = "disagree"
    OBJECT = "object"
    CALLED_AGAIN = "called_again"
    CALLED = "called"
    NOT_MINE = "not_mine"
    CHANGE_PHONE = "change_phone"
    DOCUMENT = "document"
    FAULT = "fault"
    FINISH = "finish"
    SLOT = "slot"
    MISSED = "missed"
    REISSUE = "reissue"
    PAY = "pay"
    COMPLAIN = "complain"
    CLAIM = "claim"


class Actor(StrEnum):
    """Which side did something."""

    CONSUMER = "consumer"
    OFFICER = "officer"
    SYSTEM = "system"


class EventKind(StrEnum):
    """One line of a request's history."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    NOT_TAKEN_UP = "not_taken_up"
    NOTED = "noted"
    ADDED = "added"
    EXPECTED = "expected"
    EXPECTED_MISSED = "expected_missed"
    HELD = "held"
    RESUMED = "resumed"
    HOLD_ENDED = "hold_ended"
    PRESENT = "present"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    BEYOND = "beyond"
    STANDARD_LAPSED = "standard_lapsed"
    TAKEN_OVER = "taken_over"
    GIVEN = "given"
    DIRECTED = "directed"
    RESOLVED = "resolved"
    DELIVERED = "delivered"
    NOT_REPAIRED = "not_repaired"
    CLOSED = "closed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    RAISED = "raised"
    RANG_ON = "rang_on"
    PROPOSED = "proposed"
    DECLINED = "declined"
    UPHELD = "upheld"
    CORRECTED = "corrected"
    TRANSFERRED = "transferred"
    REJECTED = "rejected"
    OBJECTED = "objected"
    CALLED_AGAIN = "called_again"
    CALL_BACK = "call_back"
    CALLED = "called"
    CONTACT_REFUSED = "contact_refused"
    PHONE_CHANGED = "phone_changed"
    STAGE_DONE = "stage_done"
    PAPER = "paper"
    DEFICIENT = "deficient"
    COMPLETE = "complete"
    TURN_REMINDED = "turn_reminded"
    SLOTS_OFFERED = "slots_offered"
    SLOT_CHOSEN = "slot_chosen"
    VISIT_MISSED = "visit_missed"
    NOTE_ISSUED = "note_issued"
    NOTE_EXPIRED = "note_expired"
    PAID = "paid"
    REFUND_DUE = "refund_due"
    DONE = "done"
    LAPSED = "lapsed"
    UNDONE = "undone"
    COMPLAINED = "complained"
    RECOVERY_HELD = "recovery_held"


class Proposal(StrEnum):
    """What one officer proposes and another must agree to."""

    CORRECT = "correct"
    LOWER = "lower"
    REJECT = "reject"
    TRANSFER = "transfer"
    HOLD = "hold"


class Closing(StrEnum):
    """How a request came to be closed; three figures that are never added, and the consumer's withdrawal."""

    WORD = "word"
    SILENCE = "silence"
    UNREACHED = "unreached"
    NOT_ASKED = "not_asked"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class Wake(StrEnum):
    """What a request's one timer is set for."""

    ACCEPT = "accept"
    REMINDER = "reminder"
    DUE = "due"
    HOLD = "hold"
    HOLD_REMINDER = "hold_reminder"
    EXPECTED = "expected"
    STANDARD = "standard"
    CONFIRMATION = "confirmation"
    TOP = "top"
    REOPENING = "reopening"
    CALL_BACK = "call_back"


class Cause(StrEnum):
    """Why answerability moved."""

    TIMER = "timer"
    NOT_TAKEN_UP = "not_taken_up"
    OFFICER = "officer"
    CONSUMER = "consumer"
    NOT_REPAIRED = "not_repaired"
    REOPENED = "reopened"
    REJECTION = "rejection"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    MISSED = "missed"


class Skip(StrEnum):
    """Why a tier was passed over: nobody fills its post now, or only one who was already answerable."""

    VACANT = "vacant"
    ON_LEAVE = "on_leave"
    SAME_PERSON = "same_person"


class NoticeKind(StrEnum):
    """What is said; every kind has a message in every language and for every channel."""

    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    EXPECTED = "expected"
    HELD = "held"
    RESUMED = "resumed"
    REMINDER = "reminder"
    ESCALATED = "escalated"
    BEYOND = "beyond"
    STANDARD_LAPSED = "standard_lapsed"
    DIRECTED = "directed"
    QUESTION = "question"
    NOT_REPAIRED = "not_repaired"
    CLOSED = "closed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    CODE = "code"
    DANGER = "danger"
    PROPOSED = "proposed"
    DECLINED = "declined"
    CORRECTED = "corrected"
    TRANSFERRED = "transferred"
    REJECTED = "rejected"
    CALL_BACK = "call_back"
    PHONE_CHANGED = "phone_changed"
    COMPLETE = "complete"
    DEFICIENT = "deficient"
    SLOTS = "slots"
    SLOT_CHOSEN = "slot_chosen"
    VISIT_MISSED = "visit_missed"
    TURN_REMINDER = "turn_reminder"
    NOTE_ISSUED = "note_issued"
    NOTE_EXPIRED = "note_expired"
    PAID = "paid"
    REFUND_DUE = "refund_due"
    STAGE_DONE = "stage_done"
    LAPSED = "lapsed"
    COMPLAINED = "complained"
    RECOVERY_HELD = "recovery_held"


class Refused(StrEnum):
    """Why a submission was refused; each has a sentence in every language."""

    STALE = "stale"
    ILLEGAL = "illegal"
    NOT_YOURS = "not_yours"
    TOO_EARLY = "too_early"
    NOT_HOLDABLE = "not_holdable"
    HOLD_LIMIT = "hold_limit"
    NO_SUCH_POST = "no_such_post"
    AT_THE_TOP = "at_the_top"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_CODE = "unknown_code"
    OWN_WORK = "own_work"
    REOPENING_PAST = "reopening_past"
    NOT_FOR_SAFETY = "not_for_safety"
    ALREADY_PROPOSED = "already_proposed"
    NOTHING_PROPOSED = "nothing_proposed"
    DECIDED_ABOVE = "decided_above"
    ONCE_ONLY = "once_only"
    SAME_HOUR = "same_hour"
    NOT_THIS_STAGE = "not_this_stage"
    NOT_ASKED_FOR = "not_asked_for"
    NOT_COMPLETE = "not_complete"
    SLOT_TAKEN = "slot_taken"
    METER_TAKEN = "meter_taken"
    UNKNOWN_METER = "unknown_meter"
    WRONG_NOTE = "wrong_note"


Codes = dict[str, Any]
"""Data of an event or submission: codes, ids, instants as ISO text and small numbers; never a personal datum."""
