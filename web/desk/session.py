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
from models import kept_forms, staff
from models.posts import WORKS, FilledPost, on_leave_until, posts_of
from web.database import Bounded
from web.deps import Db, Now, Parts
from web.errors import SECRET, NotYours
from web.forms import texts
from web.onewindow import Onewindow

COOKIE = "staff"
BROWSER = "browser"
"""The cookie by which a browser is known to those who signed in with it before; it opens nothing."""
LANGUAGE = "language"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Person:
    """One who is signed in and the posts he fills now, own ones first. `away_until` is the end of a leave that runs.

    `temporary`: he has to choose a password; `second`: he has a second factor; `session` names this session on pages;
    `keys`: single keys do something on them; `to_be_marked`: that this session is used was not marked for a minute.
    """

    id: int
    username: str
    name: str
    language: str
    posts: tuple[FilledPost, ...] = ()
    away_until: datetime | None = None
    temporary: bool = False
    second: bool = False
    session: str = ""
    keys: bool = True
    to_be_marked: bool = False

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
        if "wall" in self.rights:
            return "/desk/wall"
        return "/admin" if self.rights & {"tune", "audit"} else "/desk"


async def person_of(session: AsyncSession, token: str | None, at: datetime, zone: str) -> Person | None:
    """The person who holds this token with his posts; None when nobody is signed in with it."""
    account = await staff.signed_in(session, token, at)
    if account is None:
        return None
    posts = await posts_of(session, account.id, at, zone)
    away = None if posts else await on_leave_until(session, account.id, at)
    return Person(
        account.id, account.username, account.name, account.language, posts, away,
        account.temporary, account.second, account.session, account.keys, account.to_be_marked(at),
    )  # fmt: skip


async def _person(request: Request, db: Db, parts: Parts, now: Now) -> Person | None:
    token = request.cookies.get(COOKIE)
    found = await db.read(person_of, token, now, parts.zone.key) if token else None
    if token is None or found is None:
        return None
    if found.to_be_marked and "/live" not in request.url.path:
        await db.write(staff.mark_used, token, now)
    if request.cookies.get(LANGUAGE) not in LANGUAGES and "lang" not in request.query_params:
        speak(found.language)
    return found


def needs_second(person: Person, parts: Onewindow) -> bool:
    """Whether one of his roles signs in with a second factor."""
    rows = [parts.book.row("role", post.role) for post in person.posts]
    return any(row is not None and row.data.get("second_factor") for row in rows)


def first_thing(person: Person, parts: Onewindow) -> str | None:
    """The page this person has to be done with before any other; None when there is none."""
    if person.temporary:
        return "/account/password"
    return "/account/second" if not person.second and needs_second(person, parts) else None


async def signed_in(
    request: Request, db: Db, parts: Parts, now: Now, person: Annotated[Person | None, Depends(_person)]
) -> Person:
    """The person who is signed in; a browser that is not goes to the sign-in page, a stream is told 401.

    What was sent by one whose session had ended is kept for him. Who has to choose a password, or to set up his
    second factor, sees that page alone.
    """
    streams = "event-stream" in request.headers.get("accept", "")
    first = first_thing(person, parts) if person else None
    if person is not None and (first is None or request.url.path.startswith((first, "/account/password"))):
        return person
    if streams:
        raise HTTPException(401)
    if person is not None:
        raise HTTPException(303, headers={"Location": str(first)})
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    kept = ""
    if request.method != "GET":
        kept = "&kept=1" if await _keep_form(request, db, now) else ""
        back = "/".join(request.url.path.split("/")[:4])
    raise HTTPException(303, headers={"Location": f"/sign-in?next={quote(back, safe='')}{kept}"})


async def _keep_form(request: Request, db: Bounded, now: datetime) -> bool:
    """Keep what was sent for the one whose session this was; whether it is kept."""
    person = await db.read(staff.owner, request.cookies.get(COOKIE))
    if person is None or request.url.path.startswith("/account"):
        return False
    try:
        form = {name: text for name, text in (await texts(request)).items() if name not in SECRET}
    except HTTPException:
        return False
    return await db.write(kept_forms.keep, person, request.url.path, form, now)


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
Manages = Annotated[Person, _needs("tune", "answerable")]
Leads = Annotated[Person, _needs("answerable", "audit")]
SeesWall = Annotated[Person, _needs("answerable", "wall")]
ReadsAdmin = Annotated[Person, _needs("tune", "audit")]
TakesCalls = Annotated[Person, _needs("take_calls", "control_room")]


def keep(response: Response, token: str, onewindow: Onewindow, language: str = "", browser: str = "") -> Response:
    """Remember a session in the browser, and where given its person's language and that he was here."""

    def cookie(name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=onewindow.secure_cookies
        )

    cookie(COOKIE, token, int(staff.ABSOLUTE.total_seconds()))
    if language:
        cookie(LANGUAGE, language, YEAR)
    if browser:
        cookie(BROWSER, browser, YEAR)
    return response


def forget(response: Response) -> Response:
    """Forget the session in the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response
