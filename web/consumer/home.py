"""The first page: the one tracking field, danger first, and what people complain of as pictures and words."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.deps import TheBook
from web.render import page

router = APIRouter(include_in_schema=False)
TILES = 8


@router.get("/")
async def home(request: Request, book: TheBook) -> Response:
    """One field, one button, and the tiles."""
    categories = book.all("category")
    return page(
        request, "consumer/home.html", tiles=categories[:TILES], more=len(categories) > TILES, errors={}, typed=""
    )
