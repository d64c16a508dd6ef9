"""Filing a complaint: one question a page, what was answered kept under a token, sent once however often it is tapped."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from languages.catalog import current, gettext
from models.filing import draft, filed_as, save_draft
from models.localities import find
from rules.terms import Channel, Codes
from web.about import whom
from web.consumer.alike import alike
from web.consumer.sending import send
from web.consumer.steps import ORDER, TAKES, Answered, Asking, following, is_confidential, missing
from web.database import DatabaseAway
from web.deps import Db, Now, Parts, TheBook
from web.desk.session import MaybeSignedIn
from web.errors import NotFound
from web.forms import Form, Typed
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Short = Annotated[str, Query(max_length=60)]
ANSWERED_BY_STAFF = {Channel.CALL.value, Channel.COUNTER.value, Channel.LETTER.value}


def step_page(
    request: Request,
    step: str,
    answers: Codes,
    token: str = "",
    answered: Answered | None = None,
    status: int = 200,
    away: bool = False,
) -> Response:
    """One question, with what was typed and what is wrong with it."""
    answered, book = answered or Answered(), request.app.state.onewindow.book
    context: dict[str, Any] = {
        "step": step,
        "token": token,
        "answers": answers,
        "errors": answered.errors,
        "found": answered.found,
        "away": away,
        "whom": whom(book, answers.get("locality"), request.app.state.onewindow.clock()),
        "confidential": is_confidential(answers.get("category"), book),
        "place": ORDER.index(step) + 1,
        "steps": len(ORDER),
        "change": "change" in request.query_params,
        "back": ORDER[ORDER.index(step) - 1] if ORDER.index(step) > 0 and token else "",
    }
    return page(request, "consumer/file.html", status=status, **context)


@router.get("/file")
async def begin(request: Request, book: TheBook, category: Short = "", channel: Short = "") -> Response:
    """The first question of every complaint: is there danger now?"""
    known = category if book.offers(category) else ""
    return step_page(request, "danger", {"category": known, "channel": channel})


@router.post("/file")
async def begun(request: Request, form: Form, parts: Parts, now: Now, person: MaybeSignedIn) -> Response:
    """Keep the first answer under a new token and go on."""
    asking = Asking(parts.book, parts.database, {}, parts.clock())
    answered = await TAKES["danger"](form, asking)
    category = form.get("category", "") if parts.book.offers(form.get("category", "")) else ""
    answers: Codes = {"category": category, "channel": Channel.WEB.value, **answered.answers}
    if person is not None and "take_calls" in person.rights and form.get("channel") in ANSWERED_BY_STAFF:
        answers |= {"channel": form["channel"], "filed_by": person.id}
    if answered.errors:
        return step_page(
            request, "danger", {**answers, "channel": form.get("channel", "")}, answered=answered, status=422
        )
    token = secrets.token_urlsafe(18)
    try:
        await parts.database.write(save_draft, token, answers, now)
    except DatabaseAway:
        return step_page(request, "danger", answers, status=503, away=True)
    return see_other(f"/file/{token}/{following('danger', answers)}")


@router.get("/file/localities")
async def localities(request: Request, db: Db, locality: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The localities a few letters may mean, to choose from."""
    codes = await db.read(find, locality)
    return page(request, "consumer/file_where.html", block="choices", found=codes, answers={}, errors={})


@router.get("/file/{token}/{step}")
async def ask(token: Token, step: str, request: Request, db: Db, now: Now) -> Response:
    """One question; once the form was sent, what came of it."""
    if step not in ORDER:
        raise NotFound
    answers = await db.read(draft, token, now)
    if answers is None:
        return await gone(token, request, db)
    if step == "check" and (first := missing(answers)):
        return see_other(f"/file/{token}/{first}")
    return step_page(request, step, {"language": current(), **answers}, token)


async def gone(token: str, request: Request, db: Db) -> Response:
    """For a token without answers: the confirmation if it was sent, else a new beginning."""
    if await db.read(filed_as, token):
        return see_other(f"/file/{token}/done")
    detail = gettext("What you typed is no longer here: it was too long ago. Please begin again.")
    return page(request, "error.html", status=404, heading=gettext("Please begin again"), detail=detail, shown_id="")


@router.post("/file/{token}/check")
async def check(token: Token, request: Request, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Send the complaint, once the same one that is open already was shown. A second tap gives the same number."""
    try:
        answers = await db.read(draft, token, now)
        if answers is None:
            return await gone(token, request, db)
        if first := missing(answers):
            return see_other(f"/file/{token}/{first}")
        if not form.get("anyway") and await alike(db, answers):
            return see_other(f"/file/{token}/alike")
        errors = await send(parts, token, answers, now)
    except DatabaseAway:
        return page(request, "consumer/again.html", status=503, token=token)
    if errors:
        return step_page(request, "check", answers, token, Answered(errors=errors), 422)
    return see_other(f"/file/{token}/done")


@router.post("/file/{token}/{step}")
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
    before = await parts.database.read(draft, token, now)
    if before is None:
        return await gone(token, request, parts.database)
    answered = await TAKES[step](form, Asking(parts.book, parts.database, before, parts.clock()))
    if answered.errors:
        return step_page(request, step, {**before, **as_typed(step, form)}, token, answered, 422)
    answers = {**before, **answered.answers}
    await parts.database.write(save_draft, token, answers, now)
    after = following(step, answers)
    return see_other(f"/file/{token}/{'check' if form.get('change') and after != 'now' else after}")


def as_typed(step: str, form: Typed) -> dict[str, Any]:
    """The fields of a page as they were typed, to be shown again."""
    shown: dict[str, Any] = {name: value for name, value in form.items() if name not in ("change", "pick")}
    if step == "where":
        shown = {"typed": form.get("locality", ""), "account": form.get("account", ""), "locality": None}
        shown["unknown"] = bool(form.get("unknown"))
    if step == "you":
        shown["typed_phone"] = form.get("phone", "")
    return shown
