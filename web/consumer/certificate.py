"""The no-dues certificate of a connection that ended, as a PDF for the one whose it was."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from languages.catalog import current
from models.certificates import certificate_of
from web.consumer.visitor import Own, Reference
from web.deps import Db, Parts
from web.errors import NotFound
from web.pay.note import issuer_of
from web.pdf.answer import sheet_answer
from web.pdf.sheets import no_dues
from web.pdf.values import NoDues
from web.render import see_other

router = APIRouter(include_in_schema=False)


@router.get("/track/{reference}/certificate")
async def certificate(reference: Reference, is_own: Own, db: Db, parts: Parts) -> Response:
    """The certificate; first the proof that the request is the reader's own. NotFound while none is issued."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    found = await db.read(certificate_of, reference)
    if found is None:
        raise NotFound
    value = NoDues(
        reference,
        found.number,
        found.name,
        found.address,
        found.account,
        found.ended_at,
        found.issued_at,
        f"{parts.public_url}/track/{reference}",
    )
    made = partial(no_dues, value, issuer_of(found.office, parts), current())
    return await sheet_answer(made, f"no-dues-{found.number}")
