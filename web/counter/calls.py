"""Calls that need no number: a wrong number, nothing of ours, a question answered, or when an officer can be met."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from languages.calls import ENDINGS, ending_label
from languages.catalog import named
from models import calls, localities
from models.people import Office, Post
from rules.calls import Ending
from web.deps import Db, Now, Parts
from web.desk.forms import TOKEN
from web.desk.session import TakesCalls
from web.errors import Stale
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
RECEIVE = ("handle", "answerable")
"""Whose posts receive consumers."""


@dataclass(frozen=True)
class Place:
    """An office with those who can be met there."""

    office: Office
    name: str
    posts: tuple[str, ...]


def morning(now: datetime, parts: Onewindow) -> datetime:
    """Midnight of the utility's day."""
    return datetime.combine(now.astimezone(parts.zone).date(), time(), parts.zone)


@router.get("/counter/calls")
async def today(request: Request, person: TakesCalls, db: Db, parts: Parts, now: Now) -> Response:
    """What came of today's calls."""
    counted = await db.read(calls.day, morning(now, parts))
    rows = [(ending_label(one), counted.endings[one]) for one in ENDINGS]
    return page(request, "counter/calls.html", person=person, day=counted, endings=rows, now=now)


@router.post("/counter/calls")
async def ended(request: Request, person: TakesCalls, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Count it, and be ready for the next. The same form sent twice is one call."""
    if form.get("ending") not in set(Ending) or not TOKEN.fullmatch(form.get("token", "")):
        raise Stale
    ending = Ending(form["ending"])
    await db.write(calls.end, form["token"], person.id, ending, now)
    return see_other(f"/counter?ended={ending.value}")


@router.get("/counter/meeting")
async def meeting(
    request: Request, person: TakesCalls, db: Db, parts: Parts,
    locality: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Where and when the officers of a place can be met, to be read out."""
    codes = await db.read(localities.find, locality) if locality else []
    offices = dict.fromkeys(place.office for code in codes if (place := parts.book.locality(code)))
    found = [there for code in offices if (there := met_at(code, parts))]
    return page(
        request, "counter/meeting.html", person=person, typed=locality, places=found, token=secrets.token_urlsafe(16)
    )


def met_at(code: str, parts: Onewindow) -> Place | None:
    """The office of a code with the titles of its posts that receive consumers; None when there is none."""
    office = parts.book.office(code)
    if office is None:
        return None
    here = [post for post in parts.book.now.posts.values() if receives(post, office)]
    return Place(office, named(office.names), tuple(parts.book.title(post.code) for post in here))


def receives(post: Post, office: Office) -> bool:
    """Whether one can ask to meet who fills this post about this office: its own posts, and its zone's head."""
    return post.rights in RECEIVE and (post.office == office.code or (post.office is None and post.zone == office.zone))
