"""The forum above the utility: the sentence that sends somebody there."""

from __future__ import annotations

from languages.catalog import gettext as _


def go_to(forum: str) -> str:
    """That one can now go there."""
    return _("You can now go to: %(forum)s.", forum=forum)
