"""The short words of messages: what each is about, and how far it got."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.terms import NoticeKind

NOTICES: Mapping[NoticeKind, str] = {
    NoticeKind.ACKNOWLEDGED: N_("Complaint number"),
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
