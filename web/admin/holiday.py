"""A holiday at short notice, everywhere or in one zone: one screen, and every open request counts without that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import holidays, policy_versions
from models.retiming import Choice
from models.runs import FASTEST
from rules.holidays import check_closed, closed_on
from rules.hours import BadCalendar
from rules.policy import Policy
from web.admin.apply import choices, chosen
from web.admin.calendar_form import day_of
from web.admin.calendars import anew
from web.admin.grid import Edited
from web.admin.saving import Sheet, Table, settle
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
ADDRESS = "/admin/holiday"
ALL = "all"


@router.get("/admin/holiday")
async def holiday(request: Request, person: ReadsAdmin, db: Db, parts: Parts, saved: int = 0) -> Response:
    """The form; tomorrow stands in it."""
    return await _page(request, person, parts, await db.read(policy_versions.current), saved=saved)


@router.post("/admin/holiday")
async def declare(request: Request, person: Tunes, form: Table, parts: Parts, now: Now) -> Response:
    """Save it in a new version of the timings, and let it count for what is open."""
    today = now.astimezone(parts.zone).date()
    return await settle(SHEET, request, person, {**form, "today": str(today)}, parts, now)


def edit(base: Policy, form: Mapping[str, str], book: Book) -> Edited:
    """`base` with one more holiday."""
    zones = {office.code: office.zone for office in book.now.offices.values()}
    day, today, zone = day_of(form.get("day", "")), day_of(form.get("today", "")), form.get("zone") or None
    errors: dict[str, str] = {}
    if day is None or (today and not today <= day <= today + timedelta(days=366)):
        errors["day"] = _("Write a day from today on, at most a year ahead.")
    if zone is not None and zone not in zones.values():
        errors["zone"] = _("There is no such zone.")
    if not form.get("name", "").strip():
        errors["name"] = _("Write how the day is called.")
    if errors or day is None:
        return Edited(base, errors)
    made = closed_on(base, day, zone, zones)
    try:
        for calendar in (*made.calendars.values(), *made.sites.values()):
            check_closed(calendar)
    except BadCalendar:
        return Edited(base, {"day": _("It would stay closed for too long. A list of holidays must end.")})
    return Edited(made, {})


def choice(form: Mapping[str, str], book: Book) -> Choice | None:
    """All open ones of the zone, unless something else was chosen."""
    found = chosen({"apply": ALL, **form})
    return Choice(found.tier, found.category, form.get("zone") or None) if found else None


async def keep_name(session: AsyncSession, form: Mapping[str, str]) -> None:
    """The day by its name."""
    day = day_of(form["day"])
    assert day is not None
    await holidays.name_it(session, day, form.get("zone", ""), form["name"][:80])


async def _page(
    request: Request,
    person: Person,
    parts: Onewindow,
    policy: Policy,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    tomorrow: date = parts.clock().astimezone(parts.zone).date() + timedelta(days=1)
    offered = await parts.database.read(choices, parts.book, typed)
    made: dict[str, Any] = {
        "person": person,
        "policy": policy,
        "typed": {"day": str(tomorrow), "zone": "", "name": "", "note": "", **(typed or {})},
        "zones": offered["apply_zones"],
        "may_save": "tune" in person.rights,
        "errors": {},
        "apply": (typed or {}).get("apply", ALL),
        "saved": 0,
        "overtaken": None,
        "theirs": (),
        "moment": parts.clock(),
    }
    return page(request, "admin/holiday.html", status=status, **(made | offered | more))


SHEET = Sheet(
    "holiday",
    lambda form: ADDRESS,
    edit,
    _page,
    anew,
    choice=choice,
    besides=keep_name,
    rate=FASTEST,
)
"""The form of a holiday."""
