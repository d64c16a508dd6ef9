"""Signing in by the utility's directory: there, and back with a state that only this browser has."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from models import colleagues, staff
from web.deps import Db, Now, Parts
from web.desk.session import COOKIE
from web.desk.sign_in import entered, host_of, known_as, own_address
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import see_other

router = APIRouter(include_in_schema=False)
ON_THE_WAY = "on_the_way"
"""The cookie that says for what this browser was sent away; signed, ten minutes, for these addresses alone."""
MINUTES = 10
PATH = "/sign-in/oidc"


def _signed(parts: Onewindow, carried: Mapping[str, str | float]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(carried).encode()).decode()
    return f"{body}.{_mark(parts, body)}"


def _mark(parts: Onewindow, body: str) -> str:
    return hmac.new(parts.secret.encode(), f"oidc/{body}".encode(), hashlib.sha256).hexdigest()


def _carried(parts: Onewindow, cookie: str, now: datetime) -> dict[str, str] | None:
    """What this browser was sent away with; None when it was not, or too long ago."""
    body, _, mark = cookie.partition(".")
    if not hmac.compare_digest(mark, _mark(parts, body)):
        return None
    found = json.loads(base64.urlsafe_b64decode(body))
    return found if now.timestamp() - found["at"] < MINUTES * 60 else None


@router.get(PATH)
async def leave(request: Request, parts: Parts, now: Now, next: str = "") -> Response:
    """Send the browser to the directory."""
    if parts.directory is None:
        raise NotFound
    from web.oidc import DirectoryAway, NotBelieved

    carried = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    try:
        address = await parts.directory.leave(_back(parts), **carried)
    except (DirectoryAway, NotBelieved):
        return see_other("/sign-in?why=away")
    response = see_other(address)
    response.set_cookie(
        ON_THE_WAY,
        _signed(parts, {**carried, "next": own_address(next) or "", "at": now.timestamp()}),
        max_age=MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=parts.secure_cookies,
    )
    return response


@router.get(f"{PATH}/back")
async def back(
    request: Request, parts: Parts, db: Db, now: Now, state: str = "", code: str = "", error: str = ""
) -> Response:
    """Take who came back, if he has a user name here; nobody is made known by this."""
    if parts.directory is None:
        raise NotFound
    carried = _carried(parts, request.cookies.get(ON_THE_WAY, ""), now)
    if error or not code or carried is None or not hmac.compare_digest(carried["state"], state):
        return _again("refused")
    from web.oidc import DirectoryAway, NotBelieved

    try:
        claims = await parts.directory.returned(_back(parts), code, carried["nonce"], carried["verifier"])
    except DirectoryAway:
        return _again("away")
    except NotBelieved:
        return _again("refused")
    browser = known_as(request)
    token = await db.write(_opened, claims.username, request, now, browser)
    if token is None:
        return _again("unknown")
    response = await entered(parts, token, carried["next"], now, browser)
    response.delete_cookie(ON_THE_WAY, path=PATH)
    return response


async def _opened(
    session: AsyncSession, username: str | None, request: Request, now: datetime, browser: str
) -> str | None:
    person = await colleagues.named(session, username) if username else None
    if person is None:
        return None
    agent, old = request.headers.get("user-agent", ""), request.cookies.get(COOKIE)
    return await staff.open_session(
        session, person, now, agent=agent, old=old, address=host_of(request), browser=browser
    )


def _back(parts: Onewindow) -> str:
    return f"{parts.public_url}{PATH}/back"


def _again(why: str) -> Response:
    response = see_other(f"/sign-in?why={why}")
    response.delete_cookie(ON_THE_WAY, path=PATH)
    return response
