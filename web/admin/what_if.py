"""What unsaved timings would do: worked out beside the web in a process of its own, and let go when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from models import policy_versions, what_if
from models.database import Sessions
from models.foretelling import NotForetold, foretold
from models.staff import staff_names
from models.what_if import WhatIf
from rules.policy import Policy
from web.admin import calendars, foreseen, holiday, timings
from web.admin.apply import NEW_ONLY, choices
from web.admin.changes import Told, told
from web.admin.saving import Sheet, Table, base_of
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import ReadsAdmin, Tunes
from web.errors import NotFound
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
LOOK_EVERY = 0.25
SHEETS = {one.code: one for one in (timings.SHEET, calendars.SHEET, holiday.SHEET)}
"""Every form that can be looked ahead from."""


class Left(Exception):
    """Nobody waits for the answer any more."""


@router.post("/admin/what-if")
async def ask(request: Request, person: Tunes, form: Table, db: Db, parts: Parts, now: Now) -> Response:
    """Work it out for what was typed, keep it, and show it. With anything wrong the form comes back as typed."""
    sheet = SHEETS.get(form.get("sheet", ""), timings.SHEET)
    base = await base_of(parts, form)
    edited = sheet.edit(base, form, parts.book)
    if edited.errors:
        return await sheet.again(request, person, parts, base, status=422, typed=form, errors=edited.errors)
    try:
        result = await while_waited_for(request, parts.sessions, edited.policy, now)
    except NotForetold:
        errors = {"note": _("This could not be worked out in time. Try again when less is going on.")}
        return await sheet.again(request, person, parts, base, status=422, typed=form, errors=errors)
    except Left:
        return Response(status_code=204)
    typed: dict[str, Any] = {**sheet.anew(base, form), "note": form.get("note", ""), "sheet": sheet.code}
    kept = await db.write(what_if.keep, person.id, now, base.version, typed, result)
    return see_other(f"/admin/what-if/{kept}")


async def while_waited_for(request: Request, sessions: Sessions, policy: Policy, at: datetime) -> dict[str, Any]:
    """What is foretold, in a process that ends when the page is left (Left)."""
    url = sessions.kw["bind"].url.render_as_string(hide_password=False)
    working = asyncio.create_task(foretold(url, policy, at))
    try:
        while not (await asyncio.wait({working}, timeout=LOOK_EVERY))[0]:
            if await request.is_disconnected():
                raise Left
        return working.result()
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError, NotForetold):
            await working


async def _kept(db: Db, id: str) -> WhatIf:
    found = await db.read(what_if.kept, id)
    if found is None or "kept" not in found.result:  # or it was kept by an older version, without its lists
        raise NotFound
    return found


@router.get("/admin/what-if/{id}")
async def shown(request: Request, id: str, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """The answer: tables with their bars, and the form that saves it."""
    row, people = await _kept(db, id), await db.read(staff_names)
    result, offered = row.result, await db.read(choices, parts.book, row.typed)
    total, tables = foreseen.tables(result, parts.book, people)
    sheet = SHEETS.get(row.typed.get("sheet", ""), timings.SHEET)
    return page(
        request,
        "admin/what_if.html",
        changes=await _changes(db, sheet, row, parts.book),
        storm=parts.book.policies[parts.book.newest].limits.escalations_per_minute,
        person=person,
        row=row,
        result=result,
        moment=parts.clock(),
        total=total,
        tables=tables,
        loads=foreseen.loads(result),
        load_words=foreseen.load_words(),
        closed_words=foreseen.closed_words(),
        windows=foreseen.window_words(),
        by_words=foreseen.by_words(),
        may_save="tune" in person.rights and "proposal" not in row.typed,
        proposal=row.typed.get("proposal"),
        errors={},
        address=sheet.address(row.typed),
        apply=row.typed.get("apply", NEW_ONLY),
        **(offered | {"rates": {**offered["rates"], "usual": sheet.rate}}),
    )


async def _changes(db: Db, sheet: Sheet, row: WhatIf, book: Book) -> list[Told]:
    """What is different from the timings it was typed over."""
    base = await db.read(policy_versions.version, row.base)
    if base is None or "proposal" in row.typed:
        return []  # the page of a proposal says it
    return told(policy_versions.differences(base, sheet.edit(base, row.typed, book).policy), book)


@router.get("/admin/what-if/{id}/requests")
async def requests(request: Request, id: str, person: ReadsAdmin, db: Db, parts: Parts, at: int = 1) -> Response:
    """The requests behind one number, a page at a time."""
    row, people = await _kept(db, id), await db.read(staff_names)
    asked = {"course": "then", "window": "week", "by": "", "key": ""}
    asked |= {key: text for key, text in request.query_params.items() if key in asked}
    found = foreseen.behind(row.result, asked, parts.book, people)
    if found is None or not 1 <= at <= found.pages:
        raise NotFound
    return page(
        request,
        "admin/what_if_requests.html",
        person=person,
        row=row,
        moment=parts.clock(),
        shown=found.page(at),
        many=len(found.moves) + len(found.references),
        at=at,
        pages=found.pages,
        address=f"/admin/what-if/{id}/requests?{urlencode(asked)}",
        opens="/desk/requests/" if "audit" in person.rights else "/track/",
        people=people,
    )
