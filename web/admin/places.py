"""Zones and offices with their places, feeders and posts: added, renamed, not yet live; each in one form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import OWN_NAMES, named
from languages.catalog import gettext as _
from models import places
from models.naming import Overtaken
from models.places import COMPANY, ONCE, SINGLE, TEXTS, Everywhere, Row
from rules.policy import UNPLACED
from web.admin.changes import area_word
from web.admin.fields import LONGEST, OTHERWISE, field_words, phone_fault, text_faults
from web.admin.saving import Table
from web.deps import Db, Now, Parts
from web.desk.forms import instant, local
from web.desk.rosters import sorts, work_of
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import clean, too_long
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
AREAS = ("metro", "urban", "municipal", "rural", "hilly")
LONGEST_PIN = 10
LONGEST_CODE = 80


def kind_words(kind: str) -> str:
    """What sort of thing a form is about."""
    words = {
        "zone": _("Zone"),
        "office": _("Office"),
        "locality": _("Locality"),
        "feeder": _("Feeder"),
        "post": _("Post"),
    }
    return words[kind]


@router.get("/admin/places")
async def listed(request: Request, person: ReadsAdmin, db: Db, parts: Parts, now: Now, done: str = "") -> Response:
    """Every office by zone, with what belongs to it."""
    return page(
        request, "admin/places.html", person=person, there=await db.read(places.everywhere), moment=now, done=done,
        may="tune" in person.rights, unplaced=UNPLACED,
    )  # fmt: skip


async def place_page(
    request: Request, person: Person, parts: Onewindow, kind: str, row: Row | None, typed: Mapping[str, str],
    errors: Mapping[str, str], status: int = 200, *, overtaken: bool = False,
) -> Response:  # fmt: skip
    """The form of one, new where there is no row."""
    there = await parts.database.read(places.everywhere)
    return page(
        request, "admin/place.html", status=status, person=person, kind=kind, row=row, typed=typed, errors=errors,
        texts=TEXTS[kind], single=SINGLE[kind], once=() if row else once(kind, typed), spoken=parts.book.languages,
        own_names=OWN_NAMES, field_words=field_words, title=title_of(row, kind), kind_words=kind_words,
        choices=await choices(parts, there, stands(typed)), near=near(there, row, typed), overtaken=overtaken,
        seen=places.fingerprint(row) if row else "", may="tune" in person.rights, longest=lambda key: LONGEST.get(key, OTHERWISE),
        sorts=sorts(parts), stands=stands(typed), moment=parts.clock(), unplaced=UNPLACED,
    )  # fmt: skip


def stands(form: Mapping[str, str]) -> str:
    """Where a new post is to stand: at an office, in a zone, or for the whole company."""
    said = form.get("stands", "")
    return said if said in ("zone", COMPANY) else "office"


def once(kind: str, form: Mapping[str, str]) -> tuple[str, ...]:
    """What is chosen when one is added and stays."""
    left_out = (
        {"office": {"zone"}, "zone": {"office"}, COMPANY: {"office", "zone"}}[stands(form)] if kind == "post" else ()
    )
    return tuple(name for name in ONCE[kind] if name not in left_out)


def title_of(row: Row | None, kind: str) -> str:
    """What the page is called."""
    if row is None:
        return _("New entry")
    names: Any = getattr(row, "titles", None) or getattr(row, "names", {})
    return named(names) or row.code


async def choices(parts: Onewindow, there: Everywhere, stands: str) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen when one is added; roles are those whose posts stand where this one is to stand."""
    live = [office for office in there.offices if office.successor is None and office.area_class != UNPLACED]
    roles = await parts.database.read(places.roles_of)
    return {
        "zone": [(zone.code, named(zone.names)) for zone in there.zones],
        "area_class": [(code, area_word(code)) for code in AREAS],
        "office": [(office.code, named(office.names)) for office in live],
        "role": [(role, parts.book.label("role", role)) for role, where in roles.items() if where == stands],
    }


