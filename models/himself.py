"""Whether a request is an officer's own, and who may not work on it: nobody acts as an officer on what concerns himself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import false, func, or_
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
    mails = (officer.email or "").lower(), (consumer.email or "").lower()
    return _same(_digits(officer.phone), _digits(consumer.phone)) or _same(*mails)


def _digits(number: str | None) -> str:
    digits = "".join(letter for letter in number or "" if letter.isdigit())
    return digits[-SAME:] if len(digits) >= SAME else ""


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


async def concerned_in(
    session: AsyncSession, phone: str | None, email: str | None, about: str | None, roles: Sequence[str], at: datetime
) -> list[int]:
    """The persons who may not work on a request: who asked for it, and with `about` (a post) who is in it and under it.

    Under it are those in posts of a lower tier of any ladder that the post reaches. Where it is the last of `roles`, those of
    the request's own ladder, only who is in it: somebody must be left to look into it.
    """
    people = await _of_address(session, phone, email)
    if about is not None:
        people |= await _named(session, about, roles, at)
    return sorted(people)


async def _of_address(session: AsyncSession, phone: str | None, email: str | None) -> set[int]:
    digits, mail = _digits(phone), (email or "").lower()
    if not digits and not mail:
        return set()
    ends = func.right(func.regexp_replace(col(Staff.phone), r"\D", "", "g"), SAME)
    asked = select(Staff.id).where(
        or_(ends == digits if digits else false(), func.lower(col(Staff.email)) == mail if mail else false())
    )
    return {person for person in (await session.exec(asked)).all() if person is not None}


async def _named(session: AsyncSession, about: str, roles: Sequence[str], at: datetime) -> set[int]:
    post = await session.get(Post, about)
    if post is None:
        return set()
    posts = {about}
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
