"""A paper handed in over the counter for an open application: kept, then told to the request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from languages.papers import unfit
from languages.story import refusal
from languages.views import Reader
from models import papers
from models.papers import Document
from models.storage import StorageAway
from models.tray import put
from rules.messages import Take
from rules.terms import Act, Actor, Kind
from web.acting import through
from web.counter.agent import post_of
from web.counter.applications import application_page, filed_case, wanted_of
from web.counter.requests import Opened
from web.deps import Db, Now, Parts, SharedPages
from web.desk.forms import TOKEN
from web.desk.session import TakesCalls
from web.errors import NotFound, NotYours, Stale
from web.forms import SentForm
from web.render import see_other
from web.uploads.faults import Reused, Unfit
from web.uploads.receive import Handed

router = APIRouter(include_in_schema=False)


@router.post("/counter/requests/{reference}/documents")
async def hand_in(
    request: Request,
    file: Opened,
    person: TakesCalls,
    sent: SentForm,
    db: Db,
    parts: Parts,
    shared: SharedPages,
    now: Now,
) -> Response:
    """Take one scan for one paper. The same form sent twice is one document."""
    reference, post = file.request.reference, post_of(person)
    if file.request.kind == Kind.COMPLAINT:
        raise NotFound
    if post is None:
        raise NotYours
    token, paper = sent.typed.get("token", ""), sent.typed.get("paper", "")
    if not TOKEN.fullmatch(token):
        raise Stale
    if paper not in wanted_of(await filed_case(db, reference, parts), parts):
        return await _again(request, file, person, parts, shared, sent.typed, _("Choose which paper it is."))
    if sent.file is None:
        return await _again(request, file, person, parts, shared, sent.typed, _("Choose a file."))
    handed = Handed(paper, Actor.OFFICER, now, reference, person=person.id, token=f"counter/{person.id}/{token}")
    try:
        row = await parts.uploads.receive(db, sent.file, handed, partial(_along, post=post))
    except Unfit as wrong:
        return await _again(request, file, person, parts, shared, sent.typed, unfit(wrong.fault))
    except Reused:
        raise Stale from None
    except StorageAway:
        away = _("We cannot save it just now. What you typed is still here. Send it again in a minute.")
        return await _again(request, file, person, parts, shared, sent.typed, away, 503)
    outcome = await through(parts, Take(reference, submission(row), Act.DOCUMENT))
    if outcome.refused is not None:
        await db.write(papers.take_back, row.id)
        await parts.uploads.unneeded(row.id)
        said: dict[str, Any] = {"notice": "refused", "sentence": refusal(outcome.refused, Reader.OFFICER)}
        return await application_page(request, file, person, parts, shared, 409, **said)
    told = f"sent={submission(row)}" if outcome.waiting else "told=document"
    return see_other(f"/counter/requests/{reference}?{told}")


async def _again(
    request: Request,
    file: Opened,
    person: TakesCalls,
    parts: Parts,
    shared: SharedPages,
    typed: Mapping[str, str],
    error: str,
    status: int = 422,
) -> Response:
    more: dict[str, Any] = {"open_act": "document", "typed": typed, "errors": {"paper": error}}
    return await application_page(request, file, person, parts, shared, status, **more)


async def _along(session: AsyncSession, row: Document, post: str) -> None:
    """Into the tray with its row, so that the request hears of it whatever happens now."""
    await put(
        session, id=submission(row), reference=row.reference or "", act=Act.DOCUMENT, actor=Actor.OFFICER,
        person=row.person, post=post, at=row.uploaded_at, data={"document": row.id, "paper": row.paper},
    )  # fmt: skip


def submission(row: Document) -> str:
    """The id under which a document lies in the tray."""
    return f"document/{row.id}"
