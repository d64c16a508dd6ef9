"""Leave and additional charge, entered once: they begin and end by themselves. Every entry is an audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.access import another_tunes, tunes
from models.audit import Audit
from models.passwords import end_sessions
from models.people import Fill, Leave, Post, Staff
from rules.absence import AbsenceFault, NotTaken, Stretch, end_fault, stretch_fault
from rules.profile import How

KEYS = {How.CHARGE.value: "charge", How.ROSTER.value: "roster"}
"""By what the audit tells one way of filling a post from another."""
PEOPLE = "people"
"""What the audit calls changes of people and posts."""


async def _alone(session: AsyncSession, key: str) -> None:
    """One entry at a time for a person or post, so that two at once cannot overlap."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def add_leave(
    session: AsyncSession, person: int, since: datetime, until: datetime | None, now: datetime, by: int | None
) -> Leave:
    """Enter a person's leave; NotTaken when it is backwards, past, too long, or overlaps another of his."""
    await _alone(session, f"leave/{person}")
    rows = (await session.exec(select(Leave).where(Leave.person == person))).all()
    _refuse(stretch_fault(since, until, now, [(row.since, row.until) for row in rows]))
    if by == person and await tunes(session, person, since) and not await another_tunes(session, person, since):
        raise NotTaken(AbsenceFault.LAST_ACCESS)
    row = Leave(person=person, since=since, until=until)
    session.add(row)
    await note(session, person, now, by, after={"leave": _written((since, until))})
    return row


async def end_leave(session: AsyncSession, number: int, person: int, end: datetime, now: datetime, by: int) -> None:
    """Let a leave end at `end`; one that would end before it began is taken back. NotTaken when it is over."""
    row = await session.get(Leave, number, with_for_update=True)
    if row is None or row.person != person:
        raise NotTaken(AbsenceFault.NOT_THERE)
    await _alone(session, f"leave/{person}")
    rows = (await session.exec(select(Leave).where(Leave.person == person, Leave.id != number))).all()
    before = (row.since, row.until)
    _refuse(end_fault(*before, end, now))
    if any(row.since < other.since < end for other in rows):
        raise NotTaken(AbsenceFault.OVERLAPS)
    await _end(session, row, end)
    after = _written((row.since, end)) if end > row.since else ""
    await note(session, person, now, by, before={"leave": _written(before)}, after={"leave": after})


async def add_charge(
    session: AsyncSession,
    post: str,
    person: int,
    since: datetime,
    until: datetime | None,
    now: datetime,
    by: int | None,
) -> Fill:
    """Give a person additional charge of a post from an instant to another.

    NotTaken when it is backwards, past or too long, when he fills the post himself then, or has charge of it already.
    Two may have charge of one post, and one of two posts: who answers is asked when a timer fires.
    """
    await _alone(session, f"charge/{post}")
    if await session.get(Post, post) is None:
        raise NotTaken(AbsenceFault.NOT_THERE)
    who = await session.get(Staff, person)
    if who is None or not who.active:
        raise NotTaken(AbsenceFault.NOT_THERE)
    rows = (await session.exec(select(Fill).where(Fill.post == post, Fill.person == person))).all()
    own = [(row.since, row.until) for row in rows if row.how != How.CHARGE]
    if stretch_fault(since, until, now, own) is AbsenceFault.OVERLAPS:
        raise NotTaken(AbsenceFault.ONESELF)
    _refuse(stretch_fault(since, until, now, [(row.since, row.until) for row in rows]))
    row = Fill(post=post, person=person, how=How.CHARGE.value, since=since, until=until)
    session.add(row)
    await note(session, person, now, by, after={f"charge.{post}": _written((since, until))})
    return row


async def end_fill(session: AsyncSession, number: int, post: str, end: datetime, now: datetime, by: int) -> None:
    """Let a person's time in a post end at `end`; a charge that has not begun is taken back. NotTaken when it is over.

    One who loses a post in the very moment is signed out: what he sees would no longer be his.
    """
    row = await session.get(Fill, number, with_for_update=True)
    if row is None or row.post != post:
        raise NotTaken(AbsenceFault.NOT_THERE)
    before, key = (row.since, row.until), KEYS.get(row.how, "post")
    if row.until is not None and end > row.until:
        others = (
            await session.exec(select(Fill).where(Fill.post == post, Fill.person == row.person, Fill.id != number))
        ).all()
        if any(row.since < other.since < end for other in others):
            raise NotTaken(AbsenceFault.OVERLAPS)
    _refuse(end_fault(row.since, row.until, end, now))
    if (
        by == row.person
        and await tunes(session, by, now)
        and not await tunes(session, by, max(end, now), without=number)
    ):
        raise NotTaken(AbsenceFault.LAST_ACCESS)
    running, person = row.since <= now, row.person
    await _end(session, row, end)
    after = _written((before[0], end)) if end > before[0] else ""
    await note(session, person, now, by, before={f"{key}.{post}": _written(before)}, after={f"{key}.{post}": after})
    if running and end <= now:
        await end_sessions(session, person)


