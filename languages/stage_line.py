"""One line for each open stage of a connection request, and for the two instants between which nothing is counted."""

from __future__ import annotations

from datetime import datetime, tzinfo

from languages import your_turn
from languages.applied import Application, OpenStage
from languages.catalog import gettext
from languages.labels import wait_label
from languages.spoken import inside, when
from languages.views import Reader

_ = gettext


def stage_line(stage: OpenStage, zone: tzinfo, now: datetime, to: Reader = Reader.CONSUMER) -> str:
    """What an open stage waits for and until when, or who must act by when."""
    if stage.ours:
        return _ours(stage, zone, now)
    said = your_turn.happening(stage, zone, now) if to is Reader.CONSUMER else _stands(stage)
    if stage.until is None or stage.visit is not None:
        return said
    return " ".join([said, _("Time until %(when)s.", when=when(stage.until, zone, now=now))])


def _stands(stage: OpenStage) -> str:
    reason = stage.held or (wait_label(stage.wait) if stage.wait else "")
    return _("The clock stands still: %(reason)s.", reason=reason)


def _ours(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    who = inside(stage.answers or stage.worker)
    if not who:
        return _("It is being worked on.")
    if stage.due is None:
        return _("It is with the %(officer)s.", officer=who)
    due = when(stage.due, zone, now=now)
    if stage.due <= now:
        return _("The %(officer)s had time until %(when)s.", officer=who, when=due)
    return _("The %(officer)s must act by %(when)s.", officer=who, when=due)


def received_line(application: Application, now: datetime) -> str:
    """When it came; "" where that is not known."""
    if application.registered_at is None:
        return ""
    return _("Received: %(when)s.", when=when(application.registered_at, application.zone, now=now))


def complete_line(application: Application, now: datetime) -> str:
    """Since when it is complete, so that our time counts; or that it does not yet."""
    if application.complete_at is None:
        return _("Papers complete: not yet. Our time does not count yet.")
    return _("Papers complete: %(when)s.", when=when(application.complete_at, application.zone, now=now))
