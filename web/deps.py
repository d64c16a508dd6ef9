"""What handlers ask for by type: the clock, the database, the door, the reader's language, htmx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from languages.catalog import current
from web.book import Book
from web.database import Bounded
from web.live import Hub
from web.onewindow import Door, Onewindow
from web.render import Views
from web.shared import Shared


async def onewindow(request: Request) -> Onewindow:
    """The parts this process was built from. Async as all of these: a plain function is sent through a thread."""
    found: Onewindow = request.app.state.onewindow
    return found


Parts = Annotated[Onewindow, Depends(onewindow)]


async def now(parts: Parts) -> datetime:
    """The application's clock; handlers have no other."""
    return parts.clock()


async def database(parts: Parts) -> Bounded:
    """Units of work: `await db.read(question, ...)`, `await db.write(question, ...)`; DatabaseAway after 3 s."""
    return parts.database


async def door(parts: Parts) -> Door:
    """The way in to the workflows."""
    return parts.door


async def hub(parts: Parts) -> Hub:
    """Who tells of changes."""
    return parts.hub


async def book(parts: Parts) -> Book:
    """The names people read."""
    return parts.book


async def views(request: Request) -> Views:
    """The templates."""
    found: Views = request.app.state.views
    return found


async def shared_pages(request: Request) -> Shared:
    """Renderings that all watchers of a request share."""
    found: Shared = request.app.state.shared
    return found


async def language() -> str:
    """The reader's language; chosen before any handler runs."""
    return current()


@dataclass(frozen=True)
class Htmx:
    """Whether htmx asks, and for which element."""

    asks: bool
    target: str | None


async def htmx(request: Request) -> Htmx:
    """What htmx says of itself in the request's headers."""
    return Htmx(request.headers.get("hx-request") == "true", request.headers.get("hx-target"))


Now = Annotated[datetime, Depends(now)]
Db = Annotated[Bounded, Depends(database)]
TheHub = Annotated[Hub, Depends(hub)]
TheBook = Annotated[Book, Depends(book)]
TheViews = Annotated[Views, Depends(views)]
SharedPages = Annotated[Shared, Depends(shared_pages)]
Language = Annotated[str, Depends(language)]
HX = Annotated[Htmx, Depends(htmx)]
