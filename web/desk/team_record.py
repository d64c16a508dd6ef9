"""What went wrong in a team's work: each mark with the posts and persons who had it, by their working time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.team import mark_name, mark_rule, period_name
from models.colleagues import names_of
from models.ground import Policies
from models.people import Post
from models.record import OnRecord, record_of
from models.team import team
from rules.share import Mark, Share
from rules.tally import Tally, tallied
from rules.team import Period
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import Leads, Person
from web.errors import NotYours
from web.render import page

router = APIRouter(include_in_schema=False)
SHOWN = 200


@dataclass(frozen=True)
class Against:
    """One post or person of a table of marks; `key` says which in an address."""

    name: str
    key: tuple[str, str]
    marks: Mapping[Mark, Tally]

    def address(self, mark: Mark, period: Period) -> str:
        """Where the requests behind a number are listed."""
        return f"/desk/team/record?{urlencode([('mark', mark.value), self.key, ('period', period.value)])}"


async def on_record(
    session: AsyncSession, posts: list[Post], period: Period, now: datetime, book: Book
) -> list[OnRecord]:
    """The marks of the period in which one of these posts has a share; of confidential requests none."""
    policies = Policies()
    policies.kept = book.policies
    codes = [post.code for post in posts]
    found = await record_of(session, policies, now - period.length, now, posts=codes)
    return [one for one in found if not one.confidential]


def tables(
    found: list[OnRecord], posts: list[Post], names: Mapping[int, str], book: Book
) -> tuple[list[Against], list[Against]]:
    """The marks by post and by person, those of this team alone."""
    ours = [post.code for post in posts]
    marked = [one.marked for one in found]
    by_post = tallied(marked, lambda share: share.post if share.post in ours else None)
    by_person = tallied(marked, lambda share: share.person if share.post in ours else None)
    return (
        [Against(book.title(code), ("post", code), by_post[code]) for code in ours if code in by_post],
        sorted(
            (Against(names.get(number, ""), ("who", str(number)), marks) for number, marks in by_person.items()),
            key=lambda one: one.name,
        ),
    )


def persons(found: list[OnRecord]) -> set[int]:
    """Everybody who has a share."""
    return {share.person for one in found for share in one.marked.shares if share.person is not None}


async def read(
    session: AsyncSession, person: Person, period: Period, now: datetime, book: Book, post: str
) -> tuple[list[OnRecord], set[str], dict[int, str]]:
    """The marks of the team, its posts, and the names; NotYours when `post` is named and out of reach."""
    posts = await team(session, person.posts, now)
    if post and post not in {one.code for one in posts}:
        raise NotYours
    found = await on_record(session, posts, period, now, book)
    return found, {one.code for one in posts}, await names_of(session, persons(found))


@router.get("/desk/team/record")
async def record(
    request: Request,
    person: Leads,
    db: Db,
    parts: Parts,
    now: Now,
    mark: Mark = Mark.LAPSE,
    post: str = "",
    who: int | None = None,
    period: Period = Period.WEEK,
) -> Response:
    """The requests with this mark, of a post, of a person, or of all in reach; the newest first."""
    found, ours, names = await db.read(read, person, period, now, parts.book, post)

    def meant(share: Share) -> bool:
        return share.post in ours and post in ("", share.post) and who in (None, share.person)

    rows = [one for one in found if one.marked.mark is mark and any(map(meant, one.marked.shares))]
    return page(
        request,
        "desk/team_record.html",
        person=person,
        period=period,
        heading=mark_name(mark),
        rule=mark_rule(mark),
        past=period_name(period),
        of=parts.book.title(post) if post else names.get(who or 0, ""),
        rows=rows[:SHOWN],
        more=max(0, len(rows) - SHOWN),
        names=names,
        moment=now,
    )
