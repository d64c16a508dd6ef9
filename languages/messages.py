"""The short words of messages: what each is about, and how far it got."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.terms import NoticeKind

NOTICES: Mapping[NoticeKind, str] = {
    NoticeKind.ACKNOWLEDGED: N_("Received"),
    NoticeKind.ASSIGNED: N_("New work"),
    NoticeKind.EXPECTED: N_("Expected time"),
    NoticeKind.HELD: N_("On hold"),
    NoticeKind.RESUMED: N_("Going on"),
    NoticeKind.REMINDER: N_("Reminder"),
    NoticeKind.ESCALATED: N_("Gone to the next officer above"),
    NoticeKind.BEYOND: N_("Past the last officer"),
    NoticeKind.STANDARD_LAPSED: N_("Time limit missed"),
    NoticeKind.DIRECTED: N_("Told what to do"),
    NoticeKind.QUESTION: N_("Put right?"),
    NoticeKind.NOT_REPAIRED: N_("Not put right"),
    NoticeKind.CLOSED: N_("Closed"),
    NoticeKind.REOPENED: N_("Opened again"),
    NoticeKind.WITHDRAWN: N_("Taken back"),
    NoticeKind.CODE: N_("One-time code"),
    NoticeKind.DANGER: N_("Danger"),
    NoticeKind.PROPOSED: N_("Proposal"),
    NoticeKind.DECLINED: N_("Not agreed"),
    NoticeKind.CORRECTED: N_("Category changed"),
    NoticeKind.TRANSFERRED: N_("Gone to another office"),
    NoticeKind.REJECTED: N_("Not accepted"),
    NoticeKind.CALL_BACK: N_("To be rung"),
    NoticeKind.PHONE_CHANGED: N_("Number changed"),
    NoticeKind.COMPLETE: N_("Papers complete"),
    NoticeKind.DEFICIENT: N_("Papers wanted"),
    NoticeKind.SLOTS: N_("Dates offered"),
    NoticeKind.SLOT_CHOSEN: N_("Date chosen"),
    NoticeKind.VISIT_MISSED: N_("Visit did not happen"),
    NoticeKind.TURN_REMINDER: N_("Reminder"),
    NoticeKind.NOTE_ISSUED: N_("Demand note"),
    NoticeKind.NOTE_EXPIRED: N_("Demand note no longer valid"),
    NoticeKind.PAID: N_("Payment"),
    NoticeKind.REFUND_DUE: N_("Money to be given back"),
    NoticeKind.STAGE_DONE: N_("Stage done"),
    NoticeKind.LAPSED: N_("Time ran out"),
    NoticeKind.COMPLAINED: N_("Complaint about it"),
    NoticeKind.RECOVERY_HELD: N_("Recovery held"),
    NoticeKind.MESSAGE: N_("Message"),
    NoticeKind.ALARM: N_("Alarm"),
}
DELIVERIES: Mapping[str, str] = {
    "waiting": N_("Waiting to be sent"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "failed": N_("Not sent yet, trying again"),
    "refused": N_("Could not be sent"),
    "unknown": N_("Not known whether it arrived"),
    "done": N_("Sent"),
}


def notice_label(kind: NoticeKind) -> str:
    """What a message was about."""
    return gettext(NOTICES[kind])


def delivery_label(state: str) -> str:
    """How far a message got: the state of a notification or of an attempt."""
    return gettext(DELIVERIES[state])
