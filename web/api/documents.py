"""Handing in a document for a paper that a request wants: kept once for each key, then told to the request."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from languages.catalog import gettext
from languages.labels import refusal
from languages.papers import unfit
from models import papers
from models.papers import Document
from models.public_api import taking_documents
from models.tray import put
from rules.messages import Take
from rules.papers import DocumentState, FileFault
from rules.reference import look
from rules.terms import Act, Actor
from web.acting import through
from web.api.bodies import HandedIn
from web.api.description import problems_of
from web.api.intake import IdempotencyKey
from web.api.problems import (
    DOCUMENT_NOT_WANTED,
    INVALID,
    KEY_REUSED,
    NOT_A_REFERENCE,
    UNFIT,
    UNKNOWN_REFERENCE,
    Api,
    Problem,
    invalid,
)  # fmt: skip
from web.consumer.track import NOT_A_NUMBER, missed
from web.consumer.visitor import Address
from web.deps import Now, Parts
from web.forms import Sent, sent
from web.onewindow import Onewindow
from web.uploads.faults import Reused, Unfit
from web.uploads.receive import Handed

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["requests"])
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["paper", "file"],
    "properties": {
        "paper": {"type": "string", "maxLength": 60, "description": "The code of the paper this is"},
        "file": {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or PDF, at most 10 MB"},
    },
}
BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}}


async def form(request: Request) -> AsyncIterator[Sent]:
    """The form; a file too large is a problem of its own also while it still comes in."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(INVALID, "Send a form: multipart/form-data with the fields paper and file.")
    try:
        async for filled in sent(request):
            yield filled
    except Unfit as wrong:
        raise unfit_problem(wrong.fault) from None


def unfit_problem(fault: FileFault) -> Problem:
    """The problem of a file that cannot be taken."""
    return Problem(UNFIT[fault], unfit(fault))


async def of(number: Annotated[str, Path(alias="reference", max_length=64)], parts: Parts, who: Address) -> str:
    """The number of a request that takes documents; a Problem where there is none."""
    typed = look(number)
    if typed.kind != "reference":
        raise Problem(NOT_A_REFERENCE, gettext(NOT_A_NUMBER[typed.kind]))
    takes = await parts.database.read(taking_documents, typed.value)
    if takes is None:
        await missed(parts, who)
        raise Problem(UNKNOWN_REFERENCE, gettext("Check the number or the address and try again."))
    if not takes:
        raise Problem(DOCUMENT_NOT_WANTED)
    return typed.value


@router.post(
    "/requests/{reference}/documents",
    operation_id="hand_in",
    summary="Hand in a document",
    status_code=201,
    openapi_extra=BODY,
    responses=problems_of(
        INVALID, NOT_A_REFERENCE, UNKNOWN_REFERENCE, KEY_REUSED, DOCUMENT_NOT_WANTED, *UNFIT.values(), plain=(429, 503)
    ),
)
async def hand_in(
    reference: Annotated[str, Depends(of)],
    filled: Annotated[Sent, Depends(form)],
    parts: Parts,
    now: Now,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> HandedIn:
    """Hand in one file for one of the papers the request wants. A picture is kept as JPEG, without what it says of its taker."""
    paper = paper_of(filled.typed, parts)
    if filled.file is None:
        raise invalid("file", gettext("Choose a file."))
    key = f"{reference}/{idempotency_key}" if idempotency_key else secrets.token_hex(32)
    token = "api/" + hashlib.sha256(key.encode()).hexdigest()
    handed = Handed(paper, Actor.CONSUMER, now, reference, token=token)
    try:
        row = await parts.uploads.receive(parts.database, filled.file, handed, along)
    except Unfit as wrong:
        raise unfit_problem(wrong.fault) from None
    except Reused:
        raise Problem(KEY_REUSED) from None
    state = await told(parts, row)
    response.headers["Cache-Control"] = "no-store"
    return HandedIn(id=row.id, paper=row.paper, state=state)


def paper_of(typed: Mapping[str, str], parts: Onewindow) -> str:
    """The code of a paper the utility knows."""
    paper = typed.get("paper", "")
    if parts.book.row("paper", paper) is None:
        raise invalid("paper", gettext("Say which paper this is."))
    return paper


async def along(session: AsyncSession, row: Document) -> None:
    """Put it into the tray with its row, so that the request is told of it whatever happens now."""
    await put(
        session, id=submission(row), reference=row.reference or "", act=Act.DOCUMENT, actor=Actor.CONSUMER,
        at=row.uploaded_at, data={"document": row.id, "paper": row.paper},
    )  # fmt: skip


def submission(row: Document) -> str:
    """The id under which a document lies in the tray."""
    return f"document/{row.id}"


async def told(parts: Onewindow, row: Document) -> DocumentState:
    """Tell the request of its document, and how it stands then; one it did not ask for is taken back, and a Problem says so."""
    outcome = await through(parts, Take(row.reference or "", submission(row), Act.DOCUMENT))
    if outcome.refused is None:
        found = await parts.database.read(papers.find, row.id)
        return DocumentState(found.state if found else row.state)
    await parts.database.write(papers.take_back, row.id)
    await parts.uploads.unneeded(row.id)
    raise Problem(DOCUMENT_NOT_WANTED, refusal(outcome.refused))
