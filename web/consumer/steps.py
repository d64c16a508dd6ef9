"""The questions of the form, one a page: what is read from each, and what cannot be taken as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from languages import spoken
from languages.catalog import gettext, named
from models.filing import is_account
from models.localities import find, means
from models.telephones import telephone
from rules.danger_words import speaks_of_danger
from rules.reference import normalise
from web.book import Book
from web.database import Bounded
from web.forms import Typed, too_long

_ = gettext
ORDER = ("danger", "what", "where", "address", "words", "you", "check")
LENGTHS = {
    "locality": 80,
    "account": 40,
    "address": 400,
    "place": 200,
    "words": 2000,
    "name": 120,
    "called": 120,
    "email": 254,
    "phone": 40,
}


@dataclass
class Answered:
    """What one page gave: answers to keep, errors by field, localities to choose from."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asking:
    """What the questions are checked against."""

    book: Book
    db: Bounded
    answers: Mapping[str, Any]
    now: datetime


async def _danger(form: Typed, asking: Asking) -> Answered:
    if form.get("danger") not in ("yes", "no"):
        return Answered(errors={"danger": _("Choose yes or no.")})
    return Answered({"danger": form["danger"]})


async def _what(form: Typed, asking: Asking) -> Answered:
    if not asking.book.offers(form.get("category", "")):
        return Answered(errors={"category": _("Choose what it is about.")})
    return Answered({"category": form["category"]})


def not_live(book: Book, locality: str | None, now: datetime) -> str:
    """What is said of a place that is not live yet: from when it is, and whom to ring until then; "" where it is."""
    place = book.locality(locality)
    if place is None or place.live_from is None or place.live_from <= now:
        return ""
    zone = ZoneInfo(str(book.value("zone", "UTC")))
    said = {
        "place": named(place.names),
        "when": spoken.when(place.live_from, zone),
        "phone": spoken.isolate(place.ring),
    }
    return _("%(place)s joins us on %(when)s. Until then ring %(phone)s.", **said)


async def _where(form: Typed, asking: Asking) -> Answered:
    answered = await _chosen_place(form, asking)
    if later := not_live(asking.book, answered.answers.get("locality"), asking.now):
        return Answered(errors={"locality": later})
    return answered


async def _chosen_place(form: Typed, asking: Asking) -> Answered:
    pick, account, typed = form.get("pick", ""), form.get("account", ""), form.get("locality", "")
    nothing: dict[str, Any] = {"locality": None, "account": None, "typed": "", "unknown": False}
    if pick and asking.book.locality(pick):
        return Answered({**nothing, "locality": pick})
    if account:
        return await _by_account(account, nothing, asking)
    if form.get("unknown"):
        return Answered({**nothing, "unknown": True})
    if not typed:
        return Answered(errors={"locality": _("Type the first letters of your locality.")})
    return await _by_name(typed, nothing, asking)


async def _by_account(account: str, nothing: dict[str, Any], asking: Asking) -> Answered:
    plain = normalise(account[: LENGTHS["account"]])
    if plain.isascii() and plain.isalnum() and len(plain) <= 20 and await asking.db.read(is_account, plain):
        return Answered({**nothing, "account": plain})
    return Answered(
        errors={"account": _("We do not know this account number. Look at your bill, or type your locality.")}
    )


async def _by_name(typed: str, nothing: dict[str, Any], asking: Asking) -> Answered:
    codes = await asking.db.read(find, typed)
    places = [place for code in codes if (place := asking.book.locality(code))]
    exact = [place for place in places if means(place, typed)]
    if len(exact) == 1:
        return Answered({**nothing, "locality": exact[0].code})
    if places:
        return Answered(errors={"locality": _("Choose your locality from the list.")}, found=codes)
    return Answered(errors={"locality": _("We do not find this place. Type it another way, or say you do not know.")})


async def _address(form: Typed, asking: Asking) -> Answered:
    address, place = form.get("address", ""), form.get("place", "")
    errors = lengths(form, "address", "place")
    if asking.answers.get("unknown") and not (address or place):
        errors["place"] = _("Tell us something near it, so that we can find it.")
    return Answered({"address": address, "place": place}, errors)


