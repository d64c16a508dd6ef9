"""The whole application on one page: what is read from it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from languages.catalog import gettext as _
from models.callers import Caller
from models.intake import New
from rules.application import BadApplication, application_of
from rules.procedure import Procedure
from rules.terms import Channel
from web.book import Book
from web.consumer.steps import TAKES, Asking
from web.counter.form import CHANNELS
from web.desk.forms import TOKEN
from web.forms import Typed
from web.onewindow import Onewindow

STEPS = ("where", "address", "words", "you")


@dataclass
class Written:
    """What was written down: answers as they may be filed, errors by field, localities to choose from."""

    procedure: Procedure | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    @property
    def caller(self) -> Caller:
        """By what this applicant's other requests are found."""
        return Caller(self.answers.get("phone") or None, self.answers.get("account") or None)


def procedures(book: Book) -> Mapping[str, Procedure]:
    """The procedures that can be applied for now."""
    policy = book.policies.get(book.newest)
    return policy.procedures if policy else {}


def papers_for(procedure: Procedure | None, applicant: str) -> tuple[str, ...]:
    """The papers a sort of applicant must bring; none while it is not chosen."""
    return procedure.papers.get(applicant, ()) if procedure else ()


async def read(form: Typed, parts: Onewindow) -> Written:
    """The form, judged by the same questions the consumer's own pages ask, and by what its procedure must know."""
    written = Written(procedures(parts.book).get(form.get("procedure", "")))
    for step in STEPS:
        answered = await TAKES[step](form, Asking(parts.book, parts.database, written.answers, parts.clock()))
        written.answers |= answered.answers
        written.errors |= answered.errors
        written.found = written.found or answered.found
    if form.get("channel") not in CHANNELS:
        written.errors["channel"] = _("Choose how it came.")
    if not TOKEN.fullmatch(form.get("token", "")):
        written.errors["procedure"] = _("This form is too old. Load it again.")
    _asked_for(form, written)
    return written


def _asked_for(form: Typed, written: Written) -> None:
    if written.procedure is None:
        written.errors["procedure"] = _("Choose what is applied for.")
        return
    account = written.answers.get("account")
    if written.procedure.account and not account and "account" not in written.errors:
        written.errors["account"] = _("This needs the account number of the connection.")
        written.errors.pop("locality", None)
    try:
        given = {"applicant": form.get("applicant"), "load": form.get("load")}
        written.answers["application"] = application_of(written.procedure, given, account or "-")
    except BadApplication as bad:
        written.errors[bad.field] = _what_lacks(bad.field, written.procedure)


def _what_lacks(field: str, procedure: Procedure) -> str:
    if field == "load" and procedure.loads is not None:
        loads = procedure.loads
        return _(
            "Write the load in kW: from %(least)s to %(most)s, in steps of %(step)s.",
            least=loads.least, most=loads.most, step=loads.step,
        )  # fmt: skip
    return _("Choose what the applicant applies as.")


def draft_of(form: Mapping[str, str]) -> str:
    """Under which token its scans lie until it is filed, and it is filed itself."""
    return f"counter/{form.get('token', '')}"


def new_application(
    form: Typed, written: Written, brought: Sequence[str], book: Book, at: datetime, person: int, post: str | None
) -> New:
    """The request to be registered; `brought` are the papers that are here and not scanned yet."""
    assert written.procedure is not None
    answers = written.answers
    names = ("locality", "account", "place", "address", "name", "phone", "email")
    given = {name: answers.get(name) or None for name in names}
    return New(
        kind=written.procedure.kind,
        category=written.procedure.code,
        channel=Channel(form["channel"]),
        language=answers["language"],
        description="\n".join(filter(None, [answers.get("words", ""), _to_scan(brought, book)])),
        token=draft_of(form),
        at=at,
        filed_by=person,
        filed_post=post,
        application=answers["application"],
        brought=brought,
        **given,
    )


def _to_scan(brought: Sequence[str], book: Book) -> str:
    if not brought:
        return ""
    papers = ", ".join(book.label("paper", code) for code in brought)
    return _("Brought to the counter, still to be scanned: %(papers)s.", papers=papers)
