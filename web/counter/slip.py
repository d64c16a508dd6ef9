"""The counter slip: number, what happens next, a picture for a telephone's camera, and the code that proves it is his."""

from __future__ import annotations

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from languages.catalog import direction, use
from languages.story import refusal
from languages.views import Reader
from models.slips import make, shown
from rules.terms import Kind, Refused
from web.consumer.sending import qr
from web.counter.offers import may_print
from web.counter.requests import Opened, whole_page
from web.counter.telling import said_to
from web.deps import Db, Now, Parts, SharedPages, TheViews
from web.desk.session import TakesCalls
from web.render import page

router = APIRouter(include_in_schema=False)


@router.post("/counter/requests/{reference}/slip")
async def slip(
    request: Request,
    file: Opened,
    person: TakesCalls,
    db: Db,
    parts: Parts,
    shared: SharedPages,
    views: TheViews,
    now: Now,
) -> Response:
    """A slip with a new code, in the consumer's language; the code of an earlier one is void. Refused for one's own work."""
    if not may_print(file, person.id, person.codes):
        sentence = refusal(Refused.OWN_WORK, Reader.OFFICER)
        return await whole_page(request, file, person, parts, shared, 409, notice="refused", sentence=sentence)
    row = file.request
    told = await said_to(shared, row, row.language)
    code = await db.write(make, row.reference, parts.secret, person.id, now)
    address = f"{parts.public_url}/track/{row.reference}"
    with use(row.language):
        paper = views.text(
            "counter/paper.html",
            told=told,
            code=shown(code),
            address=address,
            picture=qr(address),
            application=row.kind != Kind.COMPLAINT,
        )
    return page(
        request,
        "counter/slip.html",
        person=person,
        reference=row.reference,
        application=row.kind != Kind.COMPLAINT,
        paper=Markup(paper),  # noqa: S704 - our own template, escaped where it was filled
        spoken=row.language,
        paper_direction=direction(row.language),
    )
