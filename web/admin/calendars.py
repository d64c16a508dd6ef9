"""The calendars: hours, holidays a year at a time, other hours between two dates; general, or of one zone or office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages import spoken
from languages.catalog import gettext as _
from languages.catalog import named
from languages.spoken import isolate
from models import holidays, policy_versions
from models.holidays import Holiday
from models.retiming import Choice
from rules.holidays import few_next_year
from rules.hours import Week
from rules.policy import Policy
from web.admin import calendar_form as form_of
from web.admin.apply import NEW_ONLY, choices, chosen
from web.admin.calendar_form import Marked, Which
from web.admin.changes import day_names
from web.admin.saving import Sheet, Table, settle
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other
from web.typed import own_number

router = APIRouter(include_in_schema=False)
ADDRESS = "/admin/calendars"
AHEAD = timedelta(days=400)
"""How far ahead days are offered for confirming."""


@router.get("/admin/calendars")
async def calendars(request: Request, person: ReadsAdmin, db: Db, parts: Parts, now: Now, saved: int = 0) -> Response:
    """Every calendar, and the holidays that are to be confirmed."""
    policy = await db.read(policy_versions.current)
    today = now.astimezone(parts.zone).date()
    rows = await db.read(holidays.named, today, today + AHEAD)
    return page(
        request,
        "admin/calendars.html",
        person=person,
        policy=policy,
        sites={code: [own for own in policy.sites if own[0] == code] for code in policy.calendars},
        to_confirm=[(row, said(row.day, parts.zone), name_of(row)) for row in rows if row.open],
        few=few_next_year(policy, today),
        this_year=today.year,
        country=states(parts.book)[0],
        coming={code: sum(day >= today for day in one.holidays) for code, one in policy.calendars.items()},
        week_of=week_words,
        zones=sorted({office.zone for office in parts.book.now.offices.values()}),
        may_save="tune" in person.rights,
        saved=saved,
    )


@router.post("/admin/holidays/{day}/confirmation")
async def confirm(day: str, person: Tunes, form: Form, db: Db, now: Now) -> Response:
    """The moon was seen: the day is the day."""
    found = form_of.day_of(day)
    if found is None or not await db.write(holidays.confirm, found, form.get("zone", ""), person.id, now):
        raise NotFound
    return see_other(ADDRESS)


@router.get("/admin/calendars/{code}")
async def calendar(
    request: Request,
    code: str,
    person: ReadsAdmin,
    db: Db,
    parts: Parts,
    now: Now,
    at: str = "",
    year: int = 0,
    state: str = "",
    saved: int = 0,
) -> Response:
    """One calendar, with the public holidays of a year to be ticked where they were asked for."""
    policy = await db.read(policy_versions.current)
    asked = {"code": code, "at": at, "year": str(year or now.astimezone(parts.zone).year), "state": state}
    return await _page(request, person, parts, policy, asked, saved=saved)


@router.post("/admin/calendars/{code}")
async def change(request: Request, code: str, person: Tunes, form: Table, parts: Parts, now: Now) -> Response:
    """Save the calendar in a new version of the timings; with anything wrong nothing is saved."""
    return await settle(SHEET, request, person, {**form, "code": code}, parts, now)


def address(form: Mapping[str, str]) -> str:
    """Where the form of a calendar is."""
    asked = {key: form[key] for key in ("at", "year") if form.get(key)}
    return f"{ADDRESS}/{form.get('code', '')}{'?' + urlencode(asked) if asked else ''}"


def choice(form: Mapping[str, str], book: Book) -> Choice | None:
    """To which open requests it is applied: those of the zone whose calendar it is."""
    found = chosen(form)
    of, _dot, one = form.get("at", "").partition(".")
    office = book.office(one)
    zone = one if of == "zones" else office.zone if of == "offices" and office else None
    return Choice(found.tier, found.category, found.zone or zone) if found else None


async def keep_names(session: AsyncSession, form: Mapping[str, str]) -> None:
    """The names of the days that were added, by hand or from the library."""
    of, _dot, one = form.get("at", "").partition(".")
    zone = one if of == "zones" else ""
    for added, name in form_of.added(form, {}):
        if name:
            await holidays.name_it(session, added, zone, name[:80])
    ticked = [day for text in form.get("known", "").split() if (day := form_of.day_of(text)) and f"day.{day}" in form]
    if ticked and form.get("state"):
        for row in _library(form["state"], ticked[0].year):
            if row.day in ticked:
                await holidays.name_it(session, row.day, zone, row.names[""], estimated=row.estimated)


def _library(state: str, year: int) -> list[Holiday]:
    country, _dash, subdivision = state.partition("-")
    try:
        return holidays.of_the_library(country, subdivision or None, year)
    except LookupError:
        return []


def said(day: date, zone: Any) -> str:
    """A day as people say it."""
    return spoken.day(datetime.combine(day, time(12), zone), zone)


def name_of(row: Holiday) -> str:
    """How a holiday is called."""
    return row.names.get("") or named(row.names)


def anew(base: Policy, typed: Mapping[str, str]) -> dict[str, str]:
    """What is kept of the form to be sent again."""
    return {name: text for name, text in typed.items() if name != "base"}


async def again(
    request: Request, person: Person, parts: Onewindow, base: Policy, typed: Mapping[str, str], **more: Any
) -> Response:
    """The form of the calendar that is named in what was typed."""
    return await _page(request, person, parts, base, typed, typed=typed, **more)


SHEET = Sheet(
    "calendar",
    address,
    lambda base, form, book: form_of.edit(base, form),
    again,
    anew,
    choice=choice,
    besides=keep_names,
)
"""The form of one calendar."""


async def _page(
    request: Request,
    person: Person,
    parts: Onewindow,
    policy: Policy,
    asked: Mapping[str, str],
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    what = form_of.which(asked, policy)
    if what is None or (what.one and what.one not in _sites(parts.book)[what.of]):
        raise NotFound
    wanted = own_number(asked.get("year", "")) or 0
    year = wanted if form_of.FIRST <= wanted <= form_of.LAST else parts.clock().year
    days, error = await _days(parts, policy, what, year, asked.get("state", ""), typed or {})
    now = form_of.calendar_now(policy, what)
    made: dict[str, Any] = {
        "person": person,
        "policy": policy,
        "what": what,
        "year": year,
        "state": asked.get("state", ""),
        "texts": form_of.texts(now, typed or {}),
        "others": len(now.variants) + form_of.BLANK,
        "added": form_of.BLANK,
        "days": [(one, said(one.day, ZoneInfo(now.zone))) for one in days],
        "day_names": day_names(),
        "states": states(parts.book),
        "own": what.of and (what.code, what.of, what.one) in policy.sites,
        "errors": {"state": error} if error else {},
        "may_save": "tune" in person.rights,
        "note": (typed or {}).get("note", ""),
        "apply": (typed or {}).get("apply", NEW_ONLY),
        "saved": 0,
        "overtaken": None,
        "theirs": (),
        "moment": parts.clock(),
        **await parts.database.read(choices, parts.book, typed),
    }
    return page(request, "admin/calendar.html", status=status, **(made | more))


async def _days(
    parts: Onewindow, policy: Policy, what: Which, year: int, state: str, typed: Mapping[str, str]
) -> tuple[list[Marked], str]:
    """The days of the year, and what is wrong with the state that was asked for."""
    now = form_of.calendar_now(policy, what)
    zone = what.one if what.of == "zones" else ""
    rows = await parts.database.read(holidays.named, date(year, 1, 1), date(year, 12, 31))
    names = {row.day: _in_words(row) for row in rows if row.zone in ("", zone)}
    found = {row.day: row for row in _library(state, year)} if state else {}
    error = _("The library knows no holidays of this state.") if state and not found else ""
    return form_of.marked(now, year, names, found, typed), error


def _in_words(row: Holiday) -> Holiday:
    return Holiday(day=row.day, zone=row.zone, names={"": name_of(row)}, estimated=row.open)


def _sites(book: Book) -> dict[str, set[str]]:
    offices = book.now.offices
    return {"zones": {office.zone for office in offices.values()}, "offices": set(offices)}


def states(book: Book) -> list[str]:
    """The country of the utility and its states, as the library calls them."""
    country = str(book.value("country", "IN"))
    return [country, *(f"{country}-{one}" for one in holidays.subdivisions(country))]


def week_words(week: Week) -> str:
    """A week in one line with the days by name: "Monday – Friday 09:30-13:00, 14:00-17:30"."""
    names, said = day_names(), []
    for days, _blank, spans in (part.partition(" ") for part in form_of.week_of(week).split("; ") if part):
        between = " – ".join(names[day] for day in days.split("-"))
        said.append(f"{between} {isolate(spans)}")
    return "; ".join(said)
