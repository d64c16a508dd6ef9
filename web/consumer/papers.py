"""Sending a paper of one's own request: the page with the camera, and what became of the file."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from languages.catalog import gettext
from web.consumer.applied import AppliedTold
from web.consumer.handing import hand_over
from web.consumer.noted import PaperTold
from web.consumer.visitor import Own, Reference
from web.deps import Now, Parts, SharedPages
from web.errors import NotFound
from web.forms import SentForm
from web.render import page, see_other
from web.shared import Shared
from web.uploads.faults import NotTaken

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(max_length=60)]


async def paper_of(reference: str, code: str, shared: Shared) -> PaperTold:
    """The paper of this address as its owner sees it; NotFound when this applicant needs no such paper."""
    found = await shared.get(reference, acting=True)
    told = found.told if found else None
    if not isinstance(told, AppliedTold):
        raise NotFound
    paper = next((paper for paper in told.papers if paper.code == code), None)
    if paper is None:
        raise NotFound
    return paper


def paper_page(request: Request, reference: str, paper: PaperTold, error: str = "", status: int = 200) -> Response:
    """The page of one paper, with what is wrong with the file that was sent."""
    errors, fresh = {"file": error} if error else {}, secrets.token_urlsafe(12)
    return page(
        request, "consumer/paper.html", status=status, reference=reference, paper=paper, errors=errors, fresh=fresh
    )


@router.get("/track/{reference}/papers/{code}")
async def ask(reference: Reference, is_own: Own, code: Code, request: Request, shared: SharedPages) -> Response:
    """What is meant by this paper, the camera, and the choice of a file; first the proof."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    return paper_page(request, reference, await paper_of(reference, code, shared))


@router.post("/track/{reference}/papers/{code}/documents")
async def hand_in(
    reference: Reference,
    is_own: Own,
    code: Code,
    request: Request,
    filled: SentForm,
    parts: Parts,
    shared: SharedPages,
    now: Now,
) -> Response:
    """Keep the file and tell the request of it; sent twice it is one document."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    paper = await paper_of(reference, code, shared)
    if filled.file is None:
        return paper_page(request, reference, paper, gettext("Photograph the paper or choose a file first."), 422)
    try:
        outcome = await hand_over(parts, reference, code, filled.file, filled.typed.get("fresh", ""), now)
    except NotTaken as wrong:
        return paper_page(request, reference, paper, wrong.why, wrong.status)
    if outcome is None:
        return see_other(f"/track/{reference}")
    return see_other(f"/track/{reference}?seen={outcome.number}&told={'received' if outcome.waiting else 'done'}")
