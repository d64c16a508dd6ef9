"""Following a request by its number: the page, its live region, and finding it from what was typed."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from languages.catalog import N_, gettext
from models.letters import thread
from models.proofs import own_details, too_many_misses
from rules.reference import look
from web.consumer.home import home_page
from web.consumer.visitor import Address, Own, Reference
from web.deps import Db, Parts, SharedPages
from web.errors import NotFound, TooMany
from web.live import until_away
from web.onewindow import Onewindow
from web.render import VARY, page, see_other
from web.shared import Rendering
from web.typed import nothing_since, own_number

router = APIRouter(include_in_schema=False)
KEPT_BY_READER = {"Cache-Control": "private, no-cache", "Vary": VARY, "X-Robots-Tag": "noindex"}
Seen = Annotated[int, Query(ge=0, le=10_000_000)]
NOTICES = {
    "received": N_("We have it. It is not done yet; this page will show when it is."),
    "done": N_("Thank you. It is done."),
    "again": N_("Thank you. We wrote down that you asked again."),
}

NOT_A_NUMBER = {
    "mobile": N_("This looks like a mobile number. Type our number: it has 9 digits."),
    "account": N_("This looks like an account number. Type our number: it has 9 digits."),
    "check digit": N_("This number cannot be right. Perhaps two digits are swapped. Look at it again."),
    "other": N_("Type our number: it has 9 digits."),
}


@router.get("/track")
async def find(request: Request, book_parts: Parts, reference: Annotated[str, Query(max_length=200)] = "") -> Response:
    """From what was typed to the page of its number, or to what is wrong with it."""
    found = look(reference)
    if found.kind == "reference":
        return see_other(f"/track/{found.value}")
    return home_page(request, book_parts.book, {"reference": gettext(NOT_A_NUMBER[found.kind])}, reference)


async def rendering(
    reference: Reference, request: Request, shared: SharedPages, who: Address, parts: Parts
) -> Rendering:
    """The shared rendering without buttons; NotFound, or TooMany after too many numbers that do not exist."""
    seen = own_number(request.query_params.get("seen", ""))
    found = await shared.get(reference, at_least=seen or 0)
    if found is None:
        await missed(parts, who)
        raise NotFound
    return found


Shown = Annotated[Rendering, Depends(rendering)]


async def missed(parts: Onewindow, who: str) -> None:
    """Count a number that does not exist; TooMany when this address asks for many of them."""
    policy = parts.book.policies.get(parts.book.newest)
    if policy is not None and await parts.database.write(too_many_misses, who, policy.limits):
        raise TooMany


@router.get("/track/{reference}")
async def track(shown: Shown, is_own: Own, request: Request, parts: Parts, shared: SharedPages, db: Db) -> Response:
    """The page of one request; for its consumer with what is his alone. What became of his act is told until more happens."""
    asked = request.query_params
    as_then = nothing_since(asked.get("seen", ""), shown.number)
    notice = NOTICES.get(asked.get("told", ""), "") if as_then else ""
    if not is_own and not notice:
        return public(shown, request)
    reference = shown.told.reference
    mine = await shared.get(reference, acting=is_own, at_least=shown.number) if is_own else shown
    details = await db.read(own_details, reference) if is_own else None
    told = (mine or shown).told
    context: dict[str, Any] = {"told": told, "acting": is_own, "now": parts.clock(), "errors": {}}
    written = await db.read(thread, reference) if is_own else ()
    own = [*getattr(told, "facts", ()), *own_lines(details)] if details else None
    context |= {"thread": written, "fresh": secrets.token_urlsafe(12), "notice": gettext(notice) if notice else ""}
    return page(request, told.template, own=own, **context)


def public(shown: Rendering, request: Request) -> Response:
    """The page as it is for everybody: rendered and compressed once."""
    status, headers, body = shown.answer(request.headers)
    response = Response(body, status)
    response.raw_headers = [*headers]
    return response


def own_lines(details: object) -> list[tuple[str, str]]:
    """What the consumer gave, with its labels; what was not given is left out."""
    labels = {
        "description": gettext("What you wrote"),
        "name": gettext("Name"),
        "phone": gettext("Mobile number"),
        "email": gettext("E-mail"),
        "account": gettext("Account number"),
        "address": gettext("Address"),
        "place": gettext("Place"),
    }
    return [(label, value) for name, label in labels.items() if (value := getattr(details, name))]


@router.get("/track/{reference}/progress")
async def progress(shown: Shown, is_own: Own, request: Request, shared: SharedPages) -> Response:
    """The live region alone, for those who ask once a minute."""
    mine = (await shared.get(shown.told.reference, acting=True) or shown) if is_own else shown
    headers = {**KEPT_BY_READER, "ETag": mine.block_tag}
    if request.headers.get("if-none-match") == mine.block_tag:
        return Response(status_code=304, headers=headers)
    return Response(mine.block, 200, headers, "text/html; charset=utf-8")


@router.get("/track/{reference}/live", response_class=EventSourceResponse)
@until_away
async def live(
    shown: Shown,
    is_own: Own,
    parts: Parts,
    shared: SharedPages,
    seen: Seen = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """The live region whenever it changes, until nothing more can; then once a minute is enough."""
    before = own_number(last_event_id or "")
    known = seen if before is None else before
    reference = shown.told.reference
    async for quiet in parts.hub.changes(reference):
        if quiet:
            yield ServerSentEvent(event="quiet", raw_data="")
            break
        newest = await shared.get(reference, acting=is_own)
        if newest is None:
            break
        if newest.number > known:
            known = newest.number
            yield ServerSentEvent(raw_data=newest.block, id=str(known))
        if newest.told.over:
            break
    if not parts.hub.closed:
        yield ServerSentEvent(event="finished", raw_data="")
