"""What a team did in a period: counted at most once a minute for all who look, since it is long to count and changes little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from models.colleagues import names_of
from models.people import Post
from models.queue import Bounds
from models.record import OnRecord
from models.team import Begun, Counts, Pair, begun, lately, oldest_of
from rules.team import Group, Period, calendar_at
from web.book import Book
from web.database import Bounded
from web.desk.team_record import on_record, persons
from web.onewindow import Onewindow

Times = Mapping[object, Sequence[timedelta]]


@dataclass(frozen=True)
class Past:
    """What was counted at an instant: what happened by post, the times to the first action by post and by person, the marks.

    And since when the oldest waits of what lies with the team.
    """

    at: datetime
    lately: Counts
    by_post: Times
    by_person: Times
    record: list[OnRecord]
    names: dict[int, str]
    oldest: dict[Pair, datetime]

    def aged(self, groups: Sequence[Group]) -> list[Group]:
        """The groups with since when their oldest waits."""
        return [replace(one, oldest=self.oldest.get((one.handler, one.answerable))) for one in groups]


async def past(db: Bounded, parts: Onewindow, posts: Sequence[Post], period: Period, limits: Bounds) -> Past:
    """What these posts did, as counted within the last minute."""
    key = ("team", tuple(post.code for post in posts), period, parts.book.edition)
    found: Past = await parts.counted.get(
        key, limits.now, lambda: db.read(counted, list(posts), period, limits, parts.book)
    )
    return found


async def counted(session: AsyncSession, posts: list[Post], period: Period, limits: Bounds, book: Book) -> Past:
    """Count it now."""
    codes, since = [post.code for post in posts], limits.now - period.length
    given = await begun(session, codes, since, limits)
    marks = await on_record(session, posts, period, limits.now, book)
    for number in {one.policy for one in given}:
        await book.hold_policy(session, number)
    by_post: dict[object, list[timedelta]] = defaultdict(list)
    by_person: dict[object, list[timedelta]] = defaultdict(list)
    for one in given:
        time = worked(one, book)
        by_post[one.post].append(time)
        by_person[one.person].append(time)
    names = await names_of(session, persons(marks))
    did, oldest = await lately(session, posts, since, limits), await oldest_of(session, codes)
    return Past(limits.now, did, by_post, by_person, marks, names, oldest)


def worked(one: Begun, book: Book) -> timedelta:
    """The working time from when it was given to the first action."""
    calendar = calendar_at(book.policies[one.policy], one.kind, one.category, one.area_class, one.stage)
    return calendar.working_between(one.given, one.acted)
