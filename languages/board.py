"""The public board in words: the name of each figure, and the sentence that says what it counts."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.board import Figure

NAMES: Mapping[Figure, str] = {
    Figure.RECEIVED: N_("Received"),
    Figure.PENDING: N_("Open now"),
    Figure.AGE_0: N_("0 to 1 day"),
    Figure.AGE_2: N_("2 to 3 days"),
    Figure.AGE_4: N_("4 to 7 days"),
    Figure.AGE_8: N_("8 to 15 days"),
    Figure.AGE_16: N_("16 to 30 days"),
    Figure.AGE_31: N_("Over 30 days"),
    Figure.JUDGED: N_("Had a time limit"),
    Figure.WITHIN: N_("Within the time limit"),
    Figure.EXCUSED: N_("Late because of an exceptional event"),
    Figure.LATE: N_("Late"),
    Figure.WORD: N_("Closed on the consumer's word"),
    Figure.SILENCE: N_("Closed, no answer came"),
    Figure.UNREACHED: N_("Closed, consumer not reached"),
    Figure.NOT_ASKED: N_("Closed without a question"),
    Figure.FIRST_CONTACT: N_("Put right on the telephone"),
    Figure.WITHDRAWN: N_("Taken back by the consumer"),
    Figure.REJECTED: N_("Closed, not accepted"),
    Figure.LAPSED: N_("Closed, time ran out"),
    Figure.REOPENED: N_("Opened again"),
    Figure.ON_HOLD: N_("On hold now"),
    Figure.HELD: N_("Were on hold"),
    Figure.DAYS_HELD: N_("Days on hold"),
}
RULES: Mapping[Figure, str] = {
    Figure.RECEIVED: N_("Registered in the last 30 days."),
    Figure.PENDING: N_("Not closed yet, counted from the day it was registered."),
    Figure.JUDGED: N_("Closed in the last 30 days, or late now."),
    Figure.WITHIN: N_("Put right before its limit. One opened again does not count."),
    Figure.EXCUSED: N_("A flood, a curfew or the like was declared there. Counted apart."),
    Figure.LATE: N_("Past its limit, or opened again. Open ones count too."),
    Figure.WORD: N_("In the last 30 days. The consumer said it is put right."),
    Figure.SILENCE: N_("In the last 30 days. Our question arrived, nobody answered."),
    Figure.UNREACHED: N_("In the last 30 days. We could not reach the consumer."),
    Figure.NOT_ASKED: N_("In the last 30 days. Here we do not ask."),
    Figure.FIRST_CONTACT: N_("In the last 30 days. It was put right in the first call."),
    Figure.WITHDRAWN: N_("In the last 30 days."),
    Figure.REJECTED: N_("In the last 30 days. An officer gave the reason."),
    Figure.LAPSED: N_("In the last 30 days. The applicant did not act in time."),
    Figure.REOPENED: N_("In the last 30 days. It was closed and was not right."),
    Figure.ON_HOLD: N_("Waiting for the consumer or another office. The limit waits too."),
    Figure.HELD: N_("Were on hold in the last 30 days."),
    Figure.DAYS_HELD: N_("All their days on hold in the last 30 days together."),
}
"""Ages have the rule of what they add up to."""


def figure_name(figure: Figure) -> str:
    """What a figure is called."""
    return gettext(NAMES[figure])


def figure_rule(figure: Figure) -> str:
    """What a figure counts, in a sentence; "" for an age."""
    return gettext(RULES[figure]) if figure in RULES else ""
