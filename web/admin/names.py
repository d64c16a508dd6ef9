"""Names and texts of the utility, as people read them: categories, titles, reasons, its telephone; one form a row."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import OWN_NAMES
from languages.catalog import gettext as _
from models import naming
from models.naming import GROWING, KINDS, Overtaken, Sheet, TooMany
from models.policy import Names
from web.admin.fields import LONGEST, OTHERWISE, field_words, phone_fault, text_faults
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
LAST_PLACE = 999


def kind_words(kind: str) -> str:
    """What a list of names is called."""
    words = {
        "utility": _("The utility itself"),
        "category": _("Categories of complaints"),
        "role": _("Titles of officers"),
        "cause": _("Causes"),
        "hold_reason": _("Reasons to wait for the consumer"),
        "expected_reason": _("Reasons of an expected time"),
        "withdraw_reason": _("Reasons to take it back"),
        "reject_reason": _("Reasons not to accept a complaint"),
        "procedure": _("Sorts of applications"),
        "stage": _("Stages"),
        "applicant": _("Sorts of applicants"),
        "paper": _("Papers"),
        "fee": _("Fees"),
        "check": _("What is checked"),
        "outcome": _("Outcomes of a stage"),
        "third_party": _("Permissions from somebody else"),
        "refuse_reason": _("Reasons to refuse an application"),
        "segment": _("Groups of consumers"),
    }
    return words[kind]


def row_words(row: Names, parts: Onewindow) -> str:
    """What a row is called in the list."""
    own = {"name": _("Its name"), "phone": _("Its telephone"), "safety_phone": _("Its emergency telephone"),
           "head_office": _("The head office"), "forum": _("The forum above it")}  # fmt: skip
    return own.get(row.code, row.code) if row.kind == "utility" else parts.book.label(row.kind, row.code)


@router.get("/admin/names")
async def listed(request: Request, person: ReadsAdmin, parts: Parts, done: str = "") -> Response:
    """Every row that has a name, by what it is."""
    rows = {kind: [row for row in parts.book.all(kind) if naming.sheet(kind, row.code)] for kind in KINDS}
    return page(
        request, "admin/names.html", person=person, rows=rows, kind_words=kind_words, done=done, growing=GROWING,
        row_words=lambda row: row_words(row, parts), may="tune" in person.rights,
    )  # fmt: skip


def name_page(
    request: Request, person: Person, parts: Onewindow, row: Names, typed: Mapping[str, str],
    errors: Mapping[str, str], status: int = 200, *, overtaken: bool = False,
) -> Response:  # fmt: skip
    """The form of one row, new where it has no code."""
    return page(
        request, "admin/name.html", status=status, person=person, row=row, typed=typed, errors=errors,
        sheet=naming.sheet(row.kind, row.code), spoken=parts.book.languages, own_names=OWN_NAMES, field_words=field_words,
        title=row_words(row, parts) if row.code else _("New entry"), kind=kind_words(row.kind), overtaken=overtaken,
        pictures=parts.assets.pictures, causes=parts.book.all("cause"), may="tune" in person.rights,
        seen=naming.fingerprint(row), longest=lambda key: LONGEST.get(key, OTHERWISE),
    )  # fmt: skip


def row_of(kind: str, code: str, parts: Onewindow) -> Names:
    """The row, or an empty one for a list that grows; NotFound where there is nothing to name."""
    if code == "new" and kind in GROWING:
        return Names(kind=kind, code="")
    row = parts.book.row(kind, code)
    if row is None or naming.sheet(kind, code) is None:
        raise NotFound
    return row


@router.get("/admin/names/{kind}/{code}")
async def one(request: Request, person: ReadsAdmin, kind: str, code: str, parts: Parts) -> Response:
    """A row as it stands."""
    row = row_of(kind, code, parts)
    return name_page(request, person, parts, row, naming.written(row), {})


@router.post("/admin/names/{kind}/{code}")
async def save(
    request: Request, person: Tunes, kind: str, code: str, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Write it down; with anything wrong, or changed by another meanwhile, nothing is saved and the form comes back as typed."""
    row = row_of(kind, code, parts)
    typed = read(form, row, parts)
    if errors := wrong(typed, row, parts):
        return name_page(request, person, parts, row, typed, errors, 422)
    try:
        if row.code:
            await db.write(naming.rename, kind, code, typed, form.get("seen", ""), person.id, now)
        else:
            await db.write(naming.add, kind, typed, person.id, now)
    except TooMany:
        errors = {"label-en": _("There are %(most)d already.", most=naming.MOST)}
        return name_page(request, person, parts, row, typed, errors, 422)
    except Overtaken:
        await parts.database.read(parts.book.refresh)
        return name_page(request, person, parts, row_of(kind, code, parts), typed, {}, 409, overtaken=True)
    await parts.database.read(parts.book.refresh)
    return see_other("/admin/names?done=1")


def read(form: Mapping[str, str], row: Names, parts: Onewindow) -> dict[str, str]:
    """What was typed of what the row holds; boxes come as one list, in the order the row has."""
    sheet = naming.sheet(row.kind, row.code) or Sheet(())
    names = {f"{key}-{language}" for key in sheet.texts for language in parts.book.languages} | {*sheet.single}
    typed = {name: form.get(name, "") for name in names if name != "causes"}
    if "causes" in sheet.single:
        codes = dict.fromkeys([*row.data.get("causes", ()), *(cause.code for cause in parts.book.all("cause"))])
        typed["causes"] = ",".join(code for code in codes if form.get(f"cause-{code}"))
    return typed


def wrong(typed: Mapping[str, str], row: Names, parts: Onewindow) -> dict[str, str]:
    """What cannot be saved as it is, by field."""
    sheet = naming.sheet(row.kind, row.code) or Sheet(())
    errors: dict[str, str] = {}
    for key in sheet.texts:
        errors |= text_faults(typed, key, parts.book.languages, optional=key in sheet.left_out)
    for name in sheet.single:
        text = typed.get(name, "")
        if (text or name not in sheet.left_out) and (fault := _fault(name, text, parts)):
            errors[name] = fault
    return errors


def _fault(name: str, text: str, parts: Onewindow) -> str:
    if name in ("phone", "value"):
        return phone_fault(text)
    if name == "icon":
        return "" if text in parts.assets.pictures else _("Choose a picture.")
    if name == "place":
        sound = re.fullmatch("[0-9]{1,3}", text)
        return "" if sound else _("Write a number from %(least)d to %(most)d.", least=0, most=LAST_PLACE)
    return _("Choose one at least.") if name == "causes" and not text else ""
