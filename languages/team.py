"""The team board in words: the name of each number, and the sentence that says what it counts."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.share import Mark
from rules.team import Count, Period

NAMES: Mapping[Count, str] = {
    Count.OPEN: N_("Does the work"),
    Count.ANSWERS: N_("Answers for"),
    Count.NOT_BEGUN: N_("Not taken up"),
    Count.DUE_TODAY: N_("Due today"),
    Count.OVERDUE: N_("Overdue"),
    Count.BEGUN: N_("Begun"),
    Count.ESCALATED: N_("Went to the next officer above"),
    Count.WITHIN: N_("Consumer's word, in time"),
    Count.WORD: N_("Closed on the consumer's word"),
    Count.SILENCE: N_("Closed, no answer came"),
    Count.UNREACHED: N_("Closed, consumer not reached"),
}
RULES: Mapping[Count, str] = {
    Count.OPEN: N_("Open now, with the post that does the work."),
    Count.ANSWERS: N_("Open now. Somebody else does the work."),
    Count.NOT_BEGUN: N_("Open now. Nobody has done anything yet."),
    Count.DUE_TODAY: N_("Its time ends before midnight."),
    Count.OVERDUE: N_("Its time is over."),
    Count.BEGUN: N_("Given to the post in this time, and begun by it."),
    Count.ESCALATED: N_("In this time, from this post, for whatever reason."),
    Count.WITHIN: N_("The consumer said it is put right, and it was within the limit."),
    Count.WORD: N_("In this time. The consumer said it is put right."),
    Count.SILENCE: N_("In this time. Our question arrived, nobody answered."),
    Count.UNREACHED: N_("In this time. We could not reach the consumer."),
}
MARKS: Mapping[Mark, str] = {
    Mark.LAPSE: N_("Time ran out"),
    Mark.REOPENED: N_("Opened again"),
    Mark.EXPECTED_MISSED: N_("Expected time not kept"),
    Mark.HOLD_CONTESTED: N_("Hold denied by the consumer"),
    Mark.LATE_HOLD: N_("Hold at the last minute"),
    Mark.CORRECTED: N_("Wrong category corrected"),
}
MARK_RULES: Mapping[Mark, str] = {
    Mark.LAPSE: N_("The officer's time was over, and it went to the next officer above."),
    Mark.REOPENED: N_("It was closed and was not right."),
    Mark.EXPECTED_MISSED: N_("The consumer was told a time that was not kept."),
    Mark.HOLD_CONTESTED: N_("The consumer says it was never their turn."),
    Mark.LATE_HOLD: N_("Put on hold in the last tenth of the time allowed."),
    Mark.CORRECTED: N_("It was in the wrong category until then."),
}
PERIODS: Mapping[Period, str] = {
    Period.WEEK: N_("Last 7 days"),
    Period.MONTH: N_("Last 30 days"),
    Period.QUARTER: N_("Last 90 days"),
}


def count_name(count: Count) -> str:
    """What a number is called."""
    return gettext(NAMES[count])


def count_rule(count: Count) -> str:
    """What a number counts, in a sentence."""
    return gettext(RULES[count])


def period_name(period: Period) -> str:
    """How far back is counted."""
    return gettext(PERIODS[period])


def mark_name(mark: Mark) -> str:
    """What a mark on the record is called."""
    return gettext(MARKS[mark])


def mark_rule(mark: Mark) -> str:
    """What a mark stands for, in a sentence."""
    return gettext(MARK_RULES[mark])
