"""What a consumer was promised and whether it was kept, what is expected, and what may change it."""

from __future__ import annotations

from datetime import datetime

from languages.catalog import gettext
from languages.decided import maybe_longer
from languages.spoken import inside, when
from languages.views import Story

_ = gettext


def promise(story: Story, now: datetime) -> str:
    """What was promised and whether it was kept, what the handler expects, and the time of a tier above the first."""
    said = [_standard(story, now), maybe_longer(story, now), _expected(story, now)]
    if story.due is not None and (story.tier > 1 or story.standard_due is None) and not story.beyond:
        due = when(story.due, story.zone, now=now)
        said.append(
            _("The %(role)s must act by %(when)s.", role=inside(story.role_title or story.handler_title), when=due)
        )
    return " ".join(filter(None, said))


def _standard(story: Story, now: datetime) -> str:
    if story.standard_due is None:
        return ""
    promised = when(story.standard_due, story.zone, now=now)
    if story.standard_lapsed or story.standard_due <= now:
        return _("We promised %(when)s. We did not keep it.", when=promised)
    return _("At the latest: %(when)s.", when=promised)


def _expected(story: Story, now: datetime) -> str:
    if story.expected_at is None:
        return ""
    told = when(story.expected_at, story.zone, now=now)
    if story.expected_at <= now:
        return _("We expected it %(when)s. That did not happen.", when=told)
    if story.expected_reason:
        return _("We expect it %(when)s (%(reason)s).", when=told, reason=story.expected_reason)
    return _("We expect it %(when)s.", when=told)
