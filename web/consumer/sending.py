"""Sending what was answered, and the page that says: we have it, this is your number."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import segno
from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.responses import Response

from languages.catalog import gettext
from models.filing import filed_as, phone_of, sort_and_place
from models.intake import New, NotYetLive, TooManyFiled, UnknownCode, register
from rules.policy import Limits
from rules.terms import Channel, Codes, Kind
from web.about import said_of
from web.consumer.steps import is_emergency, not_live
from web.deps import Db, Parts, SharedPages
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


def new_request(token: str, answers: Codes, at: datetime) -> New:
    """The request these answers ask for; what was left empty is None."""
    given = {
        name: answers.get(name) or None
        for name in ("locality", "account", "place", "address", "name", "phone", "email", "about", "called")
    }
    return New(
        kind=Kind.COMPLAINT,
        category=answers["category"],
        channel=Channel(answers.get("channel", Channel.WEB)),
        language=answers["language"],
        description=answers.get("words", ""),
        token=token,
        at=at,
        filed_by=answers.get("filed_by"),
        **given,
    )


async def send(parts: Onewindow, token: str, answers: Codes, at: datetime) -> dict[str, str]:
    """Register the request and hint that it waits to be started; what is wrong with the answers, by field."""
    policies = parts.book.policies
    limits = policies[parts.book.newest].limits if parts.book.newest else Limits()
    try:
        await parts.database.write(register, said_of(new_request(token, answers, at), parts.book), policies, limits)
    except NotYetLive as later:
        return {"locality": not_live(parts.book, later.place, at)}
    except UnknownCode as unknown:
        return {unknown.field: gettext("This can no longer be chosen. Please change it.")}
    except TooManyFiled:
        return {"phone": gettext("Many complaints came from this number in the last hour. Please ring us.")}
    await parts.door.wake()
    return {}


@router.get("/file/{token}/done")
async def done(token: Token, request: Request, db: Db, parts: Parts, shared: SharedPages) -> Response:
    """The confirmation: the number, what happens next and by when, to keep or to print."""
    reference = await db.read(filed_as, token)
    shown = await shared.get(reference) if reference else None
    if shown is None or reference is None:
        raise NotFound
    phone = await db.read(phone_of, reference)
    address = f"{parts.public_url}/track/{reference}"
    return page(
        request,
        "consumer/done.html",
        told=shown.told,
        address=address,
        danger=is_emergency((await db.read(sort_and_place, reference))[0], parts.book),
        code=qr(address),
        ending=phone[-4:] if phone else "",
    )


def qr(text: str) -> Markup:
    """A picture of `text` to be read by a telephone's camera."""
    svg = segno.make(text, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return Markup(svg)  # noqa: S704 - made by segno from our own address
