"""Who is looking: anyone with the number, or the consumer himself with a session for this one request."""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.responses import Response

from models.proofs import SESSION, is_own
from rules.reference import is_well_formed
from web.deps import Db, Parts
from web.errors import NotFound
from web.onewindow import Onewindow

COOKIE = "consumer"


async def well_formed(reference: Annotated[str, Path(max_length=20)]) -> str:
    """The number in the address; NotFound when it cannot be one."""
    if not is_well_formed(reference):
        raise NotFound
    return reference


Reference = Annotated[str, Depends(well_formed)]


async def own(reference: Reference, request: Request, db: Db) -> bool:
    """Whether the reader has proved that this request is his."""
    token = request.cookies.get(COOKIE)
    return bool(token) and await db.read(is_own, reference, token or "")


Own = Annotated[bool, Depends(own)]


def remember(response: Response, parts: Onewindow, reference: str, token: str) -> Response:
    """Give the browser its session, sent for this request's addresses alone."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        path=f"/track/{reference}",
        secure=parts.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


def forget(response: Response, reference: str) -> Response:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path=f"/track/{reference}")
    return response


async def address_of(request: Request, parts: Parts) -> str:
    """The caller's network address as a keyed hash: enough to count by, not enough to know it."""
    host = request.client.host if request.client else ""
    return hmac.new(parts.secret.encode(), f"address/{host}".encode(), hashlib.sha256).hexdigest()


Address = Annotated[str, Depends(address_of)]
