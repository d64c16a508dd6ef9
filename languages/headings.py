"""The headings of the lines of history."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.terms import EventKind

EVENTS: Mapping[EventKind, str] = {
    EventKind.REGISTERED: N_("Received"),
    EventKind.ASSIGNED: N_("Given to an officer"),
    EventKind.ACCEPTED: N_("Taken up"),
    EventKind.NOT_TAKEN_UP: N_("Not taken up in time"),
    EventKind.NOTED: N_("Note"),
    EventKind.ADDED: N_("Something added"),
    EventKind.EXPECTED: N_("Expected time"),
    EventKind.EXPECTED_MISSED: N_("Expected time missed"),
    EventKind.HELD: N_("On hold"),
    EventKind.RESUMED: N_("Going on"),
    EventKind.HOLD_ENDED: N_("Wait ended"),
    EventKind.PRESENT: N_("Consumer was there"),
    EventKind.REMINDED: N_("Reminder"),
    EventKind.ESCALATED: N_("Gone to the next officer above"),
    EventKind.PUT_OFF: N_("Waits in line for the next officer"),
    EventKind.BEYOND: N_("Past the last officer"),
    EventKind.STANDARD_LAPSED: N_("Time limit missed"),
    EventKind.TAKEN_OVER: N_("Taken over"),
    EventKind.GIVEN: N_("Given to another officer"),
    EventKind.DIRECTED: N_("Told what to do"),
    EventKind.RESOLVED: N_("Put right"),
    EventKind.DELIVERED: N_("Question delivered"),
    EventKind.NOT_REPAIRED: N_("Not put right"),
    EventKind.CLOSED: N_("Closed"),
    EventKind.REOPENED: N_("Opened again"),
    EventKind.WITHDRAWN: N_("Taken back"),
    EventKind.RAISED: N_("Danger"),
    EventKind.RANG_ON: N_("Rung again"),
    EventKind.PROPOSED: N_("Proposal"),
    EventKind.DECLINED: N_("Not agreed"),
    EventKind.UPHELD: N_("Wait was right"),
    EventKind.CORRECTED: N_("Category changed"),
    EventKind.TRANSFERRED: N_("Gone to another office"),
    EventKind.REJECTED: N_("Not accepted"),
    EventKind.OBJECTED: N_("Consumer does not agree"),
    EventKind.CALLED_AGAIN: N_("Asked about it again"),
    EventKind.CALL_BACK: N_("To be rung"),
    EventKind.CALLED: N_("Rang, nobody answered"),
    EventKind.CONTACT_REFUSED: N_("Not their complaint"),
    EventKind.PHONE_CHANGED: N_("Number changed"),
    EventKind.STAGE_DONE: N_("Stage done"),
    EventKind.PAPER: N_("Paper received"),
    EventKind.DEFICIENT: N_("Papers wanted"),
    EventKind.COMPLETE: N_("Papers complete"),
    EventKind.TURN_REMINDED: N_("Consumer reminded"),
    EventKind.SLOTS_OFFERED: N_("Dates offered"),
    EventKind.SLOT_CHOSEN: N_("Date chosen"),
    EventKind.VISIT_MISSED: N_("Visit did not happen"),
    EventKind.NOTE_ISSUED: N_("Demand note"),
    EventKind.NOTE_EXPIRED: N_("Demand note no longer valid"),
    EventKind.PAID: N_("Payment"),
    EventKind.REFUND_DUE: N_("Money to be given back"),
    EventKind.DONE: N_("Done"),
    EventKind.LAPSED: N_("Time ran out"),
    EventKind.UNDONE: N_("Set free again"),
    EventKind.COMPLAINED: N_("Complaint about it"),
    EventKind.RETIMED: N_("New timings"),
    EventKind.MOVED: N_("Another office"),
    EventKind.HANDED_ON: N_("Other hands"),
    EventKind.RECOVERY_HELD: N_("Recovery held"),
    EventKind.MESSAGED: N_("Message to the consumer"),
}


def event_label(kind: EventKind) -> str:
    """The heading of a line of history."""
    return gettext(EVENTS[kind])
