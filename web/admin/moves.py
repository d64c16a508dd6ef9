"""One office takes the places of another, all or some: what it would do first, then the act, then how far it is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import moving, places
from models.moving import CannotMove, Outlook
from models.people import Office
from models.runs import Progress, Run, progress
from rules.policy import UNPLACED
from rules.terms import Act
from web.admin.versions import staff_names
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form, Typed
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
ALL, SOME = "all", "some"


async def office_of(db: Any, code: str) -> Office:
    """An office whose places can be given to another; NotFound for any other."""
    found = await db.read(places.one, "office", code)
    if not isinstance(found, Office) or found.successor is not None or found.area_class == UNPLACED:
        raise NotFound
    return found


def chosen(form: Typed) -> list[str] | None:
    """The localities that were chosen; None for all of them."""
    return None if form.get("what") == ALL else [name[6:] for name in form if name.startswith("place-")]


async def move_page(
    request: Request, person: Person, parts: Onewindow, office: Office, typed: Typed, status: int = 200,
    outlook: Outlook | None = None, errors: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """The choice, and below it what it would do."""
    there = await parts.database.read(places.everywhere)
    others = [o for o in there.offices if o.code != office.code and o.successor is None and o.area_class != UNPLACED]
    return page(
        request, "admin/move.html", status=status, person=person, office=office, typed=typed, outlook=outlook,
        others=others, here=[place for place in there.localities if place.office == office.code], errors=errors or {},
    )  # fmt: skip


@router.get("/admin/moves/offices/{code}")
async def choose(request: Request, person: Tunes, code: str, db: Db, parts: Parts) -> Response:
    """To which office, and all of it or some places."""
    return await move_page(request, person, parts, await office_of(db, code), {"what": ALL})


@router.post("/admin/moves/offices/{code}")
async def move(request: Request, person: Tunes, code: str, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Say what it would do; with `do`, do it."""
    office, some = await office_of(db, code), chosen(form)
    target = await db.read(places.one, "office", form.get("to", ""))
    errors = {}
    if not isinstance(target, Office) or target.code == code:
        errors["to"] = _("Choose the office that gets them.")
    if some is not None and not some:
        errors["places"] = _("Choose one at least.")
    if errors or not isinstance(target, Office):
        return await move_page(request, person, parts, office, form, 422, errors=errors)
    seen = await db.read(moving.outlook, office, target, now, some)
    if form.get("do") != "move" or not seen.possible:
        return await move_page(request, person, parts, office, form, 200 if seen.possible else 422, seen)
    try:
        number = await db.write(moving.move, code, target.code, person.id, now, some)
    except CannotMove:
        return await move_page(request, person, parts, office, form, 409, seen)
    await parts.database.read(parts.book.refresh)
    await parts.door.wake()
    return see_other(f"/admin/moves/{number}")


async def _one(session: AsyncSession, number: int) -> tuple[Run, Progress] | None:
    row = await session.get(Run, number)
    return None if row is None or row.act != Act.MOVE else (row, await progress(session, number))


async def _shown(
    request: Request, number: int, person: Person, db: Any, parts: Onewindow, block: str | None = None
) -> Response:
    found = await db.read(_one, number)
    if found is None:
        raise NotFound
    row, done = found
    names = await db.read(staff_names)
    return page(
        request, "admin/moved.html", block=block, person=person, row=row, progress=done, names=names, moment=parts.clock(),
        others=sum(many for outcome, many in done.counts.items() if outcome != "done"),
    )  # fmt: skip


@router.get("/admin/moves/{number}")
async def moved(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """How far the requests are."""
    return await _shown(request, number, person, db, parts)


@router.get("/admin/moves/{number}/live/progress")
async def live(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """How far they are, asked for by the page every two seconds."""
    return await _shown(request, number, person, db, parts, "progress")
