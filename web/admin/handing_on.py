"""A post that ends, an office that comes to another zone: what it would do first, then the act; how far it is, stands with the merges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from models import handing_on
from models.moving import CannotMove, Outlook
from models.people import Office, Post
from web.admin.moves import office_of
from web.deps import Db, Now, Parts
from web.desk.session import Person, Tunes
from web.errors import NotFound
from web.forms import Form, Typed
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)


async def hand_on_page(
    request: Request, person: Person, parts: Onewindow, typed: Typed, status: int = 200,
    *, post: Post | None = None, office: Office | None = None, **more: Any,
) -> Response:  # fmt: skip
    """The choice, and below it what it would do."""
    others = [one for one in await parts.database.read(handing_on.zones) if office and one.code != office.zone]
    made: dict[str, Any] = {"outlook": None, "errors": {}, "others": others, "post": post, "office": office}
    return page(request, "admin/hand_on.html", status=status, person=person, typed=typed, **(made | more))


async def settled(
    request: Request, person: Person, parts: Onewindow, form: Typed, seen: Outlook, act: Callable[[], Awaitable[int]],
    **about: Any,
) -> Response:  # fmt: skip
    """Say what it would do; with `do`, do it."""
    if form.get("do") != "move" or not seen.possible:
        return await hand_on_page(request, person, parts, form, 200 if seen.possible else 422, outlook=seen, **about)
    try:
        number = await act()
    except CannotMove:
        why = _("You would lose your own access by it, or somebody changed this meanwhile.")
        return await hand_on_page(request, person, parts, form, 409, outlook=seen, errors={"outlook": why}, **about)
    await parts.database.read(parts.book.refresh)
    await parts.door.wake()
    return see_other(f"/admin/moves/{number}")


def post_of(code: str, parts: Onewindow) -> Post:
    """A post that has not ended; NotFound for any other."""
    found = parts.book.post(code)
    if found is None or (found.until is not None and found.until <= parts.clock()):
        raise NotFound
    return found


@router.get("/admin/moves/posts/{code}")
async def look_at_post(request: Request, person: Tunes, code: str, db: Db, parts: Parts, now: Now) -> Response:
    """What ending a post would do."""
    post = post_of(code, parts)
    return await hand_on_page(
        request, person, parts, {}, post=post, outlook=await db.read(handing_on.if_ended, post, now)
    )


@router.post("/admin/moves/posts/{code}")
async def end_post(request: Request, person: Tunes, code: str, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """End it."""
    post = post_of(code, parts)
    seen = await db.read(handing_on.if_ended, post, now)

    async def act() -> int:
        return await db.write(handing_on.end_post, code, person.id, now)

    return await settled(request, person, parts, form, seen, act, post=post)


@router.get("/admin/moves/zones/{code}")
async def choose_zone(request: Request, person: Tunes, code: str, db: Db, parts: Parts) -> Response:
    """To which zone an office comes."""
    return await hand_on_page(request, person, parts, {}, office=await office_of(db, code))


@router.post("/admin/moves/zones/{code}")
async def to_zone(request: Request, person: Tunes, code: str, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Bring it there."""
    office, zone = await office_of(db, code), form.get("to", "")
    if zone == office.zone or zone not in {one.code for one in await db.read(handing_on.zones)}:
        errors = {"to": _("Choose the zone it comes to.")}
        return await hand_on_page(request, person, parts, form, 422, office=office, errors=errors)
    seen = await db.read(handing_on.if_in_zone, office, zone, now)

    async def act() -> int:
        return await db.write(handing_on.to_zone, code, zone, person.id, now)

    return await settled(request, person, parts, form, seen, act, office=office)
