"""Sentences for a consumer whose complaint was turned down, may become another, went elsewhere, or waits for our call."""

from __future__ import annotations

from datetime import datetime

from languages.catalog import gettext
from languages.forum import go_to
from languages.labels import act_label
from languages.spoken import inside, when
from languages.views import Story, just_transferred
from rules.terms import Act

_ = gettext


def turned_down(story: Story, now: datetime) -> str:
    """That it was not accepted, and why."""
    if not story.reject_reason:
        return _("This complaint was not accepted.")
    return _("This complaint was not accepted: %(reason)s.", reason=story.reject_reason)


def object_by(story: Story, now: datetime) -> str:
    """Until when he may say that he does not agree; "" when he may not any more."""
    if story.objected or story.reopen_until is None or story.reopen_until <= now:
        return ""
    return _("You can disagree until %(when)s.", when=when(story.reopen_until, story.zone, now=now))


def object_or_leave(story: Story, now: datetime) -> str:
    """How to disagree, or where else to go."""
    if object_by(story, now):
        return _("Not right? Press “%(button)s”.", button=act_label(Act.OBJECT))
    if story.forum:
        return go_to(story.forum)
    return _("You need to do nothing.")


def maybe_longer(story: Story, now: datetime) -> str:
    """The other category that was proposed and the date it would bring; "" when none was."""
    if story.longer is None:
        return ""
    said = [_("An officer says it is another matter: %(category)s.", category=story.longer.category)]
    if story.longer.then is None:
        said.append(_("Then there would be no fixed date."))
    else:
        said.append(_("Then the latest would be: %(when)s.", when=when(story.longer.then, story.zone, now=now)))
    decider = inside(story.decider_title) if story.decider_title else _("next officer above")
    return " ".join([*said, _("The %(title)s has not decided yet.", title=decider)])


def elsewhere(story: Story) -> str:
    """That another office has it now; "" unless that was the last that happened to it."""
    if not story.office_name or not just_transferred(story):
        return ""
    return _("It belongs to another office. The office %(office)s has it now.", office=story.office_name)


def danger(story: Story, officer: str) -> str:
    """That there is danger and who has been rung; "" when there is none."""
    return _("This is dangerous. The %(officer)s was told at once.", officer=officer) if story.safety else ""
