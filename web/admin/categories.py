"""Categories of complaints come and go: added beside a sibling, retired, offered again; each a new version of the timings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import OWN_NAMES
from languages.catalog import gettext as _
from models import categories, naming, policy_versions
from models.categories import CannotRetire, may_retire
from models.policy import Names
from models.policy_versions import NothingChanged, Outdated
from rules.policy import UNPLACED
from web.admin.fields import LONGEST, OTHERWISE, field_words
from web.admin.names import read, wrong
from web.admin.saving import note_errors, number
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Act = Callable[..., Awaitable[Any]]
ACTS: Mapping[str, Act] = {"retirement": categories.retire, "return": categories.bring_back}


async def list_page(
    request: Request, person: Person, parts: Onewindow, status: int = 200, errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None, done: str = "",
) -> Response:  # fmt: skip
    """Every category there is and was."""
    policy = await parts.database.read(policy_versions.current)
    return page(
        request, "admin/categories.html", status=status, person=person, policy=policy, errors=errors or {}, done=done,
        rows=[row for row in parts.book.all("category") if row.code != UNPLACED], typed=typed or {},
        open=await parts.database.read(categories.open_of), may="tune" in person.rights,
        may_retire=lambda code: may_retire(policy, code),
    )  # fmt: skip


@router.get("/admin/categories")
async def listed(request: Request, person: ReadsAdmin, parts: Parts, done: str = "") -> Response:
    """Those that are offered, and those that are retired."""
    return await list_page(request, person, parts, done=done)


@router.get("/admin/categories/new")
async def fresh(request: Request, person: Tunes, parts: Parts) -> Response:
    """An empty form."""
    return await new_page(request, person, parts, {}, {})


async def new_page(
    request: Request,
    person: Person,
    parts: Onewindow,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    """The form of a new category."""
    policy = await parts.database.read(policy_versions.current)
    return page(
        request, "admin/category.html", status=status, person=person, policy=policy, typed={"place": "50", "icon": "", "causes": "", "emergency": "", **typed},
        errors=errors, sheet=naming.sheet("category", "new"), spoken=parts.book.languages, own_names=OWN_NAMES,
        field_words=field_words, longest=lambda key: LONGEST.get(key, OTHERWISE), pictures=parts.assets.pictures,
        causes=parts.book.all("cause"), siblings=parts.book.categories(),
    )  # fmt: skip


@router.post("/admin/categories/new")
async def add(request: Request, person: Tunes, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Add it; with anything wrong nothing is saved and the form comes back as typed."""
    row = Names(kind="category", code="new")
    typed = read(form, row, parts)
    errors = {**wrong(typed, row, parts), **note_errors(form)}
    if form.get("sibling") not in {one.code for one in parts.book.categories()}:
        errors["sibling"] = _("Choose one.")
    if not errors:
        base = number(form.get("base", ""))
        errors = await _done(db, categories.add, form["sibling"], typed, form["note"], person.id, now, base)
    if errors:
        kept = {**typed, "note": form.get("note", ""), "sibling": form.get("sibling", "")}
        return await new_page(request, person, parts, kept, errors, 422)
    await parts.database.read(parts.book.refresh)
    return see_other("/admin/categories?done=added")


@router.post("/admin/categories/{code}/{what}")
async def change(
    request: Request, person: Tunes, code: str, what: str, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Retire it, or offer it again."""
    if parts.book.row("category", code) is None or what not in ACTS:
        raise NotFound
    errors = note_errors(form)
    if not errors:
        base = number(form.get("base", ""))
        errors = await _done(db, ACTS[what], code, form["note"], person.id, now, base)
    if errors:
        errors = {f"note-{code}": text for text in errors.values()}
        return await list_page(request, person, parts, 422, errors, {f"note-{code}": form.get("note", "")})
    await parts.database.read(parts.book.refresh)
    return see_other(f"/admin/categories?done={what}")


async def _done(db: Any, act: Act, *given: Any) -> dict[str, str]:
    """Do it; what is wrong, by field, where it is not done."""
    try:
        await db.write(act, *given)
    except (LookupError, NothingChanged):
        return {"note": _("This was done already.")}
    except CannotRetire:
        return {"note": _("It cannot be retired: it is the last of its sort.")}
    except Outdated:
        return {"note": _("Somebody saved other timings meanwhile. Look at them, and save again if it shall stand.")}
    return {}
