"""What one officer proposed and another must decide, as its page tells it: who, what, why, and both dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from languages.catalog import gettext as _
from languages.labels import proposal_label
from models.casefile import CaseFile
from rules.states import WORKED
from rules.terms import Act, Actor, Proposal
from web.book import Book


@dataclass(frozen=True)
class Asked:
    """A proposal that waits. `who` and `post` proposed it ("" for the consumer); `due` is the time limit, `then` the other one.

    `both`: whether the time limit would change; then None means that there would be none.
    """

    what: Proposal
    heading: str
    subject: str
    who: str
    post: str
    at: datetime | None
    words: str | None
    due: datetime | None
    then: datetime | None
    both: bool
    decides: str
    if_agreed: str
    if_not: str
    own: bool
    buttons: Mapping[str, str]


IF_AGREED: Mapping[Proposal, Callable[[], str]] = {
    Proposal.CORRECT: lambda: _("If you agree, the category changes now. The consumer is told both dates."),
    Proposal.LOWER: lambda: _("If you agree, it is treated as danger no longer."),
    Proposal.REJECT: lambda: _("If you agree, it ends as not accepted. The consumer can object once."),
    Proposal.TRANSFER: lambda: _("If you agree, it goes to that office. Its time stays as it is."),
    Proposal.HOLD: lambda: _("If the wait was right, its time stays given back."),
}
IF_NOT: Mapping[Proposal, Callable[[], str]] = {
    Proposal.CORRECT: lambda: _("If not, the category stays as it is."),
    Proposal.LOWER: lambda: _("If not, it stays a danger."),
    Proposal.REJECT: lambda: _("If not, the work goes on."),
    Proposal.TRANSFER: lambda: _("If not, it stays with the office that has it."),
    Proposal.HOLD: lambda: _("If it was not, the time counts as though nobody had waited."),
}


def asked(file: CaseFile, book: Book, person: int) -> Asked | None:
    """The proposal of this request that waits for a decision; None when there is none."""
    proposal = file.request.proposal
    if not proposal or file.request.state not in WORKED:
        return None
    what = Proposal(proposal["what"])
    line = next((line for line in file.lines if line.event.number == proposal.get("number")), None)
    consumer = line is not None and line.event.actor == Actor.CONSUMER
    return Asked(
        what=what,
        heading=proposal_label(what),
        subject=_subject(what, file, book),
        who="" if line is None or consumer else line.who or "",
        post="" if consumer else book.title(proposal.get("from")),
        at=line.event.at if line else None,
        words=reason_given(file, line.event.number) if line else None,
        due=_instant(proposal.get("standard_due")),
        then=_instant(proposal.get("standard_then")),
        both=what in (Proposal.CORRECT, Proposal.LOWER),
        decides=book.title(proposal["post"]),
        if_agreed=IF_AGREED[what](),
        if_not=IF_NOT[what](),
        own=proposal.get("by") == person,
        buttons=_buttons(what),
    )


def reason_given(file: CaseFile, number: int) -> str | None:
    """What was written with a proposal: its words stand on the first line that its sender caused."""
    found = next((line for line in file.lines if line.event.number == number), None)
    before = next((line for line in file.lines if line.event.number == number - 1), None)
    if found is None or found.words or before is None or before.event.person != found.event.person:
        return found.words if found else None
    return before.words if before.event.at == found.event.at else None


def _subject(what: Proposal, file: CaseFile, book: Book) -> str:
    proposal = file.request.proposal
    if what in (Proposal.CORRECT, Proposal.LOWER):
        before = book.label("category", file.request.category)
        after = book.label("category", proposal["category"])
        return _("%(before)s is to become: %(after)s", before=before, after=after)
    if what is Proposal.REJECT:
        return book.label("reject_reason", proposal["reason"])
    if what is Proposal.TRANSFER:
        return _("To the office %(office)s", office=book.label("office", proposal["office"]))
    return _("The consumer says somebody was there, so we had nothing to wait for.")


def _buttons(what: Proposal) -> Mapping[str, str]:
    if what is Proposal.HOLD:
        return {Act.AGREE: _("The wait was right"), Act.DISAGREE: _("The wait was not right")}
    return {Act.AGREE: _("Agree"), Act.DISAGREE: _("Do not agree")}


def _instant(written: object) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else None
