"""A matter that is heard rather than repaired: its page speaks of the hearing and its day, without hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from languages.catalog import gettext
from languages.spoken import day, inside, when
from languages.story import Rung, RungState, Said, Story
from rules.states import WORKED

_ = gettext


def heard(said: Said, story: Story, now: datetime) -> Said:
    """The same said of a hearing: the day the officer named, else the last day it can be."""
    if story.state not in WORKED or story.due is None:
        return said
    happening = _("The %(officer)s hears your matter.", officer=inside(story.role_title))
    kept = _("Keep your bills and receipts ready.")
    return replace(said, happening=happening, by_when=_by_when(story, now), to_do=kept)


def _by_when(story: Story, now: datetime) -> str:
    if story.expected_at is not None and story.expected_at > now:
        return _("Your hearing: %(when)s.", when=when(story.expected_at, story.zone, now=now))
    assert story.due is not None
    said = [_("Your hearing is on %(day)s at the latest.", day=day(story.due, story.zone, now=now))]
    if story.standard_due is not None and story.standard_due > now:
        last = day(story.standard_due, story.zone, now=now)
        said.append(_("The decision is there on %(day)s at the latest.", day=last))
    return " ".join(said)


def hearing_line(rung: Rung, zone: tzinfo, now: datetime) -> str:
    """What a tier had, has or will have to hear, and by which day; "" where the ladder's own line says it all."""
    due = "" if rung.due is None else day(rung.due, zone, now=now)
    if rung.state is RungState.COMING and rung.entered is not None:
        return _("Gets it if it is not heard by %(day)s.", day=day(rung.entered, zone, now=now))
    if rung.state is RungState.NOW and due:
        return _("Had to hear it by %(day)s.", day=due) if rung.lapsed else _("Must hear it by %(day)s.", day=due)
    if rung.state is RungState.PAST and rung.lapsed and due:
        return _("Had to hear it by %(day)s. It was not done.", day=due)
    return ""
