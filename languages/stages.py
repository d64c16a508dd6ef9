"""Lines of history about the stages of a connection request: papers, dates, demand notes, money, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from languages.catalog import gettext
from languages.connections import fault_label
from languages.dealings import Dealing, Lacking
from languages.money import money
from languages.spoken import isolate, joined
from languages.telling import Telling
from rules.case import Wait
from rules.terms import EventKind

_ = gettext


def listed(lacking: Iterable[Lacking]) -> str:
    """Papers with what is wrong with each: "Photo (cannot be read), Rent agreement (not here yet)"."""
    return joined(_("%(paper)s (%(fault)s)", paper=one.paper, fault=fault_label(one.fault)) for one in lacking)


def still_to_pay(dealing: Dealing) -> str:
    """What is left of a demand note; "" where that is not known."""
    if dealing.to_pay is None:
        return ""
    if dealing.to_pay == 0:
        return _("Nothing is left to be paid.")
    return _("%(money)s is still to be paid.", money=money(dealing.to_pay))


def waits(telling: Telling) -> str:
    """For what a stage waits, and how long."""
    said = WAITING[telling.dealing.wait or Wait.PERMISSION](telling)
    if telling.event.until is None or telling.dealing.wait is Wait.VISIT:
        return said
    return " ".join([said, _("Time until %(when)s.", when=telling.spoken(telling.event.until))])


WAITING: Mapping[Wait, Callable[[Telling], str]] = {
    Wait.PAPERS: lambda t: t.by_reader(_("We wait for papers from you."), _("Waiting for papers from the consumer.")),
    Wait.SLOT: lambda t: t.by_reader(
        _("We wait for you to choose a date."), _("Waiting for the consumer to choose a date.")
    ),
    Wait.VISIT: lambda t: _("The visit is awaited."),
    Wait.NO_ACCESS: lambda t: t.by_reader(
        _("We wait for you to choose a new date."), _("Waiting for the consumer to choose a new date.")
    ),
    Wait.PAYMENT: lambda t: t.by_reader(_("We wait for your payment."), _("Waiting for the consumer's payment.")),
    Wait.PERMISSION: lambda t: _("We wait for permission from somebody else."),
}


def _stage_done(telling: Telling) -> str:
    dealing = telling.dealing
    said = [_("Done: “%(stage)s”.", stage=dealing.stage) if dealing.stage else _("A stage is done.")]
    if dealing.outcome:
        said.append(_("Result: %(outcome)s.", outcome=dealing.outcome))
    return " ".join(filter(None, [*said, telling.by_reader("", _fitted(dealing))]))


def _fitted(dealing: Dealing) -> str:
    if dealing.fitted is None:
        return ""
    said = [_("Meter %(meter)s.", meter=isolate(dealing.fitted.meter))]
    if dealing.fitted.seal:
        said.append(_("Seal %(seal)s.", seal=isolate(dealing.fitted.seal)))
    if dealing.fitted.reading is not None:
        said.append(_("Reading %(reading)s.", reading=isolate(str(dealing.fitted.reading))))
    return " ".join(said)


def _paper(telling: Telling) -> str:
    paper = telling.dealing.paper
    if not paper:
        return telling.by_reader(_("You sent a paper."), _("The consumer sent a paper."))
    return telling.by_reader(_("You sent: %(paper)s.", paper=paper), _("The consumer sent: %(paper)s.", paper=paper))


def _deficient(telling: Telling) -> str:
    if not telling.dealing.lacking:
        return _("Papers are wanted.")
    return _("Papers are wanted: %(papers)s.", papers=listed(telling.dealing.lacking))


def _complete(telling: Telling) -> str:
    if telling.event.until is None:
        return _("All papers are here. Our time counts from now on.")
    return _("All papers are here. It must be done by %(when)s.", when=telling.spoken(telling.event.until))


def _slots(telling: Telling) -> str:
    if not telling.dealing.slots:
        return _("No date for a visit is free at the moment.")
    dates = joined((telling.visit(slot) for slot in telling.dealing.slots), "; ")
    return _("Dates for the visit were offered: %(dates)s.", dates=dates)


def _chosen(telling: Telling) -> str:
    slot = telling.dealing.slot
    if slot is None:
        return _("A date for the visit was chosen.")
    return _("The visit is on %(when)s.", when=telling.visit(slot))


def _missed(telling: Telling) -> str:
    if telling.dealing.side == "office":
        return telling.by_reader(_("Nobody came for the visit. We are sorry."), _("The consumer says nobody came."))
    return telling.by_reader(_("We came, and nobody was there."), _("Nobody was there at the visit."))


def _note_issued(telling: Telling) -> str:
    dealing, until = telling.dealing, telling.event.until
    if dealing.total is None:
        return _("The demand note was issued.")
    said = [_("The demand note was issued: %(money)s.", money=money(dealing.total))]
    if dealing.to_pay != dealing.total:
        said.append(still_to_pay(dealing))
    if until is not None and dealing.to_pay:
        said.append(_("It is to be paid until %(when)s.", when=telling.spoken(until)))
    return " ".join(filter(None, said))


def _paid(telling: Telling) -> str:
    dealing = telling.dealing
    if dealing.amount is None:
        return _("Money was received.")
    said = [_("%(money)s was received.", money=money(dealing.amount))]
    if dealing.late:
        return " ".join([*said, _("The demand note was no longer valid.")])
    return " ".join(filter(None, [*said, still_to_pay(dealing)]))


def _refund(telling: Telling) -> str:
    if telling.dealing.amount is None:
        return _("Money is to be given back.")
    return _("%(money)s is to be given back.", money=money(telling.dealing.amount))


def _done(telling: Telling) -> str:
    return _("It is done: %(when)s.", when=telling.spoken(telling.event.until or telling.event.at))


def _lapsed(telling: Telling) -> str:
    ended = _("The time ran out. The application has ended.")
    if not telling.dealing.stage:
        return ended
    return _("The time for “%(stage)s” ran out. The application has ended.", stage=telling.dealing.stage)


def _undone(telling: Telling) -> str:
    if not telling.dealing.taken:
        return _("What was kept for it is free again.")
    return _("What was kept for it is free again: %(what)s.", what=joined(telling.dealing.taken))


LINES: Mapping[EventKind, Callable[[Telling], str]] = {
    EventKind.STAGE_DONE: _stage_done,
    EventKind.PAPER: _paper,
    EventKind.DEFICIENT: _deficient,
    EventKind.COMPLETE: _complete,
    EventKind.TURN_REMINDED: lambda t: t.by_reader(_("You were reminded."), _("The consumer was reminded.")),
    EventKind.SLOTS_OFFERED: _slots,
    EventKind.SLOT_CHOSEN: _chosen,
    EventKind.VISIT_MISSED: _missed,
    EventKind.NOTE_ISSUED: _note_issued,
    EventKind.NOTE_EXPIRED: lambda t: _("The demand note was not paid in time. It is no longer valid."),
    EventKind.PAID: _paid,
    EventKind.REFUND_DUE: _refund,
    EventKind.DONE: _done,
    EventKind.LAPSED: _lapsed,
    EventKind.UNDONE: _undone,
    EventKind.COMPLAINED: lambda t: t.by_reader(_("You complained about it."), _("The consumer complained about it.")),
}
