"""The words of connection requests that are the product's own: waits, faults of papers, demand notes, what a stage does."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.case import Fault, NoteState, Wait
from rules.fees import BROUGHT, ESTIMATE
from rules.policy import UNPLACED
from rules.procedure import Does, Lapse, Whose

WAITS: Mapping[Wait, str] = {
    Wait.PAPERS: N_("papers are wanted"),
    Wait.SLOT: N_("a date for the visit is to be chosen"),
    Wait.VISIT: N_("the visit on the chosen date"),
    Wait.NO_ACCESS: N_("nobody was there, a new date is to be chosen"),
    Wait.PAYMENT: N_("the demand note is to be paid"),
    Wait.PERMISSION: N_("somebody else must give permission"),
}
FAULTS: Mapping[Fault, str] = {
    Fault.MISSING: N_("not here yet"),
    Fault.UNREADABLE: N_("cannot be read"),
    Fault.WRONG: N_("this is another paper"),
    Fault.EXPIRED: N_("no longer valid"),
    Fault.NOT_MATCHING: N_("name or address is another one"),
    Fault.NOT_SIGNED: N_("not signed"),
    Fault.LOST: N_("cannot be opened any more"),
}
ADVICE: Mapping[Fault, str] = {
    Fault.MISSING: N_("Photograph it and send it."),
    Fault.UNREADABLE: N_("Photograph it again in good light, the whole sheet."),
    Fault.WRONG: N_("Send the paper that is named here."),
    Fault.EXPIRED: N_("Send one that is still valid."),
    Fault.NOT_MATCHING: N_("Name and address must be as in the application."),
    Fault.NOT_SIGNED: N_("Sign it and send it again."),
    Fault.LOST: N_("That is our mistake. Please send it once more."),
}
NOTES: Mapping[NoteState, str] = {
    NoteState.OPEN: N_("To be paid"),
    NoteState.PAID: N_("Paid"),
    NoteState.EXPIRED: N_("No longer valid"),
    NoteState.CANCELLED: N_("Cancelled"),
}
DOES: Mapping[Does, str] = {
    Does.DOCUMENTS: N_("Papers are checked"),
    Does.VISIT: N_("A visit"),
    Does.DECISION: N_("A decision"),
    Does.NOTE: N_("A demand note is issued"),
    Does.PAYMENT: N_("The demand note is paid"),
    Does.PERMISSION: N_("Somebody else gives permission"),
    Does.WORK: N_("Work with a checklist"),
    Does.METER: N_("A meter is fitted"),
    Does.READING: N_("The last reading"),
    Does.BILL: N_("The final bill"),
    Does.REFUND: N_("Money is given back"),
    Does.CERTIFICATE: N_("A certificate is issued"),
    Does.HANDOVER: N_("It is handed over"),
}
WHOSE: Mapping[Whose, str] = {
    Whose.OFFICE: N_("The office"),
    Whose.APPLICANT: N_("The applicant"),
    Whose.THIRD_PARTY: N_("Somebody else"),
}
LAPSES: Mapping[Lapse, str] = {
    Lapse.OFFICER: N_("The clock goes on, the officer decides"),
    Lapse.LAPSED: N_("The application ends"),
    Lapse.REFUND: N_("The application ends and money is given back"),
}
TAKINGS: Mapping[str, str] = {
    "slot": N_("date of the visit"),
    "meter": N_("meter"),
    "note": N_("demand note"),
}
PAYMENTS: Mapping[str, str] = {
    "bank": N_("Bank"),
    "counter": N_("Counter"),
    "security": N_("Security"),
    "refund": N_("Given back"),
    BROUGHT: N_("Paid before"),
}
LINES: Mapping[str, str] = {
    ESTIMATE: N_("Work outside the usual"),
    "dues": N_("Unpaid bills"),
    BROUGHT: N_("Paid before"),
}
"""Lines of a demand note that no fee rule names."""

OWN: Mapping[str, Mapping[str, str]] = {
    "hold_reason": {code.value: words for code, words in WAITS.items()},
    "fault": {code.value: words for code, words in FAULTS.items()},
    "fee": LINES,
    "stage": {"recovery": N_("Hold the recovery")},
    "calendar": {"office": N_("Office hours"), "round-the-clock": N_("Round the clock")},
    "category": {UNPLACED: N_("Nobody knows yet where it is")},
}


def own_label(kind: str, code: str) -> str:
    """The product's own word for a code that no profile names; "" where it has none."""
    words = OWN.get(kind, {}).get(code)
    return gettext(words) if words else ""


def wait_label(why: Wait) -> str:
    """For what a stage waits, as the reason of its pause."""
    return gettext(WAITS[why])


def fault_label(fault: Fault) -> str:
    """What is wrong with a paper, in few words after its name."""
    return gettext(FAULTS[fault])


def fault_advice(fault: Fault) -> str:
    """What the applicant should do about it, in one sentence or two."""
    return gettext(ADVICE[fault])


def note_label(state: NoteState) -> str:
    """How a demand note stands."""
    return gettext(NOTES[state])


def does_label(does: Does) -> str:
    """What ends a stage."""
    return gettext(DOES[does])


def whose_label(whose: Whose) -> str:
    """Whose turn a stage is."""
    return gettext(WHOSE[whose])


def lapse_label(lapse: Lapse) -> str:
    """What happens when somebody else's turn runs out."""
    return gettext(LAPSES[lapse])


def taking_label(what: str) -> str:
    """What a request took (a date, a meter, a demand note) and would leave behind."""
    return gettext(TAKINGS[what])


def payment_label(by: str) -> str:
    """By which way money came in or went back."""
    return gettext(PAYMENTS[by])
