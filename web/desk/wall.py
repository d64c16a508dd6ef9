"""The screen on the wall: a few large figures of one's office, zone or company, live, and nothing of anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import named
from models.colleagues import zone_names
from models.people import Post
from models.posts import FilledPost
from models.queue import Bounds
from models.staff import mark_used
from models.team import closings, groups, in_danger, team
from rules.profile import Scope
from rules.team import Count, Load, Period, load
from web.book import Book
from web.deps import Db, Now, Parts, TheHub, TheViews
from web.desk.queue import bounds
from web.desk.session import COOKIE, Person, SeesWall, person_of
from web.desk.ticks import ticks
from web.live import until_away
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
BREATH = 2.0
"""Seconds between two countings at least, however much happens."""
A_BREATH = timedelta(seconds=BREATH)
SEEN = frozenset({"answerable", "wall"})


def _places(posts: tuple[FilledPost, ...], book: Book, zones: dict[str, Any]) -> list[str]:
    """The names of what the screen shows: offices and zones; none for the whole company."""
    seen = [post for post in posts if post.rights in SEEN]
    if any(post.scope == Scope.COMPANY for post in seen):
        return []
    names = [
        book.label("office", post.office) if post.scope == Scope.OFFICE else named(zones.get(post.zone or "", {}))
        for post in seen
    ]
    return list(dict.fromkeys(names))


async def counted(session: AsyncSession, person: Person, limits: Bounds) -> tuple[dict[str, Any], Load, int, int, int]:
    """The zones' names, what lies there now, what is dangerous, and of the week: closed on the consumer's word, in time."""
    posts: list[Post] = await team(session, person.posts, limits.now)
    codes = {post.code for post in posts}
    open_now = load(await groups(session, sorted(codes), limits), codes)
    week = await closings(session, posts, limits.now - Period.WEEK.length, limits)
    within, word = (sum(counts.get(what, 0) for counts in week.values()) for what in (Count.WITHIN, Count.WORD))
    danger = await in_danger(session, posts)
    return await zone_names(session), open_now, danger, within, word


async def context(person: Person, parts: Onewindow, now: datetime) -> dict[str, Any]:
    """What the page and its live region are made of; counted once for all screens of the same posts until something changes."""
    key = ("wall", tuple(post.code for post in person.posts))
    keep, heard = (A_BREATH if parts.hub.fresh else timedelta(0)), parts.hub.changed
    zones, open_now, danger, within, word = await parts.counted.get(
        key, now, lambda: parts.database.read(counted, person, bounds(parts, now)), keep, heard
    )
    return {
        "places": _places(person.posts, parts.book, zones),
        "load": open_now,
        "C": Count,
        "danger": danger,
        "within": within,
        "word": word,
        "moment": now,
    }


@router.get("/desk/wall")
async def wall(request: Request, person: SeesWall, db: Db, parts: Parts, now: Now) -> Response:
    """The figures, large; a browser without script asks again every minute."""
    return page(request, "desk/wall.html", person=person, **await context(person, parts, now))


@router.get("/desk/wall/live", response_class=EventSourceResponse)
@until_away
async def live(
    request: Request, person: SeesWall, hub: TheHub, views: TheViews, parts: Parts
) -> AsyncIterator[ServerSentEvent]:
    """The figures again whenever they changed, until the session ends.

    A screen that may do nothing else is in use as long as it hangs there; anybody else's session idles as always.
    """
    token, last = request.cookies.get(COOKIE), ""
    hangs = person.rights == {"wall"}
    async for _tick in ticks(hub):
        now = parts.clock()
        still = await parts.database.read(person_of, token, now, parts.zone.key)
        if still is None or not still.rights & SEEN:
            yield ServerSentEvent(event="finished", raw_data="")
            return
        if token and hangs and still.to_be_marked:
            await parts.database.write(mark_used, token, now)
        block = views.text("desk/wall.html", "figures", **await context(still, parts, now))
        if block != last:
            last = block
            yield ServerSentEvent(raw_data=block)
        await asyncio.sleep(BREATH)
