"""The counter and the call centre: look a number up, or file for somebody who is here or on the line."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from models.queue import reference_exists
from rules.reference import look
from rules.terms import Channel
from web.deps import Db
from web.desk.session import TakesCalls
from web.render import page, see_other

router = APIRouter(include_in_schema=False)


@router.get("/counter")
async def counter(request: Request, person: TakesCalls) -> Response:
    """One field to look up, two buttons to file."""
    return _page(request, person)


@router.get("/counter/find")
async def find(request: Request, person: TakesCalls, db: Db, reference: str = "") -> Response:
    """Go to the request of a number, or say what is wrong with it."""
    typed = reference[:40]
    found = look(typed)
    if found.kind == "reference" and await db.read(reference_exists, found.value):
        return see_other(f"/desk/requests/{found.value}")
    error = (
        _("There is no complaint with this number.")
        if found.kind == "reference"
        else _("A complaint number has 9 digits.")
    )
    return _page(request, person, typed, {"reference": error}, 422)


def _page(
    request: Request, person: TakesCalls, typed: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    channels = {Channel.CALL: _("File for a caller"), Channel.COUNTER: _("File for somebody at the counter")}
    return page(
        request, "desk/counter.html", status=status, person=person, typed=typed, errors=errors or {}, channels=channels
    )
