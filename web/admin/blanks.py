"""What each place of a message is filled with, as an administrator reads it."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext

MEANINGS: Mapping[str, str] = {
    "promised": N_("the sentence that says by when it must be done, or that we are late"),
    "why": N_("why it went up"),
    "words": N_("what an officer wrote"),
    "code": N_("the code itself"),
    "number": N_("the number"),
    "category": N_("what it is about"),
    "what": N_("complaint or application, at the beginning of a sentence"),
    "thing": N_("complaint or application, within a sentence"),
    "office": N_("the office"),
    "phone": N_("the telephone of the utility"),
    "utility": N_("the name of the utility"),
    "office_phone": N_("the telephone of the office"),
    "locality": N_("the locality"),
    "due": N_("until when who answers has time"),
    "limit": N_("the time limit"),
    "answers": N_("who answers now"),
    "worker": N_("who does the work"),
    "reason": N_("the reason"),
    "expected": N_("the expected time"),
    "until": N_("until when we wait for the consumer"),
    "put_right": N_("when it was put right"),
    "confirm_by": N_("until when an answer counts"),
    "reopen_until": N_("until when it can be opened again"),
    "question": N_("the question"),
    "forum": N_("the forum above the utility"),
    "papers": N_("the papers that are wanted"),
    "dates": N_("the dates that are offered"),
    "visit": N_("the date of the visit"),
    "total": N_("what is to be paid in all"),
    "amount": N_("how much was paid"),
    "note": N_("the number of the demand note"),
    "expires": N_("until when the demand note can be paid"),
}


def meaning(name: str) -> str:
    """What is filled in there."""
    return gettext(MEANINGS[name])
