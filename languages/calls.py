"""The words for how a call ended that needs no number."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.calls import Ending

ENDINGS: Mapping[Ending, str] = {
    Ending.ANSWERED: N_("Question answered"),
    Ending.MEETING: N_("Told when an officer can be met"),
    Ending.NOT_OURS: N_("Nothing of ours"),
    Ending.WRONG_NUMBER: N_("Wrong number"),
}


def ending_label(ending: Ending) -> str:
    """What an ending is called."""
    return gettext(ENDINGS[ending])
