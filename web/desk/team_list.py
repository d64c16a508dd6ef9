"""The requests behind a number of the team board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.team import count_name, count_rule, period_name
from models.people import Post
from models.queue import Bounds, Place, row_of
from models.team import team
from models.team_lists import Listed, behind
from rules.team import NOW, Count, Period
from web.deps import Db, Now, Parts
from web.desk.queue import bounds
from web.desk.queue_address import read_place, written_place
from web.desk.queue_rows import ShownRow, shown
from web.desk.session import Leads, Person
from web.errors import NotYours
from web.render import page

router = APIRouter(include_in_schema=False)
MOST_POSTS = 200


@dataclass(frozen=True)
class Asked:
    """Which number, of which posts (none named: of all in reach), and how far back."""

    what: Count
    posts: tuple[str, ...]
    period: Period

    def query(self, **more: str) -> str:
        """The same, as it stands in an address."""
        pairs = [("what", self.what.value), *(("post", post) for post in self.posts)]
        return urlencode([*pairs, ("period", self.period.value), *more.items()])


async def listed(
    session: AsyncSession, person: Person, asked: Asked, limits: Bounds, after: Place | None
) -> tuple[list[Post], list[Listed], Place | None]:
    """The posts that are meant and a page of the requests; NotYours when one of the posts is out of reach."""
    posts = await team(session, person.posts, limits.now)
    if asked.posts:
        posts = [post for post in posts if post.code in asked.posts]
        if len(posts) < len(set(asked.posts)):
            raise NotYours
    found, following = await behind(session, posts, asked.what, limits.now - asked.period.length, limits, after)
    return posts, found, following


@router.get("/desk/team/requests")
async def requests(
    request: Request,
    person: Leads,
    db: Db,
    parts: Parts,
    now: Now,
    what: Count = Count.OPEN,
    post: Annotated[list[str], Query(max_length=MOST_POSTS)] = [],  # noqa: B006 - FastAPI reads it, nobody changes it
    period: Period = Period.WEEK,
    after: str = "",
) -> Response:
    """What is behind a number: what is open longest first, of what happened the newest."""
    asked, place = Asked(what, tuple(dict.fromkeys(post)), period), read_place(after)
    posts, found, following = await db.read(listed, person, asked, bounds(parts, now), place)
    rows: list[ShownRow] = [shown(row_of(one.task, one.request), person, parts.book, now, None) for one in found]
    return page(
        request,
        "desk/team_requests.html",
        person=person,
        asked=asked,
        heading=count_name(what),
        rule=count_rule(what),
        past="" if what in NOW else period_name(period),
        of=[parts.book.title(one.code) for one in posts] if asked.posts else [],
        rows=list(zip(rows, found, strict=True)),
        first=place is None,
        open_ones=what in NOW and "answerable" in person.rights,
        following=f"/desk/team/requests?{asked.query(after=written_place(following))}" if following else "",
        moment=now,
    )
