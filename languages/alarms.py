"""The words of trust in the clock: what is watched, what it means, and how its number and its bound are said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from languages.catalog import N_, gettext, ngettext
from languages.spoken import isolate, span
from rules.alarms import Watched

HEADINGS: Mapping[Watched, str] = {
    Watched.LATENESS: N_("Lateness of timers"),
    Watched.OVERDUE: N_("Oldest timer overdue"),
    Watched.NOT_STARTED: N_("Oldest request not begun"),
    Watched.UNANSWERED: N_("Oldest action unanswered"),
    Watched.OUTBOX: N_("Oldest message unsent"),
    Watched.WORKERS: N_("Workers at work"),
    Watched.HEALED: N_("Rows put together again"),
}
MEANINGS: Mapping[str, str] = {
    Watched.LATENESS: N_("99 of 100 timers of the last hour were no later than this."),
    Watched.OVERDUE: N_("An open request whose next step should have come by itself: its workflow is stuck."),
    Watched.NOT_STARTED: N_("It has its number, but its workflow has not begun."),
    Watched.UNANSWERED: N_("Somebody pressed a button, and it is not done yet."),
    Watched.OUTBOX: N_("It may go now, and has not gone. What waits for the morning does not count."),
    Watched.WORKERS: N_(
        "Processes that said within ten seconds that they live and take work. With none left, nobody sends a mail."
    ),
    Watched.HEALED: N_("In the last hour. After an outage some are normal; in quiet hours there should be none."),
    "apart": N_("No two mails lie closer together than this."),
}
"""What is meant by each setting, by its name."""
COUNTED = frozenset({Watched.WORKERS, Watched.HEALED})


def heading(what: Watched) -> str:
    """What it is called."""
    return gettext(HEADINGS[what])


def setting_name(name: str) -> str:
    """What a setting is called."""
    return gettext("Time between two mails") if name == "apart" else heading(Watched(name))


def meaning(name: str) -> str:
    """What it means, in one or two sentences."""
    return gettext(MEANINGS[name])


def length(seconds: float) -> str:
    """A length of time; below ten seconds with its tenths."""
    if seconds < 10:
        return gettext("%(num)s s", num=isolate(f"{seconds:.1f}"))
    return span(timedelta(seconds=seconds), short=True)


def span_of(seconds: int) -> str:
    """A whole length of time, short."""
    return span(timedelta(seconds=seconds), short=True)


def reading(what: Watched, value: float | None) -> str:
    """A number as it is said; "none" where nothing is there."""
    if value is None:
        return gettext("none")
    return str(round(value)) if what in COUNTED else length(value)


def bound(what: Watched, value: float) -> str:
    """A bound as it is said."""
    if what is Watched.WORKERS:
        return gettext("at least %(many)s", many=reading(what, value))
    return gettext("at most %(many)s", many=reading(what, value))


def line(what: Watched, value: float | None, limit: float) -> str:
    """One thing watched with its number and its bound, for a mail."""
    return gettext(
        "%(what)s: %(now)s (%(bound)s)", what=heading(what), now=reading(what, value), bound=bound(what, limit)
    )


def alarm_count(many: int) -> str:
    """How many bounds are broken, as a sentence."""
    return ngettext("%(num)d bound is broken.", "%(num)d bounds are broken.", many)
