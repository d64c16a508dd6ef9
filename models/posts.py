"""Which posts somebody fills at an instant, and what those posts let him see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Fill, Leave, Post
from rules.calendar import Calendar
from rules.hours import week_from
from rules.profile import Scope
from rules.terms import Codes

WORKS = frozenset({"handle", "answerable", "control_room", "confidential"})
"""Rights whose holders have a queue."""

READS_ALL = frozenset({"audit", "take_calls"})
"""Rights that see the requests of every office and zone."""


@dataclass(frozen=True)
class FilledPost:
    """A post somebody fills now; `how` is person, roster or charge."""

    code: str
    role: str
    rights: str
    scope: str
    office: str | None
    zone: str | None
    titles: Codes
    how: str

    def covers(self, office: str, zone: str) -> bool:
        """Whether a request of this office and zone lies within the post's reach."""
        if self.rights in READS_ALL or self.scope == Scope.COMPANY:
            return True
        return self.zone == zone if self.scope == Scope.ZONE else self.office == office


def on_roster(roster: Codes, at: datetime, zone: str) -> bool:
    """Whether weekly spans like {"mon-fri": ["09:30-17:30"]} are open at `at`; no spans means always."""
    return not roster or Calendar("roster", zone, week_from(roster, "roster")).is_open(at)


def _on_leave(person: Any, at: Any) -> tuple[Any, ...]:
    runs = or_(col(Leave.until).is_(None), col(Leave.until) > at)
    return col(Leave.person) == person, col(Leave.since) <= at, runs


def there(at: Any) -> tuple[Any, ...]:
    """What is asked of the posts there are at `at`: begun, and not ended."""
    return or_(col(Post.since).is_(None), col(Post.since) <= at), or_(col(Post.until).is_(None), col(Post.until) > at)


PERSON: BindParameter[Any] = bindparam("person")
AT: BindParameter[Any] = bindparam("at")
FILLED = (
    select(Fill, Post)
    .join(Post, col(Post.code) == col(Fill.post))
    .where(
        col(Fill.person) == PERSON,
        ~exists().where(*_on_leave(PERSON, AT)),
        col(Fill.since) <= AT,
        or_(col(Fill.until).is_(None), col(Fill.until) > AT),
        *there(AT),
    )
    .order_by(col(Fill.how) == "charge", Post.code)
)
"""Asked for every page of the staff, so it is built once."""


async def posts_of(session: AsyncSession, person: int, at: datetime, zone: str) -> tuple[FilledPost, ...]:
    """The posts `person` fills at `at`, own ones before charges; none while on leave. `zone` is the utility's."""
    rows = await session.exec(FILLED, params={"person": person, "at": at})
    filled = [_filled(post, fill.how) for fill, post in rows.all() if on_roster(fill.roster, at, zone)]
    return tuple({post.code: post for post in reversed(filled)}.values())[::-1]


async def on_leave_until(session: AsyncSession, person: int, at: datetime) -> datetime | None:
    """The instant a leave running at `at` ends, the latest possible instant if it is open; None when not on leave."""
    rows = await session.exec(select(Leave).where(*_on_leave(person, at)))
    ends = [leave.until or datetime.max.replace(tzinfo=at.tzinfo) for leave in rows.all()]
    return max(ends, default=None)


def may_see(posts: Sequence[FilledPost], office: str, zone: str, involved: frozenset[str], confidential: bool) -> bool:
    """Whether one of `posts` may open a request: it is involved in it (handles it, answers for it), or its reach covers it.

    A confidential request is open to those involved, to confidential posts in reach and to audit alone.
    """
    if any(post.code in involved for post in posts):
        return True
    allowed = {"confidential", "audit"} if confidential else WORKS | READS_ALL
    return any(post.rights in allowed and post.covers(office, zone) for post in posts)


def _filled(post: Post, how: str) -> FilledPost:
    return FilledPost(post.code, post.role, post.rights, post.scope, post.office, post.zone, post.titles, how)


async def in_force(session: AsyncSession, at: datetime, *where: Any) -> Sequence[Post]:
    """The posts there are at `at`."""
    return (await session.exec(select(Post).where(*where, *there(at)).order_by(Post.code))).all()