async def _words(form: Typed, asking: Asking) -> Answered:
    words = form.get("words", "")
    urgent = asking.answers.get("danger") == "yes" or is_emergency(asking.answers.get("category"), asking.book)
    alarming = not urgent and speaks_of_danger(words, asking.book.value("danger_words", {}))
    settled = bool(asking.answers.get("settled")) and words == asking.answers.get("words")
    return Answered({"words": words, "alarming": alarming, "settled": settled}, lengths(form, "words"))


def is_emergency(category: str | None, book: Book) -> bool:
    """Whether a category is one of danger."""
    row = book.row("category", category or "")
    return row is not None and bool(row.data.get("emergency"))


async def _you(form: Typed, asking: Asking) -> Answered:
    errors = lengths(form, "name", "called", "email", "phone")
    phone, email = form.get("phone", ""), form.get("email", "")
    number = telephone(phone, asking.book.value("country", "IN")) if phone and "phone" not in errors else ""
    if number is None:
        errors["phone"] = _("This is not a telephone number. A mobile number has 10 digits.")
    if email and not is_email(email):
        errors.setdefault("email", _("This is not an e-mail address. It looks like name@example.org."))
    if form.get("language") not in asking.book.languages:
        errors["language"] = _("Choose the language of our messages.")
    about = form.get("about", "")
    if about and asking.book.post(about) is None:
        errors["about"] = _("Choose the post from the list, or leave it empty.")
    called = form.get("called", "")
    if called and not is_confidential(asking.answers.get("category"), asking.book):
        errors["called"] = _("A name is taken only with a report that stays confidential. Leave it empty.")
    kept = {
        "about": about,
        "called": called,
        "phone": number or "",
        "typed_phone": phone,
        "name": form.get("name", ""),
        "email": email,
    }
    return Answered({**kept, "language": form.get("language", "")}, errors)


Take = Callable[[Typed, Asking], Awaitable[Answered]]
TAKES: Mapping[str, Take] = {
    "danger": _danger,
    "what": _what,
    "where": _where,
    "address": _address,
    "words": _words,
    "you": _you,
}


def lengths(form: Typed, *names: str) -> dict[str, str]:
    """Errors of the fields that are too long."""
    found = {name: too_long(form.get(name, ""), LENGTHS[name]) for name in names}
    return {name: error for name, error in found.items() if error}


def is_email(text: str) -> bool:
    """Whether a text may be an e-mail address: one @ with something around it and a dot behind."""
    name, at, host = text.rpartition("@")
    plain = not any(letter.isspace() or letter in '<>,;:"' for letter in text)
    return bool(at and name and plain) and "@" not in name and "." in host.strip(".") and ".." not in host


def is_confidential(category: str | None, book: Book) -> bool:
    """Whether a report of this category is seen by nobody at its office, and its page shows nothing."""
    policy = book.policies.get(book.newest)
    known = policy is not None and category in policy.timings
    return known and book.timing(book.newest, category or "", "").confidential


def following(step: str, answers: Mapping[str, Any]) -> str:
    """The question after `step`: danger has one screen of its own, and what was chosen on the first page is not asked again."""
    if step == "danger" and answers.get("danger") == "yes":
        return "now"
    if step == "words" and unsettled(answers):
        return "sure"
    after = ORDER[ORDER.index(step) + 1]
    return "where" if after == "what" and answers.get("category") else after


def unsettled(answers: Mapping[str, Any]) -> bool:
    """Whether the words speak of danger and nobody was asked about it since."""
    return bool(answers.get("alarming")) and not answers.get("settled") and answers.get("danger") != "yes"


def missing(answers: Mapping[str, Any]) -> str | None:
    """The first question still to be answered before the form can be sent; None when nothing is missing."""
    if answers.get("danger") not in ("yes", "no"):
        return "danger"
    if not answers.get("category"):
        return "what"
    if not (answers.get("locality") or answers.get("account") or answers.get("unknown")):
        return "where"
    if answers.get("unknown") and not (answers.get("address") or answers.get("place")):
        return "address"
    if unsettled(answers):
        return "sure"
    return None if answers.get("language") else "you"
