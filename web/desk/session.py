"""Who is signed in: the cookie, the person with the posts he fills now, and the rights a page asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.params import Depends as DependsOn
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.responses import Response

from languages.catalog import LANGUAGES, speak
from models import staff
from models.posts import WORKS, FilledPost, on_leave_until, posts_of
from web.deps import Db, Now, Parts
from web.errors import NotYours
from web.onewindow import Onewindow

COOKIE = "staff"
LANGUAGE = "language"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Person:
    """One who is signed in and the posts he fills now, own ones first. `away_until` is the end of a leave that runs."""

    id: int
    username: str
    name: str
    language: str
    posts: tuple[FilledPost, ...] = ()
    away_until: datetime | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The posts whose work he does."""
        return tuple(post.code for post in self.posts if post.rights in WORKS)

    @property
    def rights(self) -> frozenset[str]:
        """What his posts allow."""
        return frozenset(post.rights for post in self.posts)

    @property
    def home(self) -> str:
        """Where his work lies."""
        if self.codes:
            return "/desk"
        if "take_calls" in self.rights:
            return "/counter"
        return "/admin" if self.rights & {"tune", "audit"} else "/desk"


async def person_of(session: AsyncSession, token: str | None, at: datetime, zone: str, *, using: bool) -> Person | None:
    """The person who holds this token with his posts; None when nobody is signed in with it."""
    account = await staff.signed_in(session, token, at, using=using)
    if account is None:
        return None
    posts = await posts_of(session, account.id, at, zone)
    away = None if posts else await on_leave_until(session, account.id, at)
    return Person(account.id, account.username, account.name, account.language, posts, away)


async def _person(request: Request, db: Db, parts: Parts, now: Now) -> Person | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    using = "/live" not in request.url.path
    found = await db.write(person_of, token, now, parts.zone.key, using=using)
    if found and request.cookies.get(LANGUAGE) not in LANGUAGES and "lang" not in request.query_params:
        speak(found.language)
    return found


async def signed_in(request: Request, person: Annotated[Person | None, Depends(_person)]) -> Person:
    """The person who is signed in; a browser that is not goes to the sign-in page, a stream is told 401."""
    if person is not None:
        return person
    if "event-stream" in request.headers.get("accept", ""):
        raise HTTPException(401)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        back = "/".join(request.url.path.split("/")[:4])
    raise HTTPException(303, headers={"Location": f"/sign-in?next={quote(back, safe='')}"})


MaybeSignedIn = Annotated[Person | None, Depends(_person)]
SignedIn = Annotated[Person, Depends(signed_in)]


def _needs(*rights: str) -> DependsOn:
    """A dependency that lets those pass whose posts have one of these rights; NotYours for others."""

    async def allowed(person: SignedIn) -> Person:
        if not person.rights & set(rights):
            raise NotYours
        return person

    found: DependsOn = Depends(allowed)
    return found


Tunes = Annotated[Person, _needs("tune")]
ReadsAdmin = Annotated[Person, _needs("tune", "audit")]
TakesCalls = Annotated[Person, _needs("take_calls", "control_room")]


def keep(response: Response, token: str, language: str, onewindow: Onewindow) -> Response:
    """Remember a new session and its person's language in the browser."""
    secure = onewindow.secure_cookies
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(staff.ABSOLUTE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    response.set_cookie(LANGUAGE, language, max_age=YEAR, path="/", httponly=True, samesite="lax", secure=secure)
    return response


def forget(response: Response) -> Response:
    """Forget the session in the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response