def near(there: Everywhere, row: Row | None, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The localities a feeder may have: those of its office; of a new one, all."""
    office = getattr(row, "office", None)
    return [(place.code, named(place.names)) for place in there.localities if office in (None, place.office)]


async def row_of(db: Db, kind: str, code: str) -> Row | None:
    """The row, None for a new one; NotFound where there is none."""
    if kind not in TEXTS:
        raise NotFound
    row = None if code == "new" else await db.read(places.one, kind, code)
    if row is None and code != "new":
        raise NotFound
    return row


def shown(row: Row, parts: Onewindow) -> dict[str, str]:
    """The row as its form shows it: an instant in local time."""
    typed = places.written(row)
    if since := getattr(row, "live_from", None):
        typed["live_from"] = local(since, parts.zone)
    return typed


@router.get("/admin/places/{kind}/{code}")
async def one(request: Request, person: ReadsAdmin, kind: str, code: str, db: Db, parts: Parts) -> Response:
    """One as it stands, or an empty form with what its address says already."""
    row = await row_of(db, kind, code)
    given = {name: clean(text)[:LONGEST_CODE] for name, text in request.query_params.items()}
    return await place_page(request, person, parts, kind, row, shown(row, parts) if row else given, {})


@router.post("/admin/places/{kind}/{code}")
async def save(
    request: Request, person: Tunes, kind: str, code: str, form: Table, db: Db, parts: Parts, now: Now
) -> Response:
    """Write it down; with anything wrong, or changed by another meanwhile, nothing is saved and the form comes back as typed."""
    row = await row_of(db, kind, code)
    there = await db.read(places.everywhere)
    boxes = [name.removeprefix("near-") for name in form if name.startswith("near-")]
    typed = {**form, "localities": ",".join(boxes)}
    fields, errors = await read(typed, kind, row, parts, there)
    if errors:
        return await place_page(request, person, parts, kind, row, typed, errors, 422)
    try:
        if row is None:
            code = await db.write(places.add, kind, fields, person.id, now)
        else:
            await db.write(places.change, kind, code, fields, form.get("seen", ""), person.id, now)
    except Overtaken:
        row = await row_of(db, kind, code)
        return await place_page(request, person, parts, kind, row, typed, {}, 409, overtaken=True)
    await parts.database.read(parts.book.refresh)
    return see_other(f"/admin/places?done={code}")


async def read(
    form: Mapping[str, str], kind: str, row: Row | None, parts: Onewindow, there: Everywhere
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a form means, and what is wrong with it by field."""
    fields: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key in TEXTS[kind]:
        errors |= text_faults(form, key, parts.book.languages, optional=key == "hours")
        fields |= {name: form.get(name, "") for name in (f"{key}-{language}" for language in parts.book.languages)}
    if row is None:
        more, faults = await first(form, kind, parts, there)
        fields, errors = fields | more, errors | faults
    for name in SINGLE[kind]:
        fields[name], fault = value_of(name, form.get(name, ""), parts.zone, dict(near(there, row, form)))
        if fault:
            errors[name] = fault
    if fields.get("live_from") and not fields.get("ring"):
        errors.setdefault("ring", _("Write whom to ring until then."))
    return fields, errors


async def first(
    form: Mapping[str, str], kind: str, parts: Onewindow, there: Everywhere
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is said only when one is added, and what is wrong with it."""
    known = await choices(parts, there, stands(form))
    asked = once(kind, form)
    fields: dict[str, Any] = {name: form.get(name, "") if name in asked else None for name in ONCE[kind]}
    errors = {name: _("Choose one.") for name in asked if fields[name] not in dict(known[name])}
    if kind == "post":
        fields["able"], fields["most_tasks"], faults = work_of(form, parts)
        errors |= faults
        if fields["office"]:
            fields["zone"] = next((one.zone for one in there.offices if one.code == fields["office"]), None)
    return fields, errors


def value_of(name: str, text: str, zone: Any, known: Mapping[str, str]) -> tuple[Any, str]:
    """A single field's value and what is wrong with it."""
    value: Any = text
    if name in ("phone", "ring"):
        return text, phone_fault(text) if text or name == "phone" else ""
    if name == "pin":
        return text, too_long(text, LONGEST_PIN) or ""
    if name == "localities":
        value = [code for code in text.split(",") if code]
        return value, "" if set(value) <= set(known) else _("Choose from the list.")
    found: datetime | None = instant(text, zone) if text else None
    return found, _("Write a date and a time.") if text and found is None else ""
