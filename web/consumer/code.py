"""Proving that a request is one's own: the end of the phone number, then the code sent there; or the code on a slip."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext
from models.proofs import Tried, close_session, open_session, send_code, try_code
from models.slips import read as read_slip
from models.slips import try_slip
from rules.policy import Limits
from rules.reference import normalise
from web.consumer.visitor import COOKIE, Own, Reference, forget, remember
from web.deps import Db, Parts
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
PAGE = "consumer/code.html"


def limits(parts: Onewindow) -> Limits:
    """The limits in force."""
    policy = parts.book.policies.get(parts.book.newest)
    return policy.limits if policy else Limits()


def digits(text: str, count: int) -> str | None:
    """Exactly `count` digits of any script as ASCII; None otherwise."""
    plain = normalise(text[:40])
    return plain if len(plain) == count and plain.isascii() and plain.isdigit() else None


def form_page(request: Request, reference: str, step: str, errors: dict[str, str] | None = None) -> Response:
    """One of the two steps, "phone" or "code"."""
    status = 422 if errors else 200
    return page(request, PAGE, status=status, reference=reference, step=step, errors=errors or {})


@router.get("/track/{reference}/code")
async def ask_phone(reference: Reference, is_own: Own, request: Request, step: str = "phone") -> Response:
    """Which four digits does the phone end with?"""
    if is_own:
        return see_other(f"/track/{reference}")
    return form_page(request, reference, "code" if step == "code" else "phone")


@router.post("/track/{reference}/code")
async def send(reference: Reference, request: Request, form: Form, db: Db, parts: Parts) -> Response:
    """Send a code if the digits are right; the answer is the same if they are not."""
    last_four = digits(form.get("last_four", ""), 4)
    if last_four is None:
        return form_page(
            request, reference, "phone", {"last_four": gettext("Type the last 4 digits of your mobile number.")}
        )
    await db.write(send_code, reference, last_four, parts.secret, limits(parts))
    return see_other(f"/track/{reference}/code?step=code")


@router.post("/track/{reference}/session")
async def enter(reference: Reference, request: Request, form: Form, db: Db, parts: Parts) -> Response:
    """Take the code and give the browser its session."""
    code = digits(form.get("code", ""), 6)
    if code is None:
        return form_page(request, reference, "code", {"code": gettext("Type the 6 digits of the message.")})
    tried = await db.write(try_code, reference, code, parts.secret, limits(parts))
    if tried is Tried.WRONG:
        return form_page(
            request, reference, "code", {"code": gettext("This is not the code we sent. Look at it again.")}
        )
    if tried is Tried.VOID:
        return form_page(
            request, reference, "code", {"code": gettext("This code can no longer be used. Ask for a new one.")}
        )
    token = await db.write(open_session, reference)
    return remember(see_other(f"/track/{reference}"), parts, reference, token)


@router.post("/track/{reference}/slip")
async def by_slip(reference: Reference, request: Request, form: Form, db: Db, parts: Parts) -> Response:
    """Take the code of a counter slip, which stands in for the phone's."""
    code = read_slip(form.get("slip", ""))
    if code is None:
        return form_page(
            request, reference, "phone", {"slip": gettext("The code on the slip has 8 letters and digits.")}
        )
    tried = await db.write(try_slip, reference, code, parts.secret)
    if tried is Tried.RIGHT:
        token = await db.write(open_session, reference)
        return remember(see_other(f"/track/{reference}"), parts, reference, token)
    return form_page(
        request, reference, "phone", {"slip": gettext("This is not the code of the newest slip. Look at it again.")}
    )


@router.get("/track/{reference}/slip")
async def no_slip(reference: Reference) -> Response:
    """Where the slip's code is asked for."""
    return see_other(f"/track/{reference}/code")


@router.post("/track/{reference}/leave")
async def leave(reference: Reference, request: Request, db: Db) -> Response:
    """End the session; the number alone remains."""
    await db.write(close_session, request.cookies.get(COOKIE, ""))
    return forget(see_other(f"/track/{reference}"), reference)
