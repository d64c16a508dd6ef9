"""What was told before: the open complaint to ask about again before a new number is given, and the ended one told anew."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from languages.catalog import gettext
from models.callers import Caller, same
from models.filing import draft, save_draft, sort_and_place
from rules.reference import shown as grouped
from rules.terms import Act, Actor, Codes
from web.acting import act
from web.consumer.steps import missing
from web.consumer.track import Shown
from web.consumer.visitor import Own
from web.database import Bounded
from web.deps import Db, Now, Parts, SharedPages
from web.forms import Form
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


async def alike(db: Bounded, answers: Codes) -> list[str]:
    """Open complaints of the same category from this phone or account, newest first; none that its number said is not his."""
    caller = Caller(answers.get("phone") or None, answers.get("account") or None)
    found = await db.read(same, answers["category"], caller)
    return [asked.request.reference for asked in found if not asked.request.contact_refused]


@router.get("/file/{token}/alike")
async def known(token: Token, request: Request, db: Db, shared: SharedPages, now: Now) -> Response:
    """We have one of these already: ask about it again, or file a new one anyway."""
    answers = await db.read(draft, token, now)
    if answers is None or missing(answers):
        return see_other(f"/file/{token}/check")
    shown = [await shared.get(reference) for reference in await alike(db, answers)]
    open_ones = [rendering.told for rendering in shown if rendering is not None]
    if not open_ones:
        return see_other(f"/file/{token}/check")
    return page(request, "consumer/alike.html", token=token, open_ones=open_ones)


@router.post("/file/{token}/alike")
async def ask_again(token: Token, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Ask about the one that is there: it only counts. One that ended meanwhile is filed anew."""
    answers = await db.read(draft, token, now)
    reference = form.get("reference", "")
    if answers is None or missing(answers) or reference not in await alike(db, answers):
        return see_other(f"/file/{token}/check")
    outcome = await act(parts, f"again/{token}/{reference}", reference, Act.CALLED_AGAIN, Actor.CONSUMER)
    if outcome.refused is not None:
        return see_other(f"/file/{token}/check")
    return see_other(f"/track/{reference}?seen={outcome.number}&told={'received' if outcome.waiting else 'again'}")


@router.post("/track/{reference}/again")
async def tell_again(shown: Shown, is_own: Own, db: Db, parts: Parts, now: Now) -> Response:
    """A new complaint that names an ended one, with its category; its locality for the consumer himself alone."""
    told = shown.told
    if not told.tell_again:
        return see_other(f"/track/{told.reference}")
    about = gettext("About complaint %(number)s:", number=grouped(told.reference))
    category, locality = await db.read(sort_and_place, told.reference)
    answers: Codes = {"words": about, "category": "" if told.confidential else category}
    if is_own:
        answers["locality"] = locality
    token = secrets.token_urlsafe(18)
    await parts.database.write(save_draft, token, answers, now)
    return see_other(f"/file/{token}/danger")
