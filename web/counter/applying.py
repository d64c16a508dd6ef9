"""An application filed for somebody: by keyboard, on one page, with the papers he brought."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from languages.catalog import current, gettext
from languages.labels import channel_label
from models import papers
from models.callers import Asked, Known, find, same
from models.intake import UnknownCode
from models.papers import Document
from rules.papers import DocumentState
from rules.procedure import Procedure
from web.counter.agent import filing_post
from web.counter.application_form import Written, draft_of, new_application, papers_for, procedures, read
from web.counter.form import CHANNELS, prefilled
from web.counter.new import number_of, reference_of
from web.counter.scans import Scans, keep, scanned
from web.counter.search import caller_of, known_of, shown
from web.database import DatabaseAway
from web.deps import Db, Now, Parts
from web.desk.forms import TOKEN
from web.desk.session import Person, TakesCalls
from web.forms import Form, Typed
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
PAGE = "counter/apply.html"


def form_page(
    request: Request,
    person: Person,
    parts: Onewindow,
    form: Mapping[str, str],
    written: Written | None = None,
    status: int = 200,
    here: Sequence[Document] = (),
    block: str | None = None,
    **more: Any,
) -> Response:
    """The form with what was typed, the scans that are here, and what is wrong with it."""
    written, known = written or Written(), procedures(parts.book)
    chosen = known.get(form.get("procedure", ""))
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "errors": written.errors,
        "found": written.found,
        "token": form.get("token") or secrets.token_urlsafe(16),
        "channels": [(channel.value, channel_label(channel)) for channel in CHANNELS],
        "procedures": [(code, parts.book.label("procedure", code)) for code in parts.book.in_order("procedure", known)],
        "chosen": chosen,
        "applicants": [
            (code, parts.book.label("applicant", code))
            for code in parts.book.in_order("applicant", chosen.papers if chosen else ())
        ],
        "wanted": wanted(chosen, form, parts),
        "here": {row.paper for row in here if row.state != DocumentState.INFECTED},
        "ask": "",
        "same": [],
        "now": parts.clock(),
        "away": False,
        **more,
    }
    return page(request, PAGE, status=status, block=block, **context)


def wanted(procedure: Procedure | None, form: Mapping[str, str], parts: Onewindow) -> list[tuple[str, str]]:
    """The papers of the sort of applicant chosen, named."""
    return [(code, parts.book.label("paper", code)) for code in papers_for(procedure, form.get("applicant", ""))]


@router.get("/counter/applications")
async def nothing_here(person: TakesCalls) -> Response:
    """Where a browser comes back to after signing in again."""
    return see_other("/counter/applications/new")


@router.get("/counter/applications/new")
async def blank(request: Request, person: TakesCalls, parts: Parts, procedure: str = "") -> Response:
    """An empty form."""
    form = prefilled(Known(), parts.book, current()) | {"channel": "counter", "procedure": procedure[:60]}
    return form_page(request, person, parts, form)


@router.post("/counter/applications/new")
async def begun(request: Request, person: TakesCalls, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """A form with what is known of the caller who was looked up."""
    caller = caller_of(form.get("q", ""), parts.book.value("country", "IN"))
    known = known_of(caller, await db.read(find, caller, now))
    given = prefilled(known, parts.book, current()) | {"channel": "counter"}
    return form_page(request, person, parts, given)


@router.get("/counter/applications/asks")
async def asks(
    request: Request,
    person: TakesCalls,
    parts: Parts,
    procedure: Annotated[str, Query(max_length=60)] = "",
    applicant: Annotated[str, Query(max_length=60)] = "",
    load: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What the procedure chosen asks for: the part of the form that depends on it."""
    form = {"procedure": procedure, "applicant": applicant, "load": load}
    return form_page(request, person, parts, form, block="asks")


@router.post("/counter/applications")
async def filed(
    request: Request,
    person: TakesCalls,
    scans: Annotated[Scans, Depends(scanned)],
    db: Db,
    parts: Parts,
    now: Now,
) -> Response:
    """File it with its scans, after one that is open already was shown. The same form sent twice gives the same number."""
    form = scans.typed
    written = Written()
    here: Sequence[Document] = ()
    try:
        written = await read(form, parts)
        here = await _with_scans(scans, written, person, db, parts, now)
        if form.get("show") or written.errors:
            written.errors = {} if form.get("show") else written.errors
            return form_page(request, person, parts, form, written, 422 if written.errors else 200, here)
        if not form.get("anyway") and (asked := await _before(db, form, written)):
            rows = [shown(one, parts.book) for one in asked]
            return form_page(request, person, parts, form, written, here=here, ask="same", same=rows)
        brought = _brought(form, written, {row.paper for row in here})
        new = new_application(form, written, brought, parts.book, now, person.id, filing_post(person))
        reference = await parts.database.write(number_of, new, parts.book.policies)
    except UnknownCode as unknown:
        written.errors[unknown.field] = gettext("This can no longer be chosen. Please change it.")
        return form_page(request, person, parts, form, written, 422, here)
    except DatabaseAway:
        return form_page(request, person, parts, form, status=503, away=True)
    await parts.door.wake()
    return see_other(f"/counter/requests/{reference}?told=filed")


async def _with_scans(
    scans: Scans, written: Written, person: Person, db: Db, parts: Onewindow, now: datetime
) -> Sequence[Document]:
    """Keep the scans, and say what is wrong with which; all that are kept with this form. None where it was filed before."""
    form = scans.typed
    filed_before = await db.read(reference_of, draft_of(form))
    if filed_before or not TOKEN.fullmatch(form.get("token", "")):
        return ()
    codes = papers_for(written.procedure, form.get("applicant", ""))
    written.errors |= await keep(scans, codes, draft_of(form), person.id, db, parts, now)
    return await db.read(papers.of_draft, draft_of(form))


def _brought(form: Typed, written: Written, here: set[str]) -> tuple[str, ...]:
    """The papers which were brought and must still be scanned."""
    codes = papers_for(written.procedure, form.get("applicant", ""))
    return tuple(code for code in codes if form.get(f"brought-{code}") and code not in here)


async def _before(db: Db, form: Typed, written: Written) -> tuple[Asked, ...]:
    """Open applications of the same caller for the same; none when this very form was filed already."""
    filed_before = await db.read(reference_of, draft_of(form))
    if written.procedure is None or filed_before:
        return ()
    return await db.read(same, written.procedure.code, written.caller)
