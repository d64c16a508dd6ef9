"""The open queue: its lines change where they stand, and what is new waits until it is asked for."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel.ext.asyncio.session import AsyncSession

from models.queue import Bounds, Page, Place, Row, Sight, View, counts, in_view, queue, shown_rows
from models.queue_heard import Heard, heard_lately
from web.deps import Parts, TheHub, TheViews
from web.desk.queue import bounds, region
from web.desk.queue_address import LONGEST_TASK, Address, choosable, read, read_place, sight_of
from web.desk.queue_rows import in_place
from web.desk.session import COOKIE, Person, SignedIn, person_of
from web.desk.ticks import TICK, ticks
from web.live import until_away
from web.onewindow import Onewindow

router = APIRouter(include_in_schema=False)
TASK = re.compile(rf"[0-9A-Za-z/_.:-]{{1,{LONGEST_TASK}}}")
MOST = 100
"""A page holds fifty lines and at most as many dangerous ones on top."""


@dataclass(frozen=True)
class Open:
    """A page that is open somewhere: its address, the tasks on it, and where the page after it begins."""

    address: Address
    tasks: tuple[str, ...]
    until: Place | None


@dataclass(frozen=True)
class Now:
    """What such a page is made of now."""

    rows: dict[str, Row]
    still: frozenset[str]
    new: int
    numbers: dict[View, int]


async def looked_again(session: AsyncSession, sight: Sight, limits: Bounds, page: Open) -> Now:
    """The lines of an open page, which of them are still in the view, and how many came between them."""
    asked = page.address
    rows = await shown_rows(session, page.tasks)
    still = await in_view(session, sight, asked.view, limits, page.tasks, asked.choice)
    fresh = await queue(session, sight, asked.view, limits, asked.after, asked.choice)
    numbers = await counts(session, sight, limits, asked.choice)
    return Now(rows, still, between(fresh, page), numbers)


def between(fresh: Page, page: Open) -> int:
    """How many lines belong on this page and are not on it; what only moved up from the next page is not new."""
    return sum(
        row.task not in page.tasks and (page.until is None or row.safety or row.place.before(page.until))
        for row in fresh.rows
    )


def open_page(request: Request, person: Person, parts: Onewindow) -> Open:
    """The page a stream belongs to, as its address tells."""
    query = request.query_params
    address, _errors = read(query, list(choosable(parts.book, sight_of(person, parts.book))))
    tasks = [task for task in query.get("rows", "").split("~")[:MOST] if TASK.fullmatch(task)]
    return Open(address, tuple(tasks), read_place(query.get("until", "")))


async def shown_again(person: Person, page: Open, parts: Onewindow) -> dict[str, Any]:
    """What the region is made of now."""
    now = parts.clock()
    sight = sight_of(person, parts.book)
    found = await parts.database.read(looked_again, sight, bounds(parts, now), page)
    rows = in_place(page.tasks, found.rows, found.still, person, parts.book, now, page.address)
    made = region(person, page.address, sight, rows, found.numbers, page.until, now)
    return {**made, "new": found.new}


@router.get("/desk/live", response_class=EventSourceResponse)
@until_away
async def live(
    request: Request, person: SignedIn, hub: TheHub, views: TheViews, parts: Parts
) -> AsyncIterator[ServerSentEvent]:
    """The region again whenever something on it, or of these posts, changed; until the session ends."""
    token, last = request.cookies.get(COOKIE), ""
    page = open_page(request, person, parts)
    known, looked = Heard(), float("-inf")
    async for _tick in ticks(hub):
        still = await parts.database.read(person_of, token, parts.clock(), parts.zone.key)
        if still is None:
            yield ServerSentEvent(event="finished", raw_data="")
            return
        heard = await parts.database.read(heard_lately, sight_of(still, parts.book), page.tasks)
        if heard <= known and time.monotonic() - looked < TICK:
            continue
        known, looked = heard, time.monotonic()
        block = views.text("desk/queue.html", "queue", **await shown_again(still, page, parts))
        if block != last:
            last = block
            yield ServerSentEvent(raw_data=block)
