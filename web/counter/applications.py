"""One connection request at the counter or on the line: what to read out, what he may answer, and money taken."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from languages.buttons import act_label
from languages.catalog import current, named
from languages.connections import fault_label, note_label
from languages.dealings import visits_of
from languages.labels import channel_label
from languages.money import money
from models.callers import Overview
from models.casefile import CaseFile, case_file
from rules.case import Fault, Note, NoteState
from rules.terms import Act, Channel
from web.counter.agent import post_of
from web.counter.application_offers import offered_for
from web.counter.offers import ASKED, PICTURES, Offers, may_print
from web.counter.telling import said_to
from web.database import Bounded
from web.desk.applied import applicant_of, load_of
from web.desk.session import Person
from web.desk.stage_offers import is_good, papers_of
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page
from web.shared import Shared
from web.typed import rupees

PAGE = "counter/application.html"


@dataclass(frozen=True)
class Wanted:
    """A paper the application wants: whether it is here, and what is wrong."""

    code: str
    name: str
    good: bool
    fault: str


@dataclass(frozen=True)
class Receipt:
    """A payment that was just written down: its number, and what it means."""

    number: str
    amount: int
    to_pay: int
    surplus: int
    late: bool


async def filed_case(db: Bounded, reference: str, parts: Onewindow) -> CaseFile:
    """The whole file of a connection request, its policy in the book."""
    file = await db.read(case_file, reference)
    if file is None:
        raise NotFound
    await db.read(parts.book.hold_policy, file.request.policy_version)
    return file


def wanted_of(file: CaseFile, parts: Onewindow) -> tuple[str, ...]:
    """The codes of the papers it wants."""
    return papers_of(file, parts.book.policies[file.request.policy_version].procedures[file.request.category])


def papers_wanted(file: CaseFile, parts: Onewindow) -> list[Wanted]:
    """The papers it wants, named."""
    found = []
    for code in wanted_of(file, parts):
        paper = file.gathered.paper(code)
        fault = "" if is_good(paper) else fault_label(paper.fault or Fault.LOST if paper else Fault.MISSING)
        found.append(Wanted(code, parts.book.label("paper", code), is_good(paper), fault))
    return found


def receipt(file: CaseFile, number: str) -> Receipt | None:
    """What became of the payment with this receipt number; None for one that is not this request's."""
    case = file.gathered
    paid = next((one for one in case.payments if one.id == f"counter/{number}"), None)
    if paid is None:
        return None
    late = case.note is not None and case.note.state is NoteState.EXPIRED
    return Receipt(number, paid.amount, case.to_pay, case.surplus, late)


async def application_page(
    request: Request,
    overview: Overview,
    person: Person,
    parts: Onewindow,
    shared: Shared,
    status: int = 200,
    **more: Any,
) -> Response:
    """The page, as it is or with a form that could not be taken."""
    file = await filed_case(parts.database, overview.request.reference, parts)
    row, now, book = file.request, parts.clock(), parts.book
    own = current()
    speaks = post_of(person) is not None
    place = book.locality(row.locality)
    context: dict[str, Any] = {
        "person": person,
        "r": row,
        "spoken": await said_to(shared, row, row.language),
        "read": await said_to(shared, row, own) if own != row.language else None,
        "offers": offered_for(file, wanted_of(file, parts), now) if speaks else Offers(),
        "pictures": PICTURES,
        "act_words_here": {act.value: act_label(act, application=True) for act in Act},
        "category": book.sort(row),
        "applicant": applicant_of(row, book),
        "load": load_of(row),
        "consumer": file.consumer,
        "locality": named(place.names) if place else book.name("office", row.office),
        "channel": channel_label(Channel(row.channel)),
        "papers": papers_wanted(file, parts),
        "slots": dates(file),
        "note": file.gathered.note,
        "note_state": note_words(file.gathered.note),
        "to_pay": file.gathered.to_pay,
        "money": money,
        "rupees": rupees,
        "withdraw_reasons": [(one.code, named(one.labels)) for one in book.all("withdraw_reason")],
        "slip": may_print(overview, person.id, person.codes),
        "token": secrets.token_urlsafe(16),
        "now": now,
        "receipt": receipt(file, request.query_params.get("receipt", "")[:40]),
    }
    opened = request.query_params.get("open", "")
    context["open_act"] = opened if opened in ASKED else None
    context |= {"typed": {}, "errors": {}, "notice": None, "sentence": "", "done": "", "since": ()}
    return page(request, PAGE, status=status, **(context | more))


def dates(file: CaseFile) -> list[tuple[str, datetime, datetime]]:
    """The dates offered for a visit: what is sent to choose one, from when, until when."""
    offered = [task for task in file.open_tasks if task.data.get("slots") and not task.data.get("slot")]
    return [(one.key, one.start, one.end) for task in offered for one in visits_of(task.data["slots"])]


def note_words(note: Note | None) -> str:
    """How the demand note stands; "" where there is none."""
    return note_label(note.state) if note else ""
