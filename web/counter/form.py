"""The whole complaint on one page: what is read from it, what is wrong with it, and what must be asked once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from languages.catalog import gettext as _
from languages.catalog import named
from models.callers import Caller, Known
from models.intake import New
from models.policy import Names
from rules.danger_words import speaks_of_danger
from rules.terms import Channel, Kind
from web.book import Book
from web.consumer.steps import TAKES, Asking
from web.desk.forms import TOKEN
from web.forms import Typed
from web.onewindow import Onewindow

CHANNELS = (Channel.CALL, Channel.COUNTER, Channel.LETTER)
STEPS = ("danger", "what", "where", "address", "words", "you")


@dataclass
class Written:
    """What was written down: answers as they may be filed, errors by field, localities to choose from."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    @property
    def caller(self) -> Caller:
        """By what this consumer's other requests are found."""
        return Caller(self.answers.get("phone") or None, self.answers.get("account") or None)


async def read(form: Typed, parts: Onewindow) -> Written:
    """The form, judged by the same questions the consumer's own pages ask."""
    written = Written()
    for step in STEPS:
        answered = await TAKES[step](form, Asking(parts.book, parts.database, written.answers, parts.clock()))
        written.answers |= answered.answers
        written.errors |= answered.errors
        written.found = written.found or answered.found
    if form.get("channel") not in CHANNELS:
        written.errors["channel"] = _("Choose how it came.")
    if not TOKEN.fullmatch(form.get("token", "")):
        written.errors["danger"] = _("This form is too old. Load it again.")
    _surely(form, written, parts.book)
    return written


def _surely(form: Typed, written: Written, book: Book) -> None:
    """The answer to the question asked once more: a safety category, or that there is no danger."""
    if form.get("sure") in {row.code for row in dangers(book)}:
        written.answers |= {"category": form["sure"], "danger": "yes"}
        written.errors.pop("category", None)


def dangers(book: Book) -> list[Names]:
    """The categories of danger, in the profile's order."""
    policy = book.policies.get(book.newest)
    safe = {code for code, timing in policy.timings.items() if timing.safety} if policy else set()
    return [row for row in book.categories() if row.code in safe]


def asks_of_danger(form: Typed, written: Written, book: Book) -> bool:
    """Whether *Is there danger now?* is to be asked once more: danger was said, or the words speak of it."""
    listed = dangers(book)
    if form.get("sure") or not listed or written.answers.get("category") in {row.code for row in listed}:
        return False
    said = f"{form.get('words', '')} {form.get('place', '')}"
    return form.get("danger") == "yes" or speaks_of_danger(said, book.value("danger_words", {}))


def new_request(form: Typed, answers: Mapping[str, Any], at: Any, person: int, post: str | None) -> New:
    """The request to be registered; what was left empty is None."""
    given = {
        name: answers.get(name) or None
        for name in ("locality", "account", "place", "address", "name", "phone", "email", "about", "called")
    }
    return New(
        kind=Kind.COMPLAINT,
        category=answers["category"],
        channel=Channel(form["channel"]),
        language=answers["language"],
        description=answers.get("words", ""),
        token=f"counter/{form['token']}",
        at=at,
        filed_by=person,
        filed_post=post,
        **given,
    )


def prefilled(known: Known, book: Book, language: str) -> dict[str, str]:
    """The fields of a new form from what is known."""
    place = book.locality(known.locality)
    spoken = known.language if known.language in book.languages else language
    return {
        "name": known.name,
        "phone": known.phone,
        "email": known.email,
        "account": known.account,
        "address": known.address,
        "place": known.place,
        "locality": named(place.names) if place else "",
        "language": spoken if spoken in book.languages else book.languages[0],
        "channel": Channel.CALL.value,
        "danger": "",
    }