async def put_in_post(
    session: AsyncSession, post: str, person: int, since: datetime, now: datetime, by: int | None
) -> Fill:
    """Let a person fill a post himself from `since` on; NotTaken when he fills it already, or one of them is not there."""
    await _alone(session, f"charge/{post}")
    who = await session.get(Staff, person)
    if who is None or not who.active or await session.get(Post, post) is None:
        raise NotTaken(AbsenceFault.NOT_THERE)
    rows = (await session.exec(select(Fill).where(Fill.post == post, Fill.person == person))).all()
    _refuse(stretch_fault(since, None, now, [(row.since, row.until) for row in rows if row.how != How.CHARGE]))
    row = Fill(post=post, person=person, how=How.PERSON.value, since=since)
    session.add(row)
    await note(session, person, now, by, after={f"post.{post}": _written((since, None))})
    if since <= now:
        await end_sessions(session, person)
    return row


async def put_on_roster(
    session: AsyncSession,
    post: str,
    person: int,
    stretch: Stretch,
    roster: Mapping[str, Sequence[str]],
    now: datetime,
    by: int | None,
) -> Fill:
    """Let a person fill a post by roster, in weekly spans of a stretch; NotTaken when he has a roster there in that time.

    Several persons share a post this way, and their spans may overlap: who is there answers.
    """
    await _alone(session, f"charge/{post}")
    who = await session.get(Staff, person)
    if who is None or not who.active or await session.get(Post, post) is None:
        raise NotTaken(AbsenceFault.NOT_THERE)
    rows = (await session.exec(select(Fill).where(Fill.post == post, Fill.person == person))).all()
    _refuse(stretch_fault(*stretch, now, [(row.since, row.until) for row in rows]))
    spans = {days: list(hours) for days, hours in roster.items()}
    row = Fill(post=post, person=person, how=How.ROSTER.value, since=stretch[0], until=stretch[1], roster=spans)
    session.add(row)
    after = ", ".join(f"{days} {' '.join(hours)}" for days, hours in spans.items())
    await note(session, person, now, by, after={f"roster.{post}": f"{after}, {_written(stretch)}"})
    return row


async def set_work(
    session: AsyncSession, post: str, able: Sequence[str], most: int | None, now: datetime, by: int | None
) -> None:
    """Say which categories a post handles (none: all) and how many open tasks it is to have; both count from the next request on."""
    row = await session.get(Post, post, with_for_update=True)
    if row is None:
        raise NotTaken(AbsenceFault.NOT_THERE)
    before = {"able": " ".join(row.able), "most_tasks": str(row.most_tasks or "")}
    row.able, row.most_tasks = list(able), most
    session.add(row)
    after = {"able": " ".join(row.able), "most_tasks": str(row.most_tasks or "")}
    session.add(Audit(at=now, person=by, what=PEOPLE, subject=post, before=before, after=after, note=""))


async def remove_person(session: AsyncSession, person: int, now: datetime, by: int | None) -> None:
    """He signs in no more from this moment, and his posts are vacant; what he did stays."""
    row = await session.get(Staff, person, with_for_update=True)
    if row is None or not row.active:
        raise NotTaken(AbsenceFault.NOT_THERE)
    row.active = False
    session.add(row)
    fills = (await session.exec(select(Fill).where(Fill.person == person))).all()
    open_fills = [fill for fill in fills if fill.until is None or fill.until > now]
    for fill in open_fills:
        await _end(session, fill, now)
    await end_sessions(session, person)
    before = {f"post.{fill.post}": "yes" for fill in open_fills} | {"signs_in": "yes"}
    await note(session, person, now, by, before=before, after=dict.fromkeys(before, ""))


async def note(
    session: AsyncSession,
    person: int,
    now: datetime,
    by: int | None,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    """An audit row about a person; `by` None: from a file."""
    subject = (await session.exec(select(Staff.username).where(Staff.id == person))).one()
    session.add(Audit(at=now, person=by, what=PEOPLE, subject=subject, before=before or {}, after=after or {}, note=""))


async def _end(session: AsyncSession, row: Any, end: datetime) -> None:
    if end <= row.since:
        await session.delete(row)
    else:
        row.until = end
        session.add(row)
    await session.flush()


def _written(stretch: Stretch) -> str:
    since, until = (at and at.strftime("%Y-%m-%d %H:%M:%S UTC") for at in stretch)
    return f"{since} – {until or ''}".strip()


def _refuse(fault: AbsenceFault | None) -> None:
    if fault is not None:
        raise NotTaken(fault)
