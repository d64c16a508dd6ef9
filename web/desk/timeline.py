"""Which lines of the history are shown: everything, or one side's, chosen in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from languages.catalog import gettext as _
from rules.terms import Actor, EventKind
from web.desk.shown import ShownLine


class Show(StrEnum):
    """A part of the history."""

    ALL = "all"
    CONSUMER = "consumer"
    OFFICER = "officer"
    SYSTEM = "system"
    LETTERS = "letters"
    """What was written to the consumer, also with a wait, and what he wrote."""
    NOTES = "notes"


NOTES = frozenset({EventKind.NOTED, EventKind.DIRECTED})
"""What officers write to one another."""
KEPT: Mapping[Show, Callable[[ShownLine], bool]] = {
    Show.ALL: lambda line: True,
    Show.CONSUMER: lambda line: line.actor == Actor.CONSUMER,
    Show.OFFICER: lambda line: line.actor == Actor.OFFICER,
    Show.SYSTEM: lambda line: line.actor == Actor.SYSTEM,
    Show.LETTERS: lambda line: line.letter or line.kind == EventKind.ADDED,
    Show.NOTES: lambda line: line.kind in NOTES,
}


def kept(lines: Sequence[ShownLine], show: Show) -> list[ShownLine]:
    """The lines of that part."""
    return [line for line in lines if KEPT[show](line)]


def parts_of(lines: Sequence[ShownLine]) -> list[tuple[Show, str, int]]:
    """Every part that holds something, with its name and how many lines it has."""
    words = {
        Show.ALL: _("All"),
        Show.CONSUMER: _("Consumer"),
        Show.OFFICER: _("Officers"),
        Show.SYSTEM: _("By itself"),
        Show.LETTERS: _("Messages"),
        Show.NOTES: _("Notes"),
    }
    counted = [(show, words[show], len(kept(lines, show))) for show in Show]
    return [one for one in counted if one[2]]
