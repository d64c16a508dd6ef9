"""The open page of a request: told anew when something changes, and who else has it open."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from models.onlookers import APART, looked_on
from web.deps import Parts, TheBook, TheHub, TheViews
from web.desk.casefile import Opened, context, opened, page_of
from web.desk.session import COOKIE, SignedIn, person_of
from web.desk.ticks import TICK, ticks
from web.desk.timeline import Show
from web.live import until_away

router = APIRouter(include_in_schema=False)


@router.get("/desk/requests/{reference}/live", response_class=EventSourceResponse)
@until_away
async def live(
    request: Request,
    file: Opened,
    person: SignedIn,
    hub: TheHub,
    views: TheViews,
    parts: Parts,
    book: TheBook,
    seen: int = 0,
    show: Show = Show.ALL,
) -> AsyncIterator[ServerSentEvent]:
    """The page's live region again when the request changed, when others open or leave it, and now and then; until the session ends."""
    token, reference = request.cookies.get(COOKIE), file.request.reference
    last, told = "", float("-inf")
    before: tuple[str, ...] | None = None
    async for changed in ticks(hub, reference, APART.total_seconds()):
        watching = await parts.database.write(looked_on, reference, person.id)
        if not changed and watching == before and time.monotonic() - told < TICK:
            continue
        before, told = watching, time.monotonic()
        still = await parts.database.read(person_of, token, parts.clock(), parts.zone.key)
        if still is None:
            yield ServerSentEvent(event="finished", raw_data="")
            return
        newest = await opened(parts.database, reference, still, parts)
        block = views.text(page_of(newest), "live", **context(newest, still, parts, show, watching), seen=seen)
        if block != last:
            last = block
            yield ServerSentEvent(raw_data=block, id=str(newest.request.number))
