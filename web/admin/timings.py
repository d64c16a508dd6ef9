"""The timings of every category and every stage on one page, changed several at once, saved as a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from models import policy_versions
from rules.policy import Policy
from rules.policy_check import warnings
from web.admin.apply import NEW_ONLY, choices
from web.admin.changes import doubts
from web.admin.grid import edit, typed_anew
from web.admin.groups import groups_of
from web.admin.saving import Sheet, Table, settle
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/admin")
async def timings(request: Request, person: ReadsAdmin, db: Db, parts: Parts, saved: int = 0) -> Response:
    """The timings in force."""
    return await _page(request, person, parts, await db.read(policy_versions.current), saved=saved)


@router.post("/admin")
async def change(request: Request, person: Tunes, form: Table, parts: Parts, now: Now) -> Response:
    """Save what was changed as the next version; with anything wrong nothing is saved and the form comes back as typed."""
    return await settle(SHEET, request, person, form, parts, now)


async def _page(
    request: Request,
    person: Person,
    parts: Onewindow,
    policy: Policy,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    moment = parts.clock()
    today = moment.astimezone(parts.zone).date()
    made: dict[str, Any] = {
        "person": person,
        "policy": policy,
        "groups": groups_of(policy, typed or {}, more.get("errors", {}), parts.book, today),
        "calendars": list(policy.calendars),
        "may_save": "tune" in person.rights,
        "warnings": doubts(warnings(policy), parts.book, moment),
        "errors": {},
        "note": (typed or {}).get("note", ""),
        "saved": 0,
        "overtaken": None,
        "theirs": (),
        "moment": moment,
        "messages_url": parts.messages_url,
        "apply": (typed or {}).get("apply", NEW_ONLY),
        **await parts.database.read(choices, parts.book, typed),
    }
    return page(request, "admin/timings.html", status=status, **(made | more))


SHEET = Sheet("timings", lambda form: "/admin", lambda base, form, book: edit(base, form), _page, typed_anew)
"""The form of the timings."""
