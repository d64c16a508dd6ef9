"""The request before and the one after, in the part of the queue one came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from languages.catalog import gettext as _
from models.queue import Page, queue
from web.deps import Parts
from web.desk.queue import bounds
from web.desk.queue_address import choosable, read, sight_of
from web.desk.session import Person, SignedIn
from web.desk.way import Way, leading, read_way
from web.forms import typed
from web.onewindow import Onewindow


async def _page_of(view: str, person: Person, parts: Onewindow) -> tuple[Page, str]:
    """The page of the queue a way leads back to, and the address of the one that follows; "" for the last."""
    sight = sight_of(person, parts.book)
    asked, _errors = read(dict(parse_qsl(view)), list(choosable(parts.book, sight)))
    limits = bounds(parts, parts.clock())
    page = await parts.database.read(queue, sight, asked.view, limits, asked.after, asked.choice)
    return page, asked.at(page.after) if page.after else ""


async def beside(way: Way, reference: str, person: Person, parts: Onewindow) -> Way:
    """The way with the two beside this request; of one that left the list, those beside the place it had."""
    page, following = await _page_of(way.view, person, parts)
    names = [row.reference for row in page.rows]
    at, there = place_of(reference, way.at, names)

    def to(index: int) -> str:
        return f"/desk/requests/{names[index]}?{leading(way.view, index)}" if 0 <= index < len(names) else ""

    first = _("This is the first on this page.") if "after=" in way.view else _("This is the first of the list.")
    after = to(at + 1 if there else at) or following
    return replace(
        way, at=at, before=to(at - 1), after=after, at_start=first, at_end=_("This is the last of the list.")
    )


def place_of(reference: str, before: int, names: Sequence[str]) -> tuple[int, bool]:
    """Where it stands among these, nearest to where it stood `before`, and whether it still does."""
    places = [index for index, name in enumerate(names) if name == reference]
    if places:
        return min(places, key=lambda index: abs(index - before)), True
    return min(before, len(names)), False


async def _way(request: Request, reference: str, person: SignedIn, parts: Parts) -> Way | None:
    given = request.query_params if request.method == "GET" else await typed(request)
    return await way_of(given, reference, person, parts)


async def way_of(given: Mapping[str, str], reference: str, person: Person, parts: Onewindow) -> Way | None:
    """The way on that an address or a form carries; None where one came from elsewhere."""
    way = read_way(given)
    return None if way is None else await beside(way, reference, person, parts)


TheWay = Annotated[Way | None, Depends(_way)]
