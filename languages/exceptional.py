"""An exceptional event in words: what it is, and what it means for a promise."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext, named
from rules.exceptional import Exceptional

_ = gettext

WHATS: Mapping[str, str] = {
    "flood": N_("Flood"),
    "cyclone": N_("Cyclone"),
    "storm": N_("Storm"),
    "earthquake": N_("Earthquake"),
    "curfew": N_("Curfew"),
    "other": N_("Exceptional event"),
}


def exceptional_word(what: str) -> str:
    """What it is, as a word."""
    return gettext(WHATS.get(what, WHATS["other"]))


def excused(what: str) -> str:
    """That it excuses a delay."""
    return _("%(what)s in this area: by the rules the delay is counted apart.", what=exceptional_word(what))


def notice(event: Exceptional, *, late: bool) -> str:
    """What a consumer reads of an event that goes on, or that excuses a promise that was not kept; with its public note."""
    if late:
        said = excused(event.what)
    else:
        said = _("%(what)s in this area. It may take longer than we promised.", what=exceptional_word(event.what))
    return " ".join(filter(None, [said, named(event.note)]))
