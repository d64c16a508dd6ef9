"""The team board: what each post and person in reach has now and did in a period; every number leads to its list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import named as in_language
from languages.team import count_name, count_rule, mark_name, mark_rule, period_name
from models import colleagues
from models.colleagues import Held
from models.people import Leave, Post
from models.posts import on_roster
from models.queue import Bounds
from models.team import groups, team
from rules.share import Mark
from rules.team import NOW, Count, Group, Load, Period, load, middle, named
from rules.terms import Codes
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.queue import bounds
from web.desk.session import Leads, Person
from web.desk.team_past import Past, past
from web.desk.team_record import tables
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
LATELY = (Count.ESCALATED, Count.WITHIN, Count.WORD, Count.SILENCE, Count.UNREACHED)


@dataclass(frozen=True)
class Found:
    """What was read for the board."""

    posts: list[Post]
    groups: Sequence[Group]
    held: Sequence[Held]
    leaves: dict[int, list[Leave]]
    zones: dict[str, Codes]


async def found(session: AsyncSession, person: Person, limits: Bounds) -> Found:
    """What lies with the team now, in one session."""
    posts = await team(session, person.posts, limits.now)
    codes = [post.code for post in posts]
    held = [one for one in await colleagues.held_in(session, codes, limits.now) if one.fill.since <= limits.now]
    return Found(
        posts,
        await groups(session, codes, limits),
        held,
        await colleagues.leaves_of(session, sorted({one.person.id or 0 for one in held}), limits.now),
        await colleagues.zone_names(session),
    )


@dataclass(frozen=True)
class InPost:
    """One who is in a post: in person, by roster or charge; `away` while he is on leave, `off` between his shifts."""

    id: int
    name: str
    how: str
    away: bool
    off: bool


@dataclass(frozen=True)
class Line:
    """One post, or one person: what lies with it now and what happened in the period."""

    name: str
    posts: tuple[str, ...]
    titles: tuple[str, ...]
    people: tuple[InPost, ...]
    load: Load
    first: timedelta | None
    begun: int
    lately: dict[Count, int]

    def address(self, what: Count, period: Period) -> str:
        """Where the requests behind a number are listed."""
        query = [("what", what.value), *(("post", post) for post in self.posts)]
        return f"/desk/team/requests?{urlencode([*query, ('period', period.value)])}"


def by_post(given: Found, did: Past, parts: Onewindow, now: datetime) -> list[tuple[str, list[Line]]]:
    """A line for every post, under the name of its office or zone ("": the whole company)."""
    lines: list[tuple[str, list[Line]]] = []
    for (zone, office), posts in groupby(given.posts, lambda post: (post.zone, post.office)):
        place = parts.book.label("office", office) if office else in_language(given.zones[zone]) if zone else ""
        lines.append((place, [_post_line(post, given, did, parts, now) for post in posts]))
    return lines


def _post_line(post: Post, given: Found, did: Past, parts: Onewindow, now: datetime) -> Line:
    people = tuple(_in_post(one, given, parts, now) for one in given.held if one.post.code == post.code)
    own = did.by_post.get(post.code, ())
    counts = dict(did.lately.get(post.code, {}))
    mine = load(given.groups, {post.code})
    return Line(parts.book.title(post.code), (post.code,), (), people, mine, middle(own), len(own), counts)


def _in_post(held: Held, given: Found, parts: Onewindow, now: datetime) -> InPost:
    away = any(leave.since <= now for leave in given.leaves.get(held.person.id or 0, []))
    off = not on_roster(held.fill.roster, now, parts.zone.key)
    return InPost(held.person.id or 0, held.person.name, held.fill.how, away, off)


def by_person(given: Found, did: Past, parts: Onewindow) -> list[Line]:
    """A line for everybody who is in one of the posts, by name; what lies with several of his posts counts once."""
    posts: dict[int, list[Held]] = defaultdict(list)
    for one in given.held:
        posts[one.person.id or 0].append(one)
    return [
        _person_line(
            held, load(given.groups, {one.post.code for one in held}), did.by_person.get(number, ()), parts.book
        )
        for number, held in sorted(posts.items(), key=lambda item: item[1][0].person.name)
    ]


def _person_line(held: Sequence[Held], mine: Load, own: Sequence[timedelta], book: Book) -> Line:
    codes = tuple(dict.fromkeys(one.post.code for one in held))
    titles = tuple(book.title(code) for code in codes)
    return Line(held[0].person.name, codes, titles, (), mine, middle(own), len(own), {})


@router.get("/desk/team")
async def board(
    request: Request, person: Leads, db: Db, parts: Parts, now: Now, period: Period = Period.WEEK
) -> Response:
    """The board of those who answer for others, as far as their posts reach."""
    limits = bounds(parts, now)
    given = await db.read(found, person, limits)
    done = await past(db, parts, given.posts, period, limits)
    given = replace(given, groups=done.aged(given.groups))
    whole = load(given.groups, {post.code for post in given.posts})
    return page(
        request,
        "desk/team.html",
        person=person,
        period=period,
        periods=[(one, period_name(one)) for one in Period],
        places=by_post(given, done, parts, now),
        people=by_person(given, done, parts),
        whole=Line("", (), (), (), whole, None, 0, {}),
        named=named(done.lately),
        against=tables(done.record, given.posts, done.names, parts.book),
        marks=tuple(Mark),
        mark_name=mark_name,
        mark_rule=mark_rule,
        ended=done.lately,
        C=Count,
        now_counts=NOW,
        lately=LATELY,
        count_name=count_name,
        count_rule=count_rule,
        counted=done.at,
        moment=now,
    )
