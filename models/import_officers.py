"""Officers from a sheet: people and the posts they fill. A line is one person in one post; repeating a file changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.ground import utility_zone
from models.passwords import end_sessions
from models.people import Fill, Post, Staff
from models.policy import Names
from models.policy_versions import raise_edition
from rules.absence import meet
from rules.profile import How
from rules.sheet import Columns, Row, Sheet

COLUMNS = Columns(
    ("username", "name", "post"),
    ("phone", "email", "language", "how", "from", "to"),
    {"username": 60, "name": 120, "post": 80, "phone": 20, "email": 254},
)
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]*")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
HOW = (How.PERSON.value, How.CHARGE.value)
Stretch = tuple[datetime, datetime | None]


@dataclass
class Plan:
    """What a sheet would do: new people by user name, and each new filling of a post."""

    people: dict[str, Staff] = field(default_factory=dict)
    fills: list[tuple[str, Fill]] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Known:
    """What is there already."""

    people: dict[str, Staff]
    posts: frozenset[str]
    fills: dict[tuple[str, str], list[tuple[str, Stretch]]]
    languages: tuple[str, ...]
    zone: ZoneInfo


async def plan(session: AsyncSession, sheet: Sheet, at: datetime) -> Plan:
    """Check every line against the tables; faults are noted on the sheet, and nothing is written."""
    known, made = await _known(session), Plan()
    for row in sheet.rows:
        _person(row, known, made, sheet)
        _fill(row, known, made, sheet, at)
    return made


async def write(session: AsyncSession, made: Plan, at: datetime) -> None:
    """Write a plan that has no faults. Nobody new can sign in before he is given a password."""
    session.add_all(made.people.values())
    await session.flush()
    names = {username for username, _ in made.fills}
    people = dict((await session.exec(select(Staff.username, Staff.id).where(col(Staff.username).in_(names)))).all())
    for username, fill in made.fills:
        fill.person = people[username] or 0
        session.add(fill)
        if fill.since <= at and username not in made.people:
            await end_sessions(session, fill.person)
        after = {f"{'charge' if fill.how == How.CHARGE else 'post'}.{fill.post}": f"{fill.since:%Y-%m-%d %H:%M:%S} UTC"}
        session.add(Audit(at=at, person=None, what="people", subject=username, before={}, after=after, note=""))
    await raise_edition(session)


async def _known(session: AsyncSession) -> Known:
    people = {row.username: row for row in (await session.exec(select(Staff))).all()}
    posts = frozenset((await session.exec(select(Post.code))).all())
    by_id = {row.id: username for username, row in people.items()}
    fills: dict[tuple[str, str], list[tuple[str, Stretch]]] = {}
    for fill in (await session.exec(select(Fill))).all():
        fills.setdefault((by_id[fill.person], fill.post), []).append((fill.how, (fill.since, fill.until)))
    spoken = await session.get(Names, ("utility", "languages"))
    languages = tuple(spoken.data.get("value", ("en",))) if spoken else ("en",)
    return Known(people, posts, fills, languages, ZoneInfo(await utility_zone(session)))


def _person(row: Row, known: Known, made: Plan, sheet: Sheet) -> None:
    username = row["username"].lower()
    if not USERNAME.fullmatch(username):
        sheet.wrong(row.line, "username", "use letters a to z, figures, and . _ - @")
    if row["email"] and not EMAIL.fullmatch(row["email"]):
        sheet.wrong(row.line, "email", "this is no e-mail address")
    language = row["language"] or known.languages[0]
    if language not in known.languages:
        sheet.wrong(row.line, "language", f"{language!r} is none of {', '.join(known.languages)}")
    there = known.people.get(username) or made.people.get(username)
    if there is not None:
        if there.name != row["name"]:
            sheet.wrong(row.line, "name", f"{username} is called {there.name}")
        if not there.active:
            sheet.wrong(row.line, "username", f"{username} works here no more")
        return
    made.people[username] = Staff(
        username=username,
        name=row["name"],
        phone=row["phone"] or None,
        email=row["email"] or None,
        language=language,
    )


def _fill(row: Row, known: Known, made: Plan, sheet: Sheet, at: datetime) -> None:
    username, post, how = row["username"].lower(), row["post"], row["how"] or How.PERSON.value
    if post and post not in known.posts:
        sheet.wrong(row.line, "post", f"there is no post {post!r}")
        return
    if how not in HOW:
        sheet.wrong(row.line, "how", f"{how!r} is none of {', '.join(HOW)}")
        return
    since, until = _instant(row, "from", known, sheet) or at, _instant(row, "to", known, sheet)
    if until is not None and until <= since:
        sheet.wrong(row.line, "to", "the end does not come after the beginning")
        return
    if _there_already(known.fills.setdefault((username, post), []), how, (since, until), bool(row["from"])):
        made.unchanged += 1
        return
    if any(meet((since, until), there) for _, there in known.fills[username, post]):
        sheet.wrong(row.line, "post", f"{username} is in {post} already in that time")
        return
    known.fills[username, post].append((how, (since, until)))
    made.fills.append((username, Fill(post=post, person=0, how=how, since=since, until=until)))


def _there_already(there: list[tuple[str, Stretch]], how: str, wanted: Stretch, dated: bool) -> bool:
    """Whether this very filling is there; a line without a beginning means one that runs now."""
    return any(
        is_how == how and until == wanted[1] and (since == wanted[0] or (not dated and since <= wanted[0]))
        for is_how, (since, until) in there
    )


def _instant(row: Row, column: str, known: Known, sheet: Sheet) -> datetime | None:
    text = row[column]
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        sheet.wrong(row.line, column, f"{text!r} is no instant; write 2027-05-14 or 2027-05-14 17:30")
        return None
    return (local if local.tzinfo else local.replace(tzinfo=known.zone)).astimezone(UTC)
