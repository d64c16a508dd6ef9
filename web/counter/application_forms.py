"""What is taken down for an applicant beyond a complaint's answers: a date, money, a complaint about the application."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from languages.catalog import gettext as _
from rules.terms import Act
from web.desk.forms import Filled
from web.typed import minor_units


def receipt_of(note: str, token: str) -> str:
    """The number on the receipt of a payment: of its demand note and the form it was written down with."""
    digits = int(hashlib.sha256(token.encode()).hexdigest(), 16) % 10**6
    return f"{note}/{digits:06}"


def pay(form: Filled) -> None:
    """Money at the counter: in rupees on the form, in minor units in the tray."""
    typed, note = form.text("amount"), form.text("note")
    amount = minor_units(typed) if typed else None
    if not amount:
        form.wrong("amount", _("Write an amount in rupees, like 1500 or 1500.50."))
    form.data = {
        "note": note,
        "amount": amount,
        "payment": f"counter/{receipt_of(note, form.text('token'))}",
    }


def slot(form: Filled) -> None:
    """One of the dates that were offered, or other ones."""
    if not form.text("slot"):
        form.wrong("slot", _("Choose one of the dates."))
    form.data = {"slot": form.text("slot")}


READ: Mapping[Act, Callable[[Filled], None]] = {Act.PAY: pay, Act.SLOT: slot}
