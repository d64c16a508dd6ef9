"""Whether a request is an officer's own, and who may not work on it: nobody acts as an officer on what concerns himself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Fill, Post, Staff
from models.policy_versions import current
from models.requests import Consumer, ServiceRequest
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


async def named_in(session: AsyncSession, about: str | None, roles: Sequence[str], at: datetime) -> set[int]:
    """Who is in the post a report is about, and who is under it: in posts of a lower tier of any ladder that it reaches.

    Where it is the last of `roles`, those of the report's own ladder, only who is in it: somebody must be left to look into it.
    """
    post = None if about is None else await session.get(Post, about)
    if post is None:
        return set()
    posts = {post.code}
    if post.role != roles[-1]:
        policy = await current(session)
        under = {role for ladder in policy.ladders.values() for role in _below(post.role, ladder)}
        rows = (await session.exec(select(Post).where(col(Post.role).in_(under)))).all()
        posts |= {row.code for row in rows if _reaches(post, row)}
    running = (col(Fill.since) <= at, or_(col(Fill.until).is_(None), col(Fill.until) > at))
    return set((await session.exec(select(Fill.person).where(col(Fill.post).in_(posts), *running))).all())


def _below(role: str, ladder: Ladder) -> list[str]:
    roles = [tier.role for tier in ladder.tiers]
    return roles[: roles.index(role)] if role in roles else []


def _reaches(post: Post, other: Post) -> bool:
    if post.scope == Scope.COMPANY:
        return True
    return other.zone == post.zone if post.scope == Scope.ZONE else other.office == post.office
