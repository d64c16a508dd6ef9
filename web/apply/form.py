"""The form of an application: one question a page, what was answered kept under a token, sent once however often it is tapped."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from languages.catalog import current, gettext
from models import papers
from models.filing import draft, filed_as, save_draft
from rules.terms import Codes
from web.apply.papers import listed
from web.apply.sending import send
from web.apply.steps import TAKES, before, following, loads_allowed, missing, order_of, procedure_of
from web.consumer.steps import Answered, Asking
from web.database import DatabaseAway
from web.deps import Db, Now, Parts, TheBook
from web.errors import NotFound
from web.forms import Form, Typed
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


def step_page(
    request: Request,
    step: str,
    answers: Codes,
    token: str = "",
    answered: Answered | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    """One question, with what was typed and what is wrong with it."""
    onewindow: Onewindow = request.app.state.onewindow
    answered = answered or Answered()
    procedure = procedure_of(answers, onewindow.book)
    order = order_of(procedure)
    context: dict[str, Any] = {
        "step": step,
        "token": token,
        "answers": answers,
        "procedure": procedure,
        "errors": answered.errors,
        "found": answered.found,
        "away": False,
        "place": order.index(step) + 1,
        "steps": len(order),
        "change": "change" in request.query_params,
        "back": before(step, procedure) if token else "",
        "loads_allowed": loads_allowed,
        "resume": f"{onewindow.public_url}/apply/{token}" if token else "",
        **more,
    }
    return page(request, "apply/form.html", status=status, **context)


@router.get("/apply")
async def begin(request: Request, book: TheBook, procedure: Annotated[str, Query(max_length=60)] = "") -> Response:
    """The first question: what is it that you want?"""
    return step_page(request, "what", {"procedure": procedure})


@router.post("/apply")
async def begun(request: Request, form: Form, parts: Parts, now: Now) -> Response:
    """Keep the first answer under a new token and go on."""
    answered = await TAKES["what"](form, Asking(parts.book, parts.database, {}, parts.clock()))
    if answered.errors:
        return step_page(request, "what", {}, answered=answered, status=422)
    token = secrets.token_urlsafe(18)
    try:
        await parts.database.write(save_draft, token, answered.answers, now)
    except DatabaseAway:
        return step_page(request, "what", answered.answers, status=503, away=True)
    return see_other(f"/apply/{token}/{following('what', procedure_of(answered.answers, parts.book))}")


@router.get("/apply/{token}")
async def resume(token: Token, request: Request, db: Db, parts: Parts, now: Now) -> Response:
    """Go on where it was left."""
    answers = await db.read(draft, token, now)
    if answers is None:
        return await gone(token, request, db)
    return see_other(f"/apply/{token}/{missing(answers, parts.book) or 'papers'}")


@router.get("/apply/{token}/{step}")
async def ask(token: Token, step: str, request: Request, db: Db, parts: Parts, now: Now) -> Response:
    """One question; once the form was sent, what came of it."""
    answers = await db.read(draft, token, now)
    if answers is None:
        return await gone(token, request, db)
    procedure = procedure_of(answers, parts.book)
    if step not in order_of(procedure):
        raise NotFound
    if step in ("papers", "check") and (first := missing(answers, parts.book)):
        return see_other(f"/apply/{token}/{first}")
    handed = await db.read(papers.of_draft, token) if step in ("papers", "check") else ()
    wanted = listed(procedure, answers, handed, parts.book)
    return step_page(request, step, {"language": current(), **answers}, token, papers=wanted)


async def gone(token: str, request: Request, db: Db) -> Response:
    """For a token without answers: the confirmation if it was sent, else a new beginning."""
    if await db.read(filed_as, token):
        return see_other(f"/apply/{token}/sent")
    detail = gettext("What you typed is no longer here: it was too long ago. Please begin again.")
    return page(request, "error.html", status=404, heading=gettext("Please begin again"), detail=detail, shown_id="")


@router.post("/apply/{token}/check")
async def check(token: Token, request: Request, db: Db, parts: Parts, now: Now) -> Response:
    """Send the application. A second tap gives the same number."""
    try:
        answers = await db.read(draft, token, now)
        if answers is None:
            return await gone(token, request, db)
        if first := missing(answers, parts.book):
            return see_other(f"/apply/{token}/{first}")
        errors = await send(parts, token, answers, now)
        handed = await db.read(papers.of_draft, token) if errors else ()
    except DatabaseAway:
        return page(request, "apply/again.html", status=503, token=token)
    if errors:
        wanted = listed(procedure_of(answers, parts.book), answers, handed, parts.book)
        return step_page(request, "check", answers, token, Answered(errors=errors), 422, papers=wanted)
    return see_other(f"/apply/{token}/sent")


@router.post("/apply/{token}/{step}")
async def answer(token: Token, step: str, request: Request, form: Form, parts: Parts, now: Now) -> Response:
    """Keep the answer and go to the next question, or back to the check page."""
    if step not in TAKES:
        raise NotFound
    try:
        return await kept(token, step, request, form, parts, now)
    except DatabaseAway:
        return step_page(request, step, as_typed(step, form), token, status=503, away=True)


async def kept(token: str, step: str, request: Request, form: Typed, parts: Parts, now: Now) -> Response:
    """Read, judge and keep one answer."""
    given = await parts.database.read(draft, token, now)
    if given is None:
        return await gone(token, request, parts.database)
    if step not in order_of(procedure_of(given, parts.book)):
        return see_other(f"/apply/{token}")
    answered = await TAKES[step](form, Asking(parts.book, parts.database, given, parts.clock()))
    if answered.errors:
        return step_page(request, step, {**given, **as_typed(step, form)}, token, answered, 422)
    answers = {**given, **answered.answers}
    await parts.database.write(save_draft, token, answers, now)
    after = following(step, procedure_of(answers, parts.book))
    if form.get("change"):
        after = missing(answers, parts.book) or "check"
    return see_other(f"/apply/{token}/{after}")


def as_typed(step: str, form: Typed) -> dict[str, Any]:
    """The fields of a page as they were typed, to be shown again."""
    shown: dict[str, Any] = {name: value for name, value in form.items() if name not in ("change", "pick", "procedure")}
    if step == "where":
        shown = {"typed": form.get("locality", ""), "locality": None, "unknown": bool(form.get("unknown"))}
    if step == "you":
        shown["typed_phone"] = form.get("phone", "")
    return shown
