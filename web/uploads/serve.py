"""Gives a document back, so that nothing in it can act in anybody's name."""

from __future__ import annotations

import hashlib

import structlog
from starlette.responses import Response

from models import papers
from models.papers import Document
from models.storage import Missing
from rules.papers import KEPT, Content, DocumentState
from web.database import Bounded
from web.uploads.faults import Lost
from web.uploads.receive import Uploads

ENDINGS = {Content.JPEG: "jpg", Content.PDF: "pdf"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
log = structlog.get_logger()


async def served(db: Bounded, uploads: Uploads, document: Document) -> Response:
    """The document's file: a picture to be looked at, a PDF to be saved. Lost when it is gone or damaged, and its row says so."""
    try:
        data = await checked(uploads, document)
    except Lost:
        if document.state in KEPT and await db.write(papers.mark_lost, document.id):
            log.error("a document's file is lost", document=document.id, reference=document.reference)
        raise
    content = Content(document.content)
    how = "inline" if content is Content.JPEG else "attachment"
    shown = f'{how}; filename="{file_name(document, content)}"'
    return Response(data, media_type=content.value, headers={**HEADERS, "Content-Disposition": shown})


async def checked(uploads: Uploads, document: Document) -> bytes:
    """What is kept, if it is what was kept; Lost otherwise."""
    if DocumentState(document.state) not in KEPT:
        raise Lost
    try:
        data = await uploads.storage.get(document.id)
    except Missing:
        raise Lost from None
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise Lost
    return data


def file_name(document: Document, content: Content) -> str:
    """A name made of codes alone: what the consumer's file was called is not let into a header."""
    plain = "".join(letter for letter in document.paper if letter.isascii() and (letter.isalnum() or letter in "-_"))
    parts = (plain or "document", document.reference or "", document.id[:6])
    return "-".join(part for part in parts if part) + f".{ENDINGS.get(content, 'bin')}"
