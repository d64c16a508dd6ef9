"""One office takes the places of another, all or some: what it would do first, then the act, then how far it is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import moving, moving_back, places
from models.moving import CannotMove, Outlook
from models.moving_back import CannotTakeBack, Why, may_be_taken_back
from models.people import Office
from models.runs import Progress, Run, Stage, progress
from models.staff import staff_names
from rules.policy import UNPLACED
from rules.terms import Act
from web.admin.saving import Table
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Typed
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
async def move(request: Request, person: Tunes, code: str, form: Table, db: Db, parts: Parts, now: Now) -> Response:
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


async def _one(session: AsyncSession, number: int) -> tuple[Run, Progress, int | None] | None:
    """A list, how far it is, and the number of the one that takes it back."""
    row = await session.get(Run, number)
    if row is None or row.act != Act.MOVE:
        return None
    return row, await progress(session, number), await moving_back.undone_by(session, number)


async def _shown(
    request: Request, number: int, person: Person, db: Any, parts: Onewindow, status: int = 200, **more: Any
) -> Response:
    found = await db.read(_one, number)
    if found is None:
        raise NotFound
    row, done, undone = found
    may_undo = "tune" in person.rights and row.state == Stage.DONE and may_be_taken_back(row)
    heading, meanwhile = told(row, parts.book)
    made: dict[str, Any] = {
        "person": person, "row": row, "progress": done, "names": await db.read(staff_names), "moment": parts.clock(),
        "others": sum(many for outcome, many in done.counts.items() if outcome != "done"), "undone": undone,
        "may_undo": may_undo, "heading": heading, "meanwhile": meanwhile, "error": "", "block": None,
    }  # fmt: skip
    return page(request, "admin/moved.html", status=status, **(made | more))


def told(row: Run, book: Book) -> tuple[str, str]:
    """What the list is called, and what counts while it goes on."""
    data = row.data
    if "posts" in data:
        post = ", ".join(book.title(one) for one in data["posts"])
        return _("Ended: %(post)s", post=post), _("The post gets nothing new already.")
    if "zone" in data:
        office, zone = book.label("office", data["from"]), book.label("zone", data["zone"])
        heading = _("%(office)s: now in the zone %(zone)s", office=office, zone=zone)
        return heading, _("The office belongs to the other zone already; so does whatever is filed from now on.")
    before, after = book.label("office", data["from"]), book.label("office", data["to"])
    heading = _("From %(before)s to %(after)s", before=before, after=after)
    return heading, _("The places belong to the other office already; so does whatever is filed from now on.")


@router.get("/admin/moves/{number}")
async def moved(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """How far the requests are."""
    return await _shown(request, number, person, db, parts)


@router.get("/admin/moves/{number}/live/progress")
async def live(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """How far they are, asked for by the page every two seconds."""
    return await _shown(request, number, person, db, parts, block="progress")


@router.post("/admin/moves/{number}/undo")
async def undo(request: Request, number: int, person: Tunes, db: Db, parts: Parts, now: Now) -> Response:
    """Take a merge or a split back, where nothing of it changed hands again."""
    try:
        started = await db.write(moving_back.take_back, number, person.id, now)
    except CannotTakeBack as refused:
        return await _shown(request, number, person, db, parts, 409, error=why_words(refused.why))
    await parts.database.read(parts.book.refresh)
    await parts.door.wake()
    return see_other(f"/admin/moves/{started}")


def why_words(why: Why) -> str:
    """Why it cannot be taken back."""
    return {
        Why.NOTHING: _("There is nothing to take back."),
        Why.GOING_ON: _("It is still going on. Wait for its end."),
        Why.CHANGED: _("One of these offices, places or posts changed hands again since. Move it by hand."),
        Why.NOBODY: _("Some of the work would have nobody there. Put somebody in its posts first."),
    }[why]
