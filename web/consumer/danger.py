"""Danger: one screen with the number to ring, what it is and where; and the question once more when the words speak of it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from languages.catalog import current, gettext
from models.filing import draft, filed_as, save_draft
from models.localities import find, means
from models.telephones import telephone
from rules.terms import Codes
from web.consumer.sending import send
from web.consumer.steps import LENGTHS, Answered, Asking, is_emergency, lengths, missing
from web.database import DatabaseAway
from web.deps import Db, Now, Parts
from web.forms import Form, Typed, too_long
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


@router.get("/file/danger")
async def begin() -> Response:
    """Straight to the one screen."""
    return see_other(f"/file/{secrets.token_urlsafe(18)}/now")


def now_page(
    request: Request,
    token: str,
    answers: Codes,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Ring us; and what and where in one form."""
    context: dict[str, Any] = {"token": token, "answers": answers, "errors": errors or {}, "away": status == 503}
    return page(request, "consumer/danger.html", status=status, **context)


@router.get("/file/{token}/now")
async def ask(token: Token, request: Request, db: Db, now: Now) -> Response:
    """The one screen, with what is known already."""
    answers = await db.read(draft, token, now)
    if answers is None and await db.read(filed_as, token) is not None:
        return see_other(f"/file/{token}/done")
    return now_page(request, token, answers or {})


@router.post("/file/{token}/now")
async def report(token: Token, request: Request, form: Form, parts: Parts, now: Now) -> Response:
    """Sent at once: nothing more is asked where there is danger. A second tap gives the same number."""
    typed: Codes = {"category": form.get("category", ""), "typed": form.get("locality", "")}
    typed["typed_phone"] = form.get("phone", "")
    try:
        if await parts.database.read(filed_as, token) is not None:
            return see_other(f"/file/{token}/done")
        before = await parts.database.read(draft, token, now) or {}
        answered = await read(form, Asking(parts.book, parts.database, before, parts.clock()))
        errors = answered.errors or await sent(parts, token, {**before, **answered.answers}, now)
    except DatabaseAway:
        return now_page(request, token, typed, status=503)
    if errors:
        return now_page(request, token, {**before, **typed, "locality": None}, errors, 422)
    return see_other(f"/file/{token}/done")


async def sent(parts: Onewindow, token: str, answers: Codes, now: datetime) -> dict[str, str]:
    """Keep the answers and register them; what is wrong with them, by field."""
    await parts.database.write(save_draft, token, answers, now)
    return await send(parts, token, answers, now)


async def read(form: Typed, asking: Asking) -> Answered:
    """What, where and whom to ring back. A place that is in no list is taken in the words it was given."""
    book, typed = asking.book, form.get("locality", "")
    errors = lengths(form, "phone")
    if not is_emergency(form.get("category"), book):
        errors["category"] = gettext("Choose what it is about.")
    if long := too_long(typed, LENGTHS["place"]):
        errors["locality"] = long
    elif not typed and not asking.answers.get("account"):
        errors["locality"] = gettext("Tell us where it is, so that we can find it.")
    phone = telephone(form["phone"], book.value("country", "IN")) if form.get("phone") else ""
    if phone is None:
        errors["phone"] = gettext("This is not a telephone number. A mobile number has 10 digits.")
    if errors:
        return Answered(errors=errors)
    answers = {"danger": "yes", "category": form["category"], "phone": phone, "language": spoken(asking)}
    return Answered({**answers, **await _place(form, typed, asking)})


def spoken(asking: Asking) -> str:
    """The language of our messages: the one chosen before, else the page's, else the utility's first."""
    languages = asking.book.languages
    return next((code for code in (asking.answers.get("language"), current()) if code in languages), languages[0])


async def _place(form: Typed, typed: str, asking: Asking) -> Codes:
    book = asking.book
    if not typed:
        return {}
    if form.get("pick") and book.locality(form["pick"]):
        return {"locality": form["pick"], "place": typed, "account": None}
    near = [place for code in await asking.db.read(find, typed) if (place := book.locality(code))]
    exact = [place.code for place in near if means(place, typed)]
    if len(exact) == 1:
        return {"locality": exact[0], "account": None}
    return {"locality": None, "place": typed, "account": None, "unknown": True}


@router.get("/file/{token}/sure")
async def sure(token: Token, request: Request, db: Db, now: Now) -> Response:
    """The words speak of danger: is there danger now?"""
    answers = await db.read(draft, token, now)
    if answers is None or missing(answers) in ("danger", "what", "where", "address"):
        return see_other(f"/file/{token}/check")
    return page(request, "consumer/sure.html", token=token, answers=answers, errors={}, away=False)


@router.post("/file/{token}/sure")
async def settled(token: Token, request: Request, form: Form, parts: Parts, now: Now) -> Response:
    """Yes leads to the one screen with what was written, no goes on."""
    said = form.get("danger")
    try:
        answers = await parts.database.read(draft, token, now)
        if answers is None or said not in ("yes", "no"):
            return see_other(f"/file/{token}/sure")
        answers = {**answers, "danger": said, "settled": True}
        await parts.database.write(save_draft, token, answers, now)
    except DatabaseAway:
        return page(request, "consumer/sure.html", status=503, token=token, answers={}, errors={}, away=True)
    return see_other(f"/file/{token}/{'now' if said == 'yes' else missing(answers) or 'check'}")
