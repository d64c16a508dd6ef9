"""Exceptional events: declared for a zone, categories and a span with a public note; corrected, ended, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import OWN_NAMES, named
from languages.catalog import gettext as _
from languages.exceptional import exceptional_word
from models import exceptional
from models.exceptional import ExceptionalEvent
from models.naming import Overtaken
from rules.exceptional import WHATS
from web.admin.saving import Table
from web.deps import Db, Now, Parts
from web.desk.forms import instant, local
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
ADDRESS = "/admin/events"
LONGEST_NOTE = 300
LONGEST = timedelta(days=366)
"""How long one may last, and how far from now it may begin."""


@router.get("/admin/events")
async def events(request: Request, person: ReadsAdmin, parts: Parts) -> Response:
    """Every event, and the form that declares one."""
    return await _page(request, person, parts, None, {"since": local(parts.clock(), parts.zone)})


@router.post("/admin/events")
async def declare(request: Request, person: Tunes, form: Table, db: Db, parts: Parts, now: Now) -> Response:
    """Declare one; from now on pages say so."""
    values, errors = _read(form, parts)
    if errors:
        return await _page(request, person, parts, None, form, errors, 422)
    await db.write(exceptional.declare, values, person.id, now)
    return see_other(f"{ADDRESS}?done=declared")


@router.get("/admin/events/{number}")
async def event(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """One event, to be corrected."""
    row = await _found(db, number)
    return await _page(request, person, parts, row, _written(row, parts))


@router.post("/admin/events/{number}")
async def change(request: Request, number: int, person: Tunes, form: Table, db: Db, parts: Parts, now: Now) -> Response:
    """Correct it, end it now, or withdraw it; whatever was judged by it is judged anew."""
    row = await _found(db, number)
    at_once = {"withdrawn_at": now} if "withdraw" in form else {"until": max(now, row.since)} if "end" in form else None
    values, errors = _read(form, parts, row) if at_once is None else (at_once, {})
    if errors:
        return await _page(request, person, parts, row, form, errors, 422)
    try:
        await db.write(exceptional.change, number, values, form.get("seen", ""), person.id, now)
    except Overtaken:
        return await _page(request, person, parts, await _found(db, number), form, status=409, overtaken=True)
    return see_other(f"{ADDRESS}?done=changed")


async def _found(db: Db, number: int) -> ExceptionalEvent:
    row = await db.read(exceptional.one, number)
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    return row


def _read(
    form: Mapping[str, str], parts: Onewindow, row: ExceptionalEvent | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The columns the form means, and what is wrong with it; of `row` it is the correction."""
    errors: dict[str, str] = {}
    since, until = (instant(form.get(name, ""), parts.zone) for name in ("since", "until"))
    if form.get("what") not in WHATS:
        errors["what"] = _("Choose what it is.")
    if form.get("zone") and form["zone"] not in _zones(parts):
        errors["zone"] = _("There is no such zone.")
    if since is None:
        errors["since"] = _("Write when it began.")
    elif abs(since - parts.clock()) > LONGEST and (row is None or local(row.since, parts.zone) != form["since"]):
        errors["since"] = _("Write a day that is at most a year away.")
    if form.get("until") and (until is None or (since and until <= since)):
        errors["until"] = _("The end must be after the beginning.")
    elif since and until and until - since > LONGEST:
        errors["until"] = _("The end must be at most a year after the beginning.")
    note = {code: text for code in parts.book.languages if (text := form.get(f"note.{code}", ""))}
    for code in parts.book.languages:
        if not 1 <= len(note.get(code, "")) <= LONGEST_NOTE:
            errors[f"note.{code}"] = _(
                "Say in at most %(number)d characters what everybody may read.", number=LONGEST_NOTE
            )
    categories = [row.code for row in parts.book.all("category") if f"category.{row.code}" in form]
    values: dict[str, Any] = {"what": form.get("what"), "zone": form.get("zone") or None, "categories": categories}
    return values | {"since": since, "until": until, "note": note}, errors


def _written(row: ExceptionalEvent, parts: Onewindow) -> dict[str, str]:
    """An event as its form."""
    typed = {"what": row.what, "zone": row.zone or "", "since": local(row.since, parts.zone)}
    typed["until"] = local(row.until, parts.zone) if row.until else ""
    return (
        typed
        | {f"note.{code}": text for code, text in row.note.items()}
        | {f"category.{c}": "on" for c in row.categories}
    )


def _zones(parts: Onewindow) -> list[str]:
    return sorted({office.zone for office in parts.book.now.offices.values()})


async def _page(
    request: Request,
    person: Person,
    parts: Onewindow,
    row: ExceptionalEvent | None,
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    *,
    overtaken: bool = False,
) -> Response:
    now: datetime = parts.clock()
    return page(
        request,
        "admin/events.html",
        status=status,
        person=person,
        row=row,
        rows=await parts.database.read(exceptional.declared) if row is None else (),
        typed=typed,
        seen=exceptional.fingerprint(row) if row else "",
        overtaken=overtaken,
        errors=errors or {},
        whats={what: exceptional_word(what) for what in WHATS},
        zones=_zones(parts),
        own_names={code: OWN_NAMES[code] for code in parts.book.languages},
        may_save="tune" in person.rights,
        said=named,
        moment=now,
        done=request.query_params.get("done", ""),
        longest=LONGEST_NOTE,
    )
