"""A document as the consumer sees it who proved that its request is his."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from models import papers
from rules.papers import DESK_PHOTO
from web.consumer.visitor import Own, Reference
from web.deps import Db, Parts
from web.errors import NotFound
from web.render import see_other
from web.uploads.serve import served

router = APIRouter(include_in_schema=False)


@router.get("/track/{reference}/documents/{id}")
async def document(
    reference: Reference, is_own: Own, id: Annotated[str, Path(max_length=32)], db: Db, parts: Parts
) -> Response:
    """The file; first the proof that the request is the reader's own. What officers photographed for one another is theirs."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    found = await db.read(papers.find, id)
    if found is None or found.reference != reference or found.paper == DESK_PHOTO:
        raise NotFound
    return await served(db, parts.uploads, found)
