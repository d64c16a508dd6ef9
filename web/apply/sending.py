"""Sending an application, and the page that says: we have it, this is your number, this happens next."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from languages.catalog import gettext
from models import papers
from models.filing import filed_as, phone_of
from models.intake import New, TooManyFiled, UnknownCode, register
from rules.policy import Limits
from rules.procedure import Procedure
from rules.terms import Channel, Codes
from web.apply.steps import procedure_of
from web.consumer.sending import qr
from web.deps import Db, Parts, SharedPages
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
FIELDS = {"applicant": "applicant", "load": "load", "account": "account", "locality": "where", "category": "what"}
"""On which page stands what the intake did not take."""


def new_request(token: str, procedure: Procedure, answers: Codes, at: datetime) -> New:
    """The request these answers ask for; what was left empty is None."""
    given = {name: answers.get(name) or None for name in ("locality", "account", "address", "name", "phone", "email")}
    return New(
        kind=procedure.kind,
        category=procedure.code,
        channel=Channel.WEB,
        language=answers["language"],
        description="",
        token=token,
        at=at,
        application={"applicant": answers.get("applicant"), "load": answers.get("load") or None},
        **given,
    )


async def send(parts: Onewindow, token: str, answers: Codes, at: datetime) -> dict[str, str]:
    """Register the application and hint that it waits to be started; what is wrong with the answers, by page."""
    policy, procedure = parts.book.policies.get(parts.book.newest), procedure_of(answers, parts.book)
    assert procedure is not None
    new = new_request(token, procedure, answers, at)
    try:
        await parts.database.write(register, new, parts.book.policies, policy.limits if policy else Limits())
    except UnknownCode as unknown:
        return {FIELDS.get(unknown.field, "what"): gettext("This can no longer be chosen. Please change it.")}
    except TooManyFiled:
        return {"you": gettext("Many requests came from this number in the last hour. Please ring us.")}
    await parts.door.wake()
    return {}


@router.get("/apply/{token}/sent")
async def sent(token: Token, request: Request, db: Db, parts: Parts, shared: SharedPages) -> Response:
    """The confirmation: the number, what happens next, which papers are still wanted; to keep or to print."""
    reference = await db.read(filed_as, token)
    shown = await shared.get(reference) if reference else None
    if shown is None or reference is None:
        raise NotFound
    phone = await db.read(phone_of, reference)
    handed = await db.read(papers.of_request, reference)
    address = f"{parts.public_url}/track/{reference}"
    return page(
        request,
        "apply/sent.html",
        told=shown.told,
        address=address,
        code=qr(address),
        ending=phone[-4:] if phone else "",
        handed=len({row.paper for row in handed}),
    )
