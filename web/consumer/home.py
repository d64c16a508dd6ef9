"""The first page: the one tracking field, danger first, and what people complain of as pictures and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.book import Book
from web.deps import TheBook
from web.render import page

router = APIRouter(include_in_schema=False)
TILES = 8


def home_page(request: Request, book: Book, errors: Mapping[str, str], typed: str) -> Response:
    """The first page, with what was typed and what is wrong with it."""
    categories = book.categories()
    context: dict[str, Any] = {
        "tiles": categories[:TILES],
        "more": categories[TILES:],
        "applications": book.all("procedure"),
        "errors": errors,
        "typed": typed,
    }
    return page(request, "consumer/home.html", status=422 if errors else 200, **context)


@router.get("/")
async def home(request: Request, book: TheBook) -> Response:
    """One field, one button, and the tiles."""
    return home_page(request, book, {}, "")
