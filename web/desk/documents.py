"""A document as those of the staff see it who may open its request."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from models import papers
from web.deps import Db, Parts
from web.desk.casefile import opened
from web.desk.session import SignedIn
from web.errors import NotFound
from web.uploads.serve import served

router = APIRouter(include_in_schema=False)


@router.get("/desk/documents/{id}")
async def document(id: Annotated[str, Path(max_length=32)], person: SignedIn, db: Db, parts: Parts) -> Response:
    """The file. One of a form that was never sent is nobody's yet."""
    found = await db.read(papers.find, id)
    if found is None or found.reference is None:
        raise NotFound
    await opened(db, found.reference, person, parts)
    return await served(db, parts.uploads, found)
