"""The questions of an application, one a page: which a procedure asks, what is read from each, what is wrong with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from languages.catalog import gettext
from languages.spoken import isolate
from models.telephones import telephone
from rules.fees import is_load
from rules.procedure import Loads, Procedure
from web.book import Book
from web.consumer import steps as complaint
from web.consumer.steps import Answered, Asking, is_email
from web.forms import Typed, too_long

_ = gettext
LENGTHS = {"load": 20, "name": 120, "phone": 40, "email": 254, "address": 400}


def procedure_of(answers: Mapping[str, Any], book: Book) -> Procedure | None:
    """The procedure that was chosen, as it is in force; None while none is."""
    policy = book.policies.get(book.newest)
    return policy.procedures.get(answers.get("procedure", "")) if policy else None


def order_of(procedure: Procedure | None) -> tuple[str, ...]:
    """The questions this procedure asks, in their order; before one is chosen, those that nearly all ask."""
    if procedure is None:
        return ("what", "where", "applicant", "you", "papers", "check")
    asked = {
        "account" if procedure.account else "where": True,
        "applicant": len(procedure.papers) > 1,
        "load": procedure.loads is not None,
    }
    return ("what", *(step for step, wanted in asked.items() if wanted), "you", "papers", "check")


def following(step: str, procedure: Procedure | None) -> str:
    """The question after this one."""
    order = order_of(procedure)
    return order[order.index(step) + 1]


def before(step: str, procedure: Procedure | None) -> str:
    """The question before this one; "" for the first."""
    place = order_of(procedure).index(step)
    return order_of(procedure)[place - 1] if place else ""


async def _what(form: Typed, asking: Asking) -> Answered:
    procedure = procedure_of({"procedure": form.get("procedure", "")}, asking.book)
    if procedure is None:
        return Answered(errors={"procedure": _("Choose what you want to apply for.")})
    chosen: dict[str, Any] = {"procedure": procedure.code}
    if asking.answers.get("procedure") != procedure.code:
        only = next(iter(procedure.papers)) if len(procedure.papers) == 1 else ""
        chosen |= {"applicant": only, "load": "", "locality": None, "account": None, "unknown": False}
    return Answered(chosen)


async def _where(form: Typed, asking: Asking) -> Answered:
    return await complaint.TAKES["where"]({**form, "account": ""}, asking)


async def _account(form: Typed, asking: Asking) -> Answered:
    account = form.get("account", "")
    if not account:
        return Answered(errors={"account": _("Type your account number. It is on your bill.")})
    answered = await complaint.TAKES["where"]({"account": account}, asking)
    if answered.errors:
        answered.errors["account"] = _("We do not know this account number. Look at your bill, or ring us.")
    return answered


async def _applicant(form: Typed, asking: Asking) -> Answered:
    procedure = procedure_of(asking.answers, asking.book)
    if procedure is None or form.get("applicant") not in procedure.papers:
        return Answered(errors={"applicant": _("Choose who applies.")})
    return Answered({"applicant": form["applicant"]})


async def _load(form: Typed, asking: Asking) -> Answered:
    procedure = procedure_of(asking.answers, asking.book)
    if procedure is None or procedure.loads is None:
        return Answered({"load": ""})
    load = load_of(form.get("load", "")[: LENGTHS["load"]])
    if load is None or not is_load(procedure.loads, load):
        return Answered(errors={"load": loads_allowed(procedure.loads)})
    return Answered({"load": f"{load.normalize() + 0:f}"})


def load_of(typed: str) -> Decimal | None:
    """A load as people write it, in digits of any script, with a point or a comma; None when it is no number."""
    plain = typed.translate({ord("٫"): ".", ord(","): "."}).lower().removesuffix("kw").strip()
    if not all(letter.isdecimal() or letter == "." for letter in plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def loads_allowed(loads: Loads) -> str:
    """Which loads may be asked for."""
    least, most, step = (isolate(f"{number.normalize() + 0:f}") for number in (loads.least, loads.most, loads.step))
    return _("You can ask for %(least)s to %(most)s kW, in steps of %(step)s kW.", least=least, most=most, step=step)


async def _you(form: Typed, asking: Asking) -> Answered:
    errors = {name: error for name in LENGTHS if (error := too_long(form.get(name, ""), LENGTHS[name]))}
    phone, email, account = form.get("phone", ""), form.get("email", ""), asking.answers.get("account")
    number = telephone(phone, asking.book.value("country", "IN")) if phone and "phone" not in errors else None
    if not form.get("name"):
        errors["name"] = _("Write your name as it stands in your papers.")
    if number is None:
        errors.setdefault("phone", _("This is not a telephone number. A mobile number has 10 digits."))
    if email and not is_email(email):
        errors.setdefault("email", _("This is not an e-mail address. It looks like name@example.org."))
    if not form.get("address") and not account:
        errors["address"] = _("Write the house and the street, so that we find it.")
    if form.get("language") not in asking.book.languages:
        errors["language"] = _("Choose the language of our messages.")
    kept = {name: form.get(name, "") for name in ("name", "email", "address", "language")}
    return Answered({**kept, "phone": number or "", "typed_phone": phone}, errors)


Take = Callable[[Typed, Asking], Awaitable[Answered]]
TAKES: Mapping[str, Take] = {
    "what": _what,
    "where": _where,
    "account": _account,
    "applicant": _applicant,
    "load": _load,
    "you": _you,
}


def missing(answers: Mapping[str, Any], book: Book) -> str | None:
    """The first question still to be answered before it can be sent; None when nothing is missing. Papers may come later."""
    procedure = procedure_of(answers, book)
    if procedure is None:
        return "what"
    answered = {
        "account": bool(answers.get("account")),
        "where": bool(answers.get("locality") or answers.get("unknown")),
        "applicant": answers.get("applicant") in procedure.papers,
        "load": bool(answers.get("load")),
        "you": bool(answers.get("name") and answers.get("phone") and answers.get("language")),
    }
    return next((step for step in order_of(procedure) if not answered.get(step, True)), None)
