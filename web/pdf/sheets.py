"""The words of each sheet, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from babel.dates import get_month_names

from languages.catalog import current, direction, gettext, use
from languages.money import money
from languages.spoken import isolate, reference
from web.pdf.typeset import typeset
from web.pdf.values import DemandNote, Issuer, NoDues

_ = gettext
Facts = list[tuple[str, str]]


def demand_note(note: DemandNote, issuer: Issuer, language: str) -> bytes:
    """A demand note as PDF, in `language`. Blocking."""
    with use(language):
        return typeset("demand_note", sheet(issuer, note.pay_at) | note_words(note, issuer), seconds(note.issued_at))


def no_dues(certificate: NoDues, issuer: Issuer, language: str) -> bytes:
    """A no-dues certificate as PDF, in `language`. Blocking."""
    with use(language):
        words = sheet(issuer, certificate.check_at) | certificate_words(certificate, issuer)
        return typeset("no_dues", words, seconds(certificate.issued_at))


def sheet(issuer: Issuer, address: str) -> dict[str, Any]:
    """What every sheet has: language, head, and the picture of its address."""
    return {
        "language": current(),
        "direction": direction(),
        "utility": issuer.utility,
        "office": [part for part in (issuer.office, issuer.address, isolate(issuer.phone)) if part],
        "address": address,
        "picture": segno.make(address, error="m").svg_inline(border=0, omitsize=True),
        "computer": _("Made by computer. It is valid without a signature."),
    }


def note_words(note: DemandNote, issuer: Issuer) -> dict[str, Any]:
    """The words of a demand note."""
    until = [(_("Pay by"), day(note.expires_at, issuer))] if note.expires_at else []
    paid = [(_("Paid already"), money(note.paid))] if note.paid else []
    return {
        "title": _("Demand note"),
        "facts": [
            (_("Application number"), isolate(reference(note.reference))),
            (_("Number of this note"), isolate(note.number)),
            (_("Name"), note.name),
            (_("Address"), note.address),
            (_("Issued on"), day(note.issued_at, issuer)),
            *until,
        ],
        "heads": [_("For what"), _("Amount")],
        "lines": [(label, money(amount)) for label, amount in note.lines],
        "totals": [(_("Total"), money(note.total)), *paid],
        "due": [_("To pay now"), money(max(note.total - note.paid, 0))],
        "scan": _("Pay here: hold your telephone's camera over the picture, or open this address."),
        "last": [_("After this day the note can no longer be paid. Ask us for a new one then.")] if until else [],
    }


def certificate_words(certificate: NoDues, issuer: Issuer) -> dict[str, Any]:
    """The words of a no-dues certificate."""
    account = isolate(certificate.account)
    return {
        "title": _("No-dues certificate"),
        "facts": [
            (_("Account number"), account),
            (_("Name"), certificate.name),
            (_("Address"), certificate.address),
            (_("Application number"), isolate(reference(certificate.reference))),
            (_("Number of this certificate"), isolate(certificate.number)),
            (_("Issued on"), day(certificate.issued_at, issuer)),
        ],
        "said": [
            _("We certify that nothing is owed for account number %(account)s.", account=account),
            _(
                "The connection ended on %(day)s. All bills up to that day are paid.",
                day=day(certificate.ended_at, issuer),
            ),
        ],
        "scan": _("Check it here: hold your telephone's camera over the picture, or open this address."),
    }


def day(at: datetime, issuer: Issuer) -> str:
    """A day with its year, which a paper kept for years needs: "23 November 2027"."""
    local = at.astimezone(issuer.zone)
    return f"{local.day} {get_month_names('wide', locale=current())[local.month]} {local.year}"


def seconds(at: datetime) -> int:
    """For the PDF's own date."""
    return int(at.timestamp())
