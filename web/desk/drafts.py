"""A message or a note in the making: a saved reply put into its form, and what it weighs. Nothing is sent here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from rules.terms import Act
from web.deps import Parts
from web.desk.act import again, at_its_task
from web.desk.casefile import Opened
from web.desk.forms import Filled
from web.desk.letter import USES, begun, letter
from web.desk.neighbours import TheWay
from web.desk.session import SignedIn
from web.errors import NotFound
from web.forms import Form
from web.render import page

router = APIRouter(include_in_schema=False)


@router.post("/desk/requests/{reference}/{act}/draft")
async def draft(
    request: Request, act: str, file: Opened, person: SignedIn, form: Form, parts: Parts, way: TheWay
) -> Response:
    """The page again with the form as far as it is written, and the chosen reply in it."""
    if act not in set(USES):
        raise NotFound
    what, here = Act(act), at_its_task(file, form.get("task", ""))
    words = form.get("words", "")
    if form.get("use"):
        words = begun(what, form.get("reply", ""), words, here, parts)
    return again(request, file, person, parts, Filled(what, {**form, "words": words}), 200, way=way)


@router.post("/desk/requests/{reference}/message/weight")
async def weight(request: Request, file: Opened, person: SignedIn, form: Form, parts: Parts) -> Response:
    """How what is typed so far would travel: the line below the form while one types."""
    return page(request, "desk/weight.html", letter=letter(file, parts, form.get("words", "")))
