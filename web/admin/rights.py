"""What each role may do: one line a role, one column a right, saved together and counted from everybody's next click on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from languages.rights import rights_meaning, rights_words, scope_words
from models import rights
from models.naming import Overtaken
from models.rights import LAST_ACCESS, TOO_NEAR, UNKNOWN, Refused, fingerprint
from rules.needed import Need
from rules.profile import Rights
from web.admin.saving import Table
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
ADDRESS = "/admin/rights"


def why_words(why: str) -> str:
    """Why a role may not have it."""
    words: Mapping[str, str] = {
        Need.DOES_THE_WORK: _("Complaints or applications come to this role first. It has to do the work."),
        Need.HAS_A_QUEUE: _(
            "Open requests are with this role, or come to it when they are late. It has to have a queue."
        ),
        Need.APART: _("This role looks into confidential reports. It must not be in the line of the offices."),
        LAST_ACCESS: _("You would lose your own access by it."),
        TOO_NEAR: _("Its posts stand for more than that. It has to reach as far as they do."),
        UNKNOWN: _("Choose from the list."),
    }
    return words[why]


@router.get(ADDRESS)
async def listed(request: Request, person: ReadsAdmin, parts: Parts, done: str = "") -> Response:
    """Every role as it is."""
    return await rights_page(request, person, parts, {}, {}, done=bool(done))


@router.post(ADDRESS)
async def save(request: Request, person: Tunes, form: Table, db: Db, parts: Parts, now: Now) -> Response:
    """Write it down; with anything wrong, or changed by another meanwhile, nothing is saved and the form comes back as typed."""
    codes = [name.removeprefix("rights-") for name in form if name.startswith("rights-")]
    chosen = {code: (form[f"rights-{code}"], form.get(f"scope-{code}", "")) for code in codes}
    try:
        await db.write(rights.change, chosen, form.get("seen", ""), person.id, now)
    except Refused as refused:
        errors = {f"role-{code}": why_words(why) for code, why in refused.why.items()}
        return await rights_page(request, person, parts, form, errors, 422)
    except Overtaken:
        return await rights_page(request, person, parts, form, {}, 409, overtaken=True)
    await parts.database.read(parts.book.refresh)
    return see_other(f"{ADDRESS}?done=1")


async def rights_page(
    request: Request, person: Person, parts: Onewindow, typed: Mapping[str, str], errors: Mapping[str, str],
    status: int = 200, **more: Any,
) -> Response:  # fmt: skip
    """The table with what was typed and what is wrong."""
    found = await parts.database.read(rights.roles, parts.clock())
    made: dict[str, Any] = {"overtaken": False, "done": False, "seen": fingerprint(found)}
    return page(
        request, "admin/rights.html", status=status, person=person, roles=found, typed=typed, errors=errors,
        rights=list(Rights), rights_words=rights_words, rights_meaning=rights_meaning, scope_words=scope_words,
        may="tune" in person.rights, **(made | more),
    )  # fmt: skip
