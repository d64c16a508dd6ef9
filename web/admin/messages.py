"""Messages that could not be brought, and the way to the page that shows caught ones."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages import labels
from models.casefile import failed_deliveries
from web.deps import Db, Parts
from web.desk.session import ReadsAdmin
from web.desk.shown import notice_words
from web.render import page

router = APIRouter(include_in_schema=False)
ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>]+|\+?\d[\d -]{7,}\d")


def without_addresses(error: str) -> str:
    """A sender's error without the addresses and numbers it may quote: administrators need not know whom it was for."""
    return ADDRESS.sub("…", error)


@router.get("/admin/messages")
async def messages(request: Request, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """The newest hundred messages that reached nobody, with every try."""
    said = await db.read(failed_deliveries)
    return page(
        request,
        "admin/messages.html",
        person=person,
        said=said,
        messages_url=parts.messages_url,
        moment=parts.clock(),
        notice_words=notice_words,
        delivery=labels.delivery_label,
        without_addresses=without_addresses,
    )
