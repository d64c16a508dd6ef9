"""Where style, script and pictures are served from, for ever."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.deps import Parts
from web.errors import NotFound

router = APIRouter(include_in_schema=False)
FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/static/{digest}/{name}")
async def static(digest: str, name: str, request: Request, parts: Parts) -> Response:
    """One file under the address that holds its hash."""
    found = parts.assets.find(digest, name)
    if found is None:
        raise NotFound
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.body, headers=headers, media_type=found.media_type)
    return Response(found.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.media_type)


@router.get("/favicon.ico")
async def favicon(parts: Parts) -> Response:
    """The window, for browsers that ask without being told."""
    found = parts.assets.files["favicon.svg"]
    return Response(found.body, headers={"Cache-Control": "public, max-age=86400"}, media_type=found.media_type)
