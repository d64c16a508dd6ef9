"""Why an action was refused, in one sentence: for officers, and in gentler words for consumers."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from languages.views import Reader
from rules.terms import Refused

REFUSALS: Mapping[Refused, str] = {
    Refused.STALE: N_("Something changed here meanwhile. Look again, then decide."),
    Refused.ILLEGAL: N_("This can no longer be done. See how it stands now."),
    Refused.NOT_YOURS: N_("This is not with you. You cannot do this."),
    Refused.TOO_EARLY: N_("It is too early for this. The promised time is not over yet."),
    Refused.NOT_HOLDABLE: N_("This cannot be put on hold."),
    Refused.HOLD_LIMIT: N_("It cannot be put on hold again. The limit is reached."),
    Refused.NO_SUCH_POST: N_("There is no such officer here. Choose one from the list."),
    Refused.AT_THE_TOP: N_("It is already with the last officer. Nobody is above."),
    Refused.OUT_OF_RANGE: N_("What you entered cannot be used. Look at it again."),
    Refused.UNKNOWN_CODE: N_("This choice is not in the list. Choose another."),
    Refused.OWN_WORK: N_("You cannot do this yourself. It is your own work or your own complaint."),
    Refused.REOPENING_PAST: N_("It can no longer be opened again. Start a new one."),
    Refused.NOT_FOR_SAFETY: N_("This cannot be done where there is danger."),
    Refused.ALREADY_PROPOSED: N_("Something is proposed here already. That must be decided first."),
    Refused.NOTHING_PROPOSED: N_("Nothing waits for a decision here. See how it stands now."),
    Refused.DECIDED_ABOVE: N_("Both offices sent it away. An officer above both must decide."),
    Refused.ONCE_ONLY: N_("This was done before. It can be done only once."),
    Refused.SAME_HOUR: N_("The consumer was rung a short while ago. Try at another hour."),
    Refused.NOT_THIS_STAGE: N_("This does not belong to this stage. See how it stands now."),
    Refused.NOT_ASKED_FOR: N_("This paper is not wanted, or it is accepted already."),
    Refused.NOT_COMPLETE: N_("Something is still missing here. Everything on the list must be there first."),
    Refused.SLOT_TAKEN: N_("This date is no longer free. Choose another one."),
    Refused.METER_TAKEN: N_("This meter is already fitted elsewhere. Look at its number again."),
    Refused.UNKNOWN_METER: N_("No meter has this number. Look at it again."),
    Refused.WRONG_NOTE: N_("This demand note does not belong to this application."),
    Refused.MESSAGES_STOPPED: N_("Messages are stopped: somebody said it is not theirs. Nothing was sent."),
    Refused.NOT_ABOUT_SUPPLY: N_("This is not about the supply. It does not end when the supply is back."),
}
CONSUMERS_REFUSALS: Mapping[Refused, str] = {
    Refused.STALE: N_("Something changed here meanwhile. Please look again."),
    Refused.ILLEGAL: N_("This is no longer possible. Please see what is happening now."),
    Refused.NOT_YOURS: N_("You cannot do this here. Please call us."),
    Refused.TOO_EARLY: N_("You can do this once our promised time is over."),
    Refused.AT_THE_TOP: N_("It is already with our highest officer."),
    Refused.NOT_FOR_SAFETY: N_("There may still be danger. We must look at it first."),
    Refused.REOPENING_PAST: N_("It can no longer be opened again. Please start a new one."),
    Refused.ONCE_ONLY: N_("You have done this before. It counts only once."),
    Refused.NOT_THIS_STAGE: N_("This cannot be done now. Please see what is happening."),
    Refused.NOT_ASKED_FOR: N_("We do not need this paper, or we have it already."),
    Refused.SLOT_TAKEN: N_("Somebody else just took this date. Please choose another one."),
}


def refusal(code: Refused, to: Reader = Reader.CONSUMER) -> str:
    """The sentence for a refused action."""
    return gettext((CONSUMERS_REFUSALS if to is Reader.CONSUMER else {}).get(code, REFUSALS[code]))
