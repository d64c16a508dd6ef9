"""One request on the line or at the counter: its number and sentence to read out, and what the consumer may answer."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import current, named
from languages.catalog import gettext as _
from languages.labels import act_label, channel_label, refusal
from languages.views import Reader
from models.callers import Overview, overview
from models.events import Submission
from rules.policy import UNPLACED
from rules.reference import is_well_formed, normalise
from rules.terms import Act, Channel, Kind, Refused
from web.consumer.telling import Told
from web.counter.agent import post_of
from web.counter.applications import application_page
from web.counter.form import dangers
from web.counter.offers import PICTURES, Offers, may_print, offered
from web.counter.telling import said_to
from web.database import Bounded
from web.deps import Db, Parts, SharedPages
from web.desk.elsewhere import places
from web.desk.session import Person, TakesCalls
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page
from web.shared import Shared

router = APIRouter(include_in_schema=False)
PAGE = "counter/request.html"


async def opened(db: Bounded, reference: str) -> Overview:
    """The request of a number; NotFound when there is none."""
    reference = normalise(reference[:40])
    found = await db.read(overview, reference) if is_well_formed(reference) else None
    if found is None:
        raise NotFound
    return found


async def _opened(reference: str, person: TakesCalls, db: Db) -> Overview:
    return await opened(db, reference)


Opened = Annotated[Overview, Depends(_opened)]


def details(file: Overview, parts: Onewindow) -> dict[str, Any]:
    """Who it is and what about, for the agent to compare; nothing of a confidential one."""
    row = file.request
    if row.confidential:
        return {"consumer": None, "category": "", "locality": "", "channel": ""}
    place = parts.book.locality(row.locality)
    return {
        "consumer": file.consumer,
        "category": parts.book.sort(row),
        "locality": named(place.names) if place else parts.book.name("office", row.office),
        "channel": channel_label(Channel(row.channel)),
    }


def offers_for(file: Overview, told: Told, person: Person, parts: Onewindow) -> Offers:
    """What this agent may take; nothing for one who only looks up and files."""
    if post_of(person) is None:
        return Offers()
    return offered(file.request, told.may, parts.clock())


async def whole_page(
    request: Request,
    file: Overview,
    person: Person,
    parts: Onewindow,
    shared: Shared,
    status: int = 200,
    **more: Any,
) -> Response:
    """The page, as it is or with a form that could not be taken."""
    row = file.request
    if row.kind != Kind.COMPLAINT:
        return await application_page(request, file, person, parts, shared, status, **more)
    spoken = await said_to(shared, row, row.language)
    own = current()
    read = await said_to(shared, row, own) if own != row.language else None
    context: dict[str, Any] = {
        "person": person,
        "r": row,
        "spoken": spoken,
        "read": read,
        "offers": offers_for(file, spoken, person, parts),
        "pictures": PICTURES,
        "dangers": dangers(parts.book),
        "withdraw_reasons": [(row.code, named(row.labels)) for row in parts.book.all("withdraw_reason")],
        "places": places(parts.book) if row.area_class == UNPLACED else [],
        "slip": may_print(file, person.id, person.codes),
        "token": secrets.token_urlsafe(16),
        "now": parts.clock(),
        **details(file, parts),
    }
    context |= {"open_act": None, "typed": {}, "errors": {}, "notice": None, "sentence": "", "done": "", "since": ()}
    return page(request, PAGE, status=status, **(context | more))


@router.get("/counter/requests/{reference}")
async def one(
    request: Request,
    file: Opened,
    person: TakesCalls,
    db: Db,
    parts: Parts,
    shared: SharedPages,
    told: str = "",
    sent: str = "",
    old: Annotated[int | None, Query(ge=1000, le=9999)] = None,
) -> Response:
    """The number in groups, the sentence in the caller's language, and what he may answer."""
    more: dict[str, Any] = {}
    if sent:
        more = await db.read(said_after, sent, file.request.reference, person.id)
    elif told == "filed":
        more = {"notice": "filed", "old": old}
    elif told in set(Act):
        application = file.request.kind != Kind.COMPLAINT
        said = _("The place is known now") if told == Act.TRANSFER else act_label(Act(told), application=application)
        more = {"notice": "done", "done": said}
    return await whole_page(request, file, person, parts, shared, **more)


async def said_after(session: AsyncSession, submission: str, reference: str, person: int) -> dict[str, Any]:
    """What became of a submission that was not done at once; nothing of a strange one."""
    row = await session.get(Submission, submission[:80])
    if row is None or row.reference != reference or row.person != person:
        return {}
    if row.answered is None:
        return {"notice": "waiting"}
    if row.refused:
        return {"notice": "refused", "sentence": refusal(Refused(row.refused), Reader.OFFICER)}
    return {"notice": "done", "done": act_label(Act(row.act))}
