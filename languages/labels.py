"""The short words of codes: chips, buttons and list entries; one word a thing, the same on page, message and slip."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from languages.messages import delivery_label as delivery_label
from languages.messages import notice_label as notice_label
from languages.refusals import refusal as refusal
from languages.views import Reader, RungState
from rules.terms import Act, Actor, Channel, Closing, EventKind, Kind, Proposal, Skip, State, Wake

STATES: Mapping[State, str] = {
    State.RECEIVED: N_("Received"),
    State.ASSIGNED: N_("Given to an officer"),
    State.IN_PROGRESS: N_("Work going on"),
    State.ON_HOLD: N_("Waiting for you"),
    State.RESOLVED: N_("Put right?"),
    State.CLOSED: N_("Closed"),
    State.WITHDRAWN: N_("Taken back"),
    State.REJECTED: N_("Not accepted"),
}
OFFICERS_STATES: Mapping[State, str] = {
    State.ASSIGNED: N_("Not taken up yet"),
    State.ON_HOLD: N_("On hold"),
    State.RESOLVED: N_("Waiting for the answer"),
}
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
    Act.NOT_MINE: N_("This is not my complaint"),
    Act.CHANGE_PHONE: N_("Change my number"),
}
CLOSINGS: Mapping[Closing, str] = {
    Closing.WORD: N_("Closed on the consumer's word"),
    Closing.SILENCE: N_("Closed, no answer came"),
    Closing.UNREACHED: N_("Closed, consumer not reached"),
    Closing.NOT_ASKED: N_("Closed without a question"),
    Closing.WITHDRAWN: N_("Taken back by the consumer"),
    Closing.REJECTED: N_("Closed, not accepted"),
}
PROPOSALS: Mapping[Proposal, str] = {
    Proposal.CORRECT: N_("Another category"),
    Proposal.LOWER: N_("No danger after all"),
    Proposal.REJECT: N_("Not to accept it"),
    Proposal.TRANSFER: N_("Another office"),
    Proposal.HOLD: N_("Was it the consumer's turn?"),
}
WAKES: Mapping[Wake, str] = {
    Wake.ACCEPT: N_("it must be taken up by then"),
    Wake.REMINDER: N_("a reminder goes out"),
    Wake.DUE: N_("it goes to the next officer above"),
    Wake.HOLD: N_("the wait for the consumer ends"),
    Wake.EXPECTED: N_("the expected time is over"),
    Wake.STANDARD: N_("the time limit by regulation is over"),
    Wake.CONFIRMATION: N_("the time for the consumer's answer is over"),
    Wake.TOP: N_("the top officer is reminded again"),
    Wake.REOPENING: N_("it can no longer be opened again"),
    Wake.CALL_BACK: N_("the consumer must still be rung"),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.WEB: N_("Website"),
    Channel.CALL: N_("Telephone"),
    Channel.COUNTER: N_("Counter"),
    Channel.LETTER: N_("Letter"),
    Channel.API: N_("Other system"),
}
ACTORS: Mapping[Actor, str] = {
    Actor.CONSUMER: N_("Consumer"),
    Actor.OFFICER: N_("Officer"),
    Actor.SYSTEM: N_("By itself"),
}
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
    EventKind.CONTACT_REFUSED: N_("Not his complaint"),
    EventKind.PHONE_CHANGED: N_("Number changed"),
}
SKIPS: Mapping[Skip, str] = {
    Skip.VACANT: N_("nobody holds this post now"),
    Skip.ON_LEAVE: N_("on leave, and nobody stands in"),
    Skip.SAME_PERSON: N_("held by the same person who already had to act"),
}
RUNGS: Mapping[RungState, str] = {
    RungState.PAST: N_("Had to act"),
    RungState.NOW: N_("Must act now"),
    RungState.COMING: N_("Next, if it is not done"),
    RungState.SKIPPED: N_("Passed over"),
}
KINDS: Mapping[Kind, str] = {Kind.COMPLAINT: N_("Complaint")}


def state_label(state: State, to: Reader = Reader.CONSUMER) -> str:
    """The words on the chip of a state."""
    return gettext((OFFICERS_STATES if to is Reader.OFFICER else {}).get(state, STATES[state]))


def act_label(act: Act) -> str:
    """The words on the button of an action."""
    return gettext(ACTS[act])


def closing_label(closing: Closing) -> str:
    """How a request came to be closed, for officers and figures."""
    return gettext(CLOSINGS[closing])


def proposal_label(what: Proposal) -> str:
    """What one officer proposes and another must agree to."""
    return gettext(PROPOSALS[what])


def wake_label(wake: Wake) -> str:
    """What happens when the timer runs out: "it goes to the next officer above"."""
    return gettext(WAKES[wake])


def channel_label(channel: Channel) -> str:
    """The door a request came by."""
    return gettext(CHANNELS[channel])


def actor_label(actor: Actor) -> str:
    """Which side did it."""
    return gettext(ACTORS[actor])


def event_label(kind: EventKind) -> str:
    """The heading of a line of history."""
    return gettext(EVENTS[kind])


def skip_label(why: Skip) -> str:
    """Why a tier was passed over."""
    return gettext(SKIPS[why])


def rung_label(state: RungState) -> str:
    """Where a rung of the ladder stands."""
    return gettext(RUNGS[state])


def kind_label(kind: Kind) -> str:
    """What is asked for."""
    return gettext(KINDS[kind])
