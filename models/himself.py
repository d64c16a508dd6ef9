"""Whether a request is an officer's own, and who may not work on it: nobody acts as an officer on what concerns himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Fill, Post, Staff
from models.policy_versions import current
from models.requests import Consumer, ServiceRequest
from rules.called import Match, fits
from rules.policy import Ladder
from rules.profile import Scope

SAME = 9
"""Digits from the end by which two telephone numbers are one, however each is written."""


async def about_himself(session: AsyncSession, row: ServiceRequest, person: int | None) -> bool:
    """Whether the request's phone or e-mail is that of `person`; False where nobody is named."""
    if person is None:
        return False
    officer, consumer = await session.get(Staff, person), await session.get(Consumer, row.consumer_id)
    if officer is None or consumer is None:
        return False
    return bool(marks_of(officer.phone, officer.email) & marks_of(consumer.phone, consumer.email))


def _digits(number: str | None) -> str:
    digits = "".join(letter for letter in number or "" if letter.isdigit())
    return digits[-SAME:] if len(digits) >= SAME else ""


def marks_of(phone: str | None, email: str | None) -> frozenset[str]:
    """By what a telephone number and a mail address are compared; nothing where neither can be."""
    return frozenset(mark for mark in (_digits(phone), (email or "").strip().lower()) if mark)


async def staff_marks(session: AsyncSession) -> dict[str, set[int]]:
    """The persons of the staff by the marks of their telephones and mail addresses."""
    found: dict[str, set[int]] = {}
    for person in (await session.exec(select(Staff))).all():
        for mark in marks_of(person.phone, person.email):
            found.setdefault(mark, set()).add(person.id or 0)
    return found


@dataclass(frozen=True)
class Named:
    """Whom a report is about: the post that was chosen, the name that was written, and the office of the place; None: not said."""

    post: str | None
    name: str | None
    office: str | None

    def __bool__(self) -> bool:
        return bool(self.post or self.name)


async def named_in(session: AsyncSession, named: Named, roles: Sequence[str], at: datetime) -> set[int]:
    """Whom a report is about, and who is under them: in posts of a lower tier of any ladder that theirs reach.

    Under a post that is the last of `roles`, those of the report's own ladder, nobody: somebody must be left to look into it.
    """
    post = None if named.post is None else await session.get(Post, named.post)
    filled = await _filled(session, at)
    called = await _called(session, named, filled)
    theirs = [row for row, person in filled if person in called]
    posts = {post.code} if post else set()
    for one in [*theirs, *([post] if post else [])]:
        posts |= await _under(session, one, roles)
    return called | {person for row, person in filled if row.code in posts}


async def _filled(session: AsyncSession, at: datetime) -> Sequence[tuple[Post, int]]:
    """Every post that is filled at `at`, with who is in it."""
    running = (col(Fill.since) <= at, or_(col(Fill.until).is_(None), col(Fill.until) > at))
    return (await session.exec(select(Post, Fill.person).join(Fill, col(Fill.post) == Post.code).where(*running))).all()


async def _called(session: AsyncSession, named: Named, filled: Sequence[tuple[Post, int]]) -> set[int]:
    """The persons of that name; of those who have only a part of it, whoever is in a post of the office."""
    if not named.name:
        return set()
    people = (await session.exec(select(Staff.id, Staff.name).where(col(Staff.active)))).all()
    found = {id or 0: fits(named.name, name) for id, name in people}
    if whole := {id for id, match in found.items() if match is Match.WHOLE}:
        return whole
    here = {person for post, person in filled if post.office and post.office == named.office}
    return {id for id, match in found.items() if match is Match.PART and id in here}


async def _under(session: AsyncSession, post: Post, roles: Sequence[str]) -> set[str]:
    """The posts below this one that it reaches."""
    if post.role == roles[-1]:
        return set()
    policy = await current(session)
    under = {role for ladder in policy.ladders.values() for role in _below(post.role, ladder)}
    rows = (await session.exec(select(Post).where(col(Post.role).in_(under)))).all()
    return {row.code for row in rows if _reaches(post, row)}


def _below(role: str, ladder: Ladder) -> list[str]:
    roles = [tier.role for tier in ladder.tiers]
    return roles[: roles.index(role)] if role in roles else []


def _reaches(post: Post, other: Post) -> bool:
    if post.scope == Scope.COMPANY:
        return True
    return other.zone == post.zone if post.scope == Scope.ZONE else other.office == post.office
