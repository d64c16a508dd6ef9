"""Who changed what: searched, checked and taken away as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from languages.catalog import gettext as _
from models.audit import Audit, Search, checked, entries, sorts
from models.staff import staff_names
from web.admin.calendar_form import day_of
from web.admin.changes import subject_words, told_from_audit, what_words
from web.database import Bounded
from web.deps import Db, Parts
from web.desk.session import ReadsAdmin
from web.onewindow import Onewindow
from web.render import page
from web.typed import own_number

router = APIRouter(include_in_schema=False)
PAGE, BATCH = 50, 500
Words = Annotated[str, Query(max_length=200)]
Below = Annotated[int | None, Query(ge=1)]


@dataclass(frozen=True)
class Asked:
    """The search as typed, as it is understood, and what is wrong with it by field; a wrong field is left out of the search."""

    typed: dict[str, str]
    search: Search
    errors: dict[str, str]


async def asked_for(
    parts: Parts, words: Words = "", what: Words = "", person: Words = "", since: Words = "", until: Words = ""
) -> Asked:
    """The search these fields ask for."""
    errors: dict[str, str] = {}
    begins = _midnight(_day("since", since, errors), 0, parts)
    ends = _midnight(_day("until", until, errors), 1, parts)
    search = Search(words.replace("\0", ""), what or None, own_number(person), begins, ends)
    return Asked({"words": words, "what": what, "person": person, "since": since, "until": until}, search, errors)


TheSearch = Annotated[Asked, Depends(asked_for)]


def _day(name: str, typed: str, errors: dict[str, str]) -> date | None:
    day = day_of(typed)
    if typed and day is None:
        errors[name] = _("This is not a day.")
    return day


def _midnight(day: date | None, later: int, parts: Onewindow) -> datetime | None:
    return datetime.combine(day + timedelta(days=later), time(), parts.zone) if day else None


@router.get("/admin/audit")
async def audit(
    request: Request,
    person: ReadsAdmin,
    db: Db,
    parts: Parts,
    asked: TheSearch,
    below: Below = None,
    check: bool = False,
) -> Response:
    """The entries that fit, newest first; with `check`, whether all of them are as they were written."""
    rows, names = await db.read(entries, asked.search, below, PAGE + 1), await db.read(staff_names)
    kept = {name: value for name, value in asked.typed.items() if value}
    return page(
        request,
        "admin/audit.html",
        status=422 if asked.errors else 200,
        person=person,
        rows=[(row, told_from_audit(row.before, row.after, parts.book)) for row in rows[:PAGE]],
        names=names,
        subject=lambda row: subject_words(row.what, row.subject, names, parts.book),
        sorts=[(sort, what_words(sort)) for sort in await db.read(sorts)],
        what_words=what_words,
        typed=asked.typed,
        errors=asked.errors,
        asked=urlencode(kept),
        following=urlencode({**kept, "below": rows[PAGE - 1].id or 0}) if len(rows) > PAGE else "",
        checked=await db.read(checked) if check else None,
        moment=parts.clock(),
    )


@router.get("/admin/audit.csv")
async def export(person: ReadsAdmin, db: Db, asked: TheSearch) -> Response:
    """The same entries as a file for a spreadsheet."""
    names = await db.read(staff_names)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(_lines(db, asked.search, names), headers=headers, media_type="text/csv; charset=utf-8")


async def _lines(db: Bounded, search: Search, names: dict[int | None, str]) -> AsyncIterator[str]:
    yield _csv(["entry", "at", "who", "what", "subject", "note", "before", "after", "hash"])
    below: int | None = None
    while rows := await db.read(entries, search, below, BATCH):
        for row in rows:
            yield _csv(_cells(row, names))
        below = rows[-1].id


def _cells(row: Audit, names: dict[int | None, str]) -> Iterable[object]:
    who = names.get(row.person, "")
    return [row.place, row.at.isoformat(), who, row.what, row.subject, row.note, row.before, row.after, row.hash]


def _csv(cells: Iterable[object]) -> str:
    """One line; a cell that a spreadsheet would take for a formula is made a text."""
    out = io.StringIO()
    told = ("" if cell is None else str(cell) for cell in cells)
    csv.writer(out).writerow(f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in told)
    return out.getvalue()
