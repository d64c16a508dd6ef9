"""The words of what a role may do, and how far."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import N_, gettext
from rules.profile import Rights, Scope

RIGHTS: Mapping[str, tuple[str, str]] = {
    Rights.HANDLE: (N_("Does the work"), N_("Has requests of its own and answers for them first.")),
    Rights.ANSWERABLE: (
        N_("Answers above"),
        N_("Answers for what is late, decides, gives out the work, enters leave and charge."),
    ),
    Rights.CONTROL_ROOM: (N_("Control room"), N_("Has what is dangerous, round the clock, and takes calls about it.")),
    Rights.CONFIDENTIAL: (N_("Confidential"), N_("Has reports of theft and conduct, which nobody else sees.")),
    Rights.TAKE_CALLS: (
        N_("Takes calls"),
        N_("Looks up everything, files, and takes down what the consumer says. Decides nothing."),
    ),
    Rights.TUNE: (N_("Administrator"), N_("Changes timings, names, places, posts and people.")),
    Rights.AUDIT: (N_("Audit"), N_("Reads everything and changes nothing.")),
    Rights.WALL: (N_("Screen on the wall"), N_("Shows how many requests are late. Nothing can be opened.")),
}
SCOPES: Mapping[str, str] = {
    Scope.OFFICE: N_("its office"),
    Scope.ZONE: N_("its zone"),
    Scope.COMPANY: N_("the whole company"),
}


def rights_words(rights: str) -> str:
    """What it is called."""
    return gettext(RIGHTS[rights][0]) if rights in RIGHTS else rights


def rights_meaning(rights: str) -> str:
    """What who has it may do."""
    return gettext(RIGHTS[rights][1])


def scope_words(scope: str) -> str:
    """How far it reaches."""
    return gettext(SCOPES[scope]) if scope in SCOPES else scope
