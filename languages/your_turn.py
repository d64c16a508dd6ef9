"""What an applicant is told of a stage that waits: what is happening, and what he must do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from languages.applied import OpenStage
from languages.catalog import gettext
from languages.labels import act_label
from languages.money import money
from languages.spoken import between, joined, when
from languages.stages import listed
from rules.case import Wait
from rules.terms import Act

_ = gettext

Line = Callable[[OpenStage, tzinfo, datetime], str]


def happening(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    """For what this stage waits."""
    if stage.wait is None:
        return _("We are waiting for you: %(reason)s.", reason=stage.held)
    return WAITS[stage.wait](stage, zone, now)


def to_do(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    """What the applicant must do for it; "" for nothing."""
    if stage.held:
        return _("Done? Press “%(button)s”.", button=act_label(Act.PRESENT))
    return ASKS[stage.wait](stage, zone, now) if stage.wait in ASKS else ""


def by_when(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    """Until when he may, and what then; "" where there is no limit."""
    if stage.until is None:
        return ""
    until = when(stage.until, zone, now=now)
    if stage.lapses:
        return _("You have time until %(when)s. Then the application ends.", when=until)
    return _("You have time until %(when)s.", when=until)


def _visit(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if stage.visit is None:
        return _("We will come for a visit.")
    if stage.visit.end <= now:
        return _("The visit was planned: %(when)s.", when=_date(stage, zone, now))
    return _("We will come for a visit: %(when)s.", when=_date(stage, zone, now))


def _date(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    return "" if stage.visit is None else between(stage.visit.start, stage.visit.end, zone, now=now)


def _payment(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if not stage.of_note:
        return _("Your demand note is ready.")
    if 0 < stage.to_pay < stage.of_note:
        return _("Part of your demand note is paid. %(money)s is missing.", money=money(stage.to_pay))
    return _("Your demand note is ready: %(money)s.", money=money(stage.to_pay))


def _permission(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if stage.whose:
        return _("We wait for permission: %(whose)s.", whose=stage.whose)
    return _("We wait for permission from somebody else.")


WAITS: Mapping[Wait, Line] = {
    Wait.PAPERS: lambda stage, zone, now: _("We need papers from you."),
    Wait.SLOT: lambda stage, zone, now: _("We want to come for a visit."),
    Wait.VISIT: _visit,
    Wait.NO_ACCESS: lambda stage, zone, now: _("We came, and nobody was there."),
    Wait.PAYMENT: _payment,
    Wait.PERMISSION: _permission,
}


def _send(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if not stage.lacking:
        return _("Please send the papers that are missing.")
    return _("Please send: %(papers)s.", papers=listed(stage.lacking))


def _choose(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if not stage.dates:
        return _("We will offer you dates soon.")
    dates = joined((between(date.start, date.end, zone, now=now) for date in stage.dates), "; ")
    return _("Choose a date: %(dates)s.", dates=dates)


def _choose_again(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    were = _("Were you there? Press “%(button)s”.", button=act_label(Act.PRESENT))
    return f"{_choose(stage, zone, now)} {were}"


def _be_there(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if stage.visit is not None and stage.visit.end <= now:
        return _("Did nobody come? Tell us.")
    return _("Please be there, or send somebody.")


def _pay(stage: OpenStage, zone: tzinfo, now: datetime) -> str:
    if not stage.to_pay:
        return _("Please pay your demand note.")
    return _("Please pay %(money)s.", money=money(stage.to_pay))


ASKS: Mapping[Wait | None, Line] = {
    Wait.PAPERS: _send,
    Wait.SLOT: _choose,
    Wait.VISIT: _be_there,
    Wait.NO_ACCESS: _choose_again,
    Wait.PAYMENT: _pay,
}
