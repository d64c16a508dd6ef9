"""The words on the buttons of what people may do."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.terms import Act

ACTS: Mapping[Act, str] = {
    Act.ACCEPT: N_("Take it up"),
    Act.NOTE: N_("Write a note"),
    Act.EXPECT: N_("Say when it will be done"),
    Act.HOLD: N_("Wait for the consumer"),
    Act.RESUME: N_("Go on with the work"),
    Act.RESOLVE: N_("It is put right"),
    Act.TAKE_OVER: N_("Take it over"),
    Act.GIVE: N_("Give it to another officer"),
    Act.REASSIGN: N_("Give it to somebody else in the office"),
    Act.DIRECT: N_("Tell the officer what to do"),
    Act.ESCALATE: N_("Send it to the next officer above"),
    Act.CONFIRM: N_("Yes, it is put right"),
    Act.NOT_REPAIRED: N_("No, it is not put right"),
    Act.SUPPLY_BACK: N_("My supply is back"),
    Act.PRESENT: N_("I was there / I have done it"),
    Act.WITHDRAW: N_("Take the complaint back"),
    Act.REOPEN: N_("Open it again"),
    Act.ADD: N_("Add something"),
    Act.RECEIPT: N_("Delivery report"),
    Act.RAISE: N_("There is danger"),
    Act.CORRECT: N_("Change the category"),
    Act.TRANSFER: N_("Send it to another office"),
    Act.REJECT: N_("Propose not to accept it"),
    Act.AGREE: N_("Agree"),
    Act.DISAGREE: N_("Do not agree"),
    Act.OBJECT: N_("I do not agree"),
    Act.CALLED_AGAIN: N_("Ask about this one again"),
    Act.CALLED: N_("Rang, nobody answered"),
    Act.SOLVED: N_("Put right on the telephone"),
    Act.NOT_MINE: N_("This is not my complaint"),
    Act.CHANGE_PHONE: N_("Change my number"),
    Act.DOCUMENT: N_("Send a paper"),
    Act.FAULT: N_("Say what is wrong with the papers"),
    Act.FINISH: N_("This stage is done"),
    Act.SLOT: N_("Choose a date"),
    Act.MISSED: N_("The visit did not happen"),
    Act.REISSUE: N_("Issue a new demand note"),
    Act.PAY: N_("Write down a payment"),
    Act.COMPLAIN: N_("Complain about it"),
    Act.CLAIM: N_("Ask for the money back"),
    Act.RETIME: N_("Apply new timings"),
    Act.MOVE: N_("Goes with its place to another office"),
    Act.MESSAGE: N_("Write to the consumer"),
}
OF_AN_APPLICATION: Mapping[Act, str] = {
    Act.CONFIRM: N_("Yes, it is done"),
    Act.NOT_REPAIRED: N_("No, it is not done"),
    Act.WITHDRAW: N_("Take the application back"),
    Act.NOT_MINE: N_("This is not my application"),
    Act.HOLD: N_("Wait for the applicant"),
    Act.MESSAGE: N_("Write to the applicant"),
}


def act_label(act: Act, *, application: bool = False) -> str:
    """The words on the button of an action; some are others where it is no complaint."""
    return gettext((OF_AN_APPLICATION if application else {}).get(act, ACTS[act]))
