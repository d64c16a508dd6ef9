"""The timings of every category in one table, changed several at once, saved as a new version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile
from starlette.responses import Response

from languages.catalog import gettext as _
from models import policy_versions
from models.policy_versions import LONGEST_NOTE, NothingChanged, Outdated
from models.retiming_start import AlreadyRunning, begin
from rules.policy import Policy
from rules.policy_check import warnings
from web.admin.apply import NEW_ONLY, choices, chosen, rate_of
from web.admin.changes import doubts, told
from web.admin.grid import edit, grid, typed_anew
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import Stale
from web.forms import clean
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
MOST_FIELDS = 2000


async def typed(request: Request) -> dict[str, str]:
    """The table as typed: more fields than any other form has."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return {name: clean(text) for name, text in form.items() if not isinstance(text, UploadFile)}


Table = Annotated[dict[str, str], Depends(typed)]


@router.get("/admin")
async def timings(request: Request, person: ReadsAdmin, db: Db, parts: Parts, saved: int = 0) -> Response:
    """The timings in force."""
    return await _page(request, person, parts, await db.read(policy_versions.current), saved=saved)


@router.post("/admin")
async def change(request: Request, person: Tunes, form: Table, db: Db, parts: Parts, now: Now) -> Response:
    """Save what was changed as the next version; with anything wrong nothing is saved and the form comes back as typed."""
    base = await db.read(policy_versions.version, number(form.get("base", "")))
    if base is None:
        raise Stale
    edited = edit(base, form)
    errors = {**edited.errors, **_note_errors(form), **_apply_errors(form)}
    if errors:
        return await shown_again(request, person, parts, base, form, errors)
    try:
        saved, applied = await db.write(_save, edited.policy, form, person.id, now, base.version)
    except NothingChanged:
        errors = {"note": _("Nothing is different from the timings in force.")}
        return await shown_again(request, person, parts, base, form, errors)
    except AlreadyRunning:
        errors = {"apply": _("Other timings are still being applied. Wait for their end, or stop them.")}
        return await shown_again(request, person, parts, base, form, errors)
    except Outdated:
        return await _overtaken(request, person, parts, base, form)
    if applied is None:
        return see_other(f"/admin?saved={saved}")
    await parts.door.wake()
    return see_other(f"/admin/retimings/{applied}")


async def _save(
    session: AsyncSession, policy: Policy, form: Mapping[str, str], author: int, at: datetime, base: int
) -> tuple[int, int | None]:
    """The new version and, in the same transaction, the list of what it is applied to; their numbers."""
    saved = await policy_versions.save(session, policy, form["note"], author, at, base=base)
    choice = chosen(form)
    if choice is None:
        return saved, None
    return saved, await begin(session, saved, choice, author, at, rate_of(form))


def _apply_errors(form: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    for field, read in (("apply", chosen), ("rate", rate_of)):
        try:
            read(form)
        except ValueError as wrong:
            errors[field] = str(wrong)
    return errors


async def shown_again(
    request: Request, person: Person, parts: Onewindow, base: Policy, form: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    """The form as it was typed, with what is wrong; nothing was saved."""
    return await _page(request, person, parts, base, 422, typed=form, errors=errors)


def number(text: str) -> int:
    """A version's number as sent; 0, which no version has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _note_errors(form: Mapping[str, str]) -> dict[str, str]:
    if 1 <= len(form.get("note", "")) <= LONGEST_NOTE:
        return {}
    return {"note": _("Say in at most %(number)d characters why it changes.", number=LONGEST_NOTE)}


async def _overtaken(
    request: Request, person: Person, parts: Onewindow, base: Policy, form: Mapping[str, str]
) -> Response:
    """Somebody saved meanwhile: only what was typed anew stands over the newest timings, which are the base now."""
    row = await parts.database.read(policy_versions.newest)
    newest = await parts.database.read(policy_versions.current)
    kept = {**typed_anew(base, form), "note": form.get("note", "")}
    theirs = told(policy_versions.differences(base, newest), parts.book)
    return await _page(request, person, parts, newest, 409, typed=kept, overtaken=row, theirs=theirs)


async def _page(
    request: Request,
    person: Person,
    parts: Onewindow,
    policy: Policy,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    shown = {row.code: row.place for row in parts.book.all("category")}
    rows = sorted(grid(policy, typed), key=lambda row: shown.get(row.category, len(shown)))
    made: dict[str, Any] = {
        "person": person,
        "policy": policy,
        "rows": rows,
        "most_tiers": max((len(row.tiers) for row in rows), default=0),
        "calendars": list(policy.calendars),
        "may_save": "tune" in person.rights,
        "warnings": doubts(warnings(policy), parts.book),
        "errors": {},
        "note": (typed or {}).get("note", ""),
        "saved": 0,
        "overtaken": None,
        "theirs": (),
        "moment": parts.clock(),
        "messages_url": parts.messages_url,
        "apply": (typed or {}).get("apply", NEW_ONLY),
        **await parts.database.read(choices, parts.book),
    }
    return page(request, "admin/timings.html", status=status, **(made | more))
