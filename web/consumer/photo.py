"""A photo for one's own complaint: the page with the camera, and what became of the file."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext
from rules.papers import PHOTO
from web.consumer.handing import hand_over
from web.consumer.visitor import Own, Reference
from web.deps import Now, Parts, SharedPages
from web.errors import NotFound
from web.forms import SentForm
from web.render import page, see_other
from web.shared import Shared
from web.uploads.faults import NotTaken

router = APIRouter(include_in_schema=False)


async def takes_photos(reference: str, shared: Shared) -> None:
    """NotFound for a request to which no photo can be added."""
    found = await shared.get(reference, acting=True)
    if found is None or not found.told.photos or "add" not in found.told.may:
        raise NotFound


def photo_page(request: Request, reference: str, error: str = "", status: int = 200) -> Response:
    """The camera and the choice of a file, with what is wrong with the one that was sent."""
    errors, fresh = {"file": error} if error else {}, secrets.token_urlsafe(12)
    return page(request, "consumer/photo.html", status=status, reference=reference, errors=errors, fresh=fresh)


@router.get("/track/{reference}/photo")
async def ask(reference: Reference, is_own: Own, request: Request, shared: SharedPages) -> Response:
    """The page; first the proof."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    await takes_photos(reference, shared)
    return photo_page(request, reference)


@router.post("/track/{reference}/photo/documents")
async def hand_in(
    reference: Reference,
    is_own: Own,
    request: Request,
    filled: SentForm,
    parts: Parts,
    shared: SharedPages,
    now: Now,
) -> Response:
    """Keep the photo and tell the request of it; sent twice it is one."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    await takes_photos(reference, shared)
    if filled.file is None:
        return photo_page(request, reference, gettext("Take a photo or choose a file first."), 422)
    try:
        outcome = await hand_over(parts, reference, PHOTO, filled.file, filled.typed.get("fresh", ""), now)
    except NotTaken as wrong:
        return photo_page(request, reference, wrong.why, wrong.status)
    if outcome is None:
        return see_other(f"/track/{reference}")
    return see_other(
        f"/track/{reference}?seen={outcome.number}&told={'received' if outcome.waiting else 'done'}#thread"
    )
