"""The short words of codes: chips, buttons and list entries; one word a thing, the same on page, message and slip."""

from __future__ import annotations

from collections.abc import Mapping

from languages.buttons import act_label as act_label
from languages.catalog import N_, gettext
from languages.connections import does_label as does_label
from languages.connections import fault_advice as fault_advice
from languages.connections import fault_label as fault_label
from languages.connections import lapse_label as lapse_label
from languages.connections import note_label as note_label
from languages.connections import own_label as own_label
from languages.connections import payment_label as payment_label
from languages.connections import taking_label as taking_label
from languages.connections import wait_label as wait_label
from languages.connections import whose_label as whose_label
from languages.headings import event_label as event_label
from languages.messages import delivery_label as delivery_label
from languages.messages import notice_label as notice_label
from languages.refusals import refusal as refusal
from languages.views import Reader, RungState
from rules.ladder import Skip
from rules.terms import Actor, Channel, Closing, Kind, Proposal, State, Wake

STATES: Mapping[State, str] = {
    State.RECEIVED: N_("Received"),
    State.ASSIGNED: N_("Given to an officer"),
    State.IN_PROGRESS: N_("Work going on"),
    State.ON_HOLD: N_("Waiting for you"),
    State.RESOLVED: N_("Put right?"),
    State.CLOSED: N_("Closed"),
    State.WITHDRAWN: N_("Taken back"),
    State.REJECTED: N_("Not accepted"),
    State.COMPLETE: N_("Papers complete"),
    State.DONE: N_("Done?"),
    State.LAPSED: N_("Time ran out"),
}
OFFICERS_STATES: Mapping[State, str] = {
    State.ASSIGNED: N_("Not taken up yet"),
    State.ON_HOLD: N_("On hold"),
    State.RESOLVED: N_("Waiting for the answer"),
    State.DONE: N_("Waiting for the answer"),
}
CLOSINGS: Mapping[Closing, str] = {
    Closing.WORD: N_("Closed on the consumer's word"),
    Closing.SILENCE: N_("Closed, no answer came"),
    Closing.UNREACHED: N_("Closed, consumer not reached"),
    Closing.NOT_ASKED: N_("Closed without a question"),
    Closing.FIRST_CONTACT: N_("Put right on the telephone"),
    Closing.WITHDRAWN: N_("Taken back by the consumer"),
    Closing.REJECTED: N_("Closed, not accepted"),
    Closing.LAPSED: N_("Closed, time ran out"),
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
    Wake.STORM: N_("it goes to the next officer above in its turn"),
    Wake.HOLD: N_("the wait for the consumer ends"),
    Wake.HOLD_REMINDER: N_("the consumer is reminded"),
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
SKIPS: Mapping[Skip, str] = {
    Skip.VACANT: N_("nobody holds this post now"),
    Skip.ON_LEAVE: N_("on leave, and nobody stands in"),
    Skip.SAME_PERSON: N_("held by the same person who already had to act"),
    Skip.CONCERNED: N_("may not decide this one"),
}
RUNGS: Mapping[RungState, str] = {
    RungState.PAST: N_("Had to act"),
    RungState.NOW: N_("Must act now"),
    RungState.COMING: N_("Next, if it is not done"),
    RungState.SKIPPED: N_("Passed over"),
}
KINDS: Mapping[Kind, str] = {
    Kind.COMPLAINT: N_("Complaint"),
    Kind.NEW_CONNECTION: N_("New connection"),
    Kind.LOAD_CHANGE: N_("Change of load"),
    Kind.DISCONNECTION: N_("Closing a connection"),
    Kind.NAME_CHANGE: N_("Change of name"),
    Kind.METER_SHIFT: N_("Moving the meter"),
}


def state_label(state: State, to: Reader = Reader.CONSUMER) -> str:
    """The words on the chip of a state."""
    return gettext((OFFICERS_STATES if to is Reader.OFFICER else {}).get(state, STATES[state]))


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


def skip_label(why: Skip) -> str:
    """Why a tier was passed over."""
    return gettext(SKIPS[why])


def rung_label(state: RungState) -> str:
    """Where a rung of the ladder stands."""
    return gettext(RUNGS[state])


def kind_label(kind: Kind) -> str:
    """What is asked for."""
    return gettext(KINDS[kind])
