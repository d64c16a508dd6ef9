"""What each role may do, and how far: the same for all its posts, changed for all of them at once, from the next click on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.access import tunes
from models.moving import alone
from models.naming import Overtaken, noted
from models.people import Post
from models.policy_versions import current, version
from models.posts import WORKS
from models.requests import ServiceRequest, Task
from rules.needed import Need, unfit
from rules.policy import Policy
from rules.profile import Rights, Scope

AUDIT = "rights"
WIDTH = {Scope.OFFICE: 0, Scope.ZONE: 1, Scope.COMPANY: 2}


@dataclass(frozen=True)
class Role:
    """A role with what its posts may do and how far, how many there are, and how near the places are where they stand."""

    code: str
    rights: str
    scope: str
    posts: int
    stands: Scope

    @property
    def reaches(self) -> list[Scope]:
        """How far it may reach: never less far than the places where its posts stand."""
        return [one for one in Scope if WIDTH[one] >= WIDTH[self.stands]]


class Refused(Exception):
    """Nothing was changed: of which roles, and why not."""

    def __init__(self, why: Mapping[str, str]) -> None:
        """Keep the reasons by role."""
        super().__init__(why)
        self.why = why


LAST_ACCESS, TOO_NEAR, UNKNOWN = "last_access", "too_near", "unknown"
"""Reasons beside those of the ladders (`Need`)."""
Chosen = Mapping[str, tuple[str, str]]
"""The rights and the reach of each role."""


async def roles(session: AsyncSession, at: datetime) -> list[Role]:
    """Every role that has posts, those that have not ended."""
    there = col(Post.until).is_(None) | (col(Post.until) > at)
    posts = (await session.exec(select(Post).where(there).order_by(Post.code))).all()
    many = Counter(post.role for post in posts)
    by_role = {post.role: post for post in posts}
    return [Role(code, one.rights, one.scope, many[code], _stands(one)) for code, one in sorted(by_role.items())]


def _stands(post: Post) -> Scope:
    return Scope.OFFICE if post.office is not None else Scope.ZONE if post.zone is not None else Scope.COMPANY


def fingerprint(found: Sequence[Role]) -> str:
    """What tells whether they are still as they were looked at."""
    return ",".join(f"{one.code}:{one.rights}:{one.scope}" for one in found)


async def change(session: AsyncSession, chosen: Chosen, seen: str, by: int, at: datetime) -> list[str]:
    """Give these roles these rights; those that differ. Raises Overtaken, Refused with what stands against it."""
    await alone(session)
    found = await roles(session, at)
    if fingerprint(found) != seen:
        raise Overtaken
    differ = {
        one.code: one for one in found if chosen.get(one.code, (one.rights, one.scope)) != (one.rights, one.scope)
    }
    policies = await _that_count(session)
    busy = await _with_work(session)
    if why := {
        code: reason for code, one in differ.items() if (reason := _against(one, *chosen[code], policies, busy))
    }:
        raise Refused(why)
    for code, one in differ.items():
        rights, scope = chosen[code]
        await session.exec(update(Post).where(col(Post.role) == code).values(rights=rights, scope=scope))
        before, after = {"rights": one.rights, "scope": one.scope}, {"rights": rights, "scope": scope}
        await noted(session, AUDIT, code, before, after, by, at)
    await session.flush()
    if differ and not await tunes(session, by, at):
        raise Refused({code: LAST_ACCESS for code, one in differ.items() if one.rights == Rights.TUNE})
    return list(differ)


def _against(role: Role, rights: str, scope: str, policies: Sequence[Policy], busy: Collection[str]) -> str | None:
    if rights not in tuple(Rights) or scope not in tuple(Scope):
        return UNKNOWN
    if Scope(scope) not in role.reaches:
        return TOO_NEAR
    if role.code in busy and rights not in WORKS:
        return Need.HAS_A_QUEUE
    return unfit(policies, role.code, Rights(rights), Scope(scope))


async def _with_work(session: AsyncSession) -> set[str]:
    """The roles whose posts have something open."""
    hands = (col(Task.handler) == col(Post.code)) | (col(Task.answerable) == col(Post.code))
    asked = select(Post.role).join(Task, hands).where(col(Task.done_at).is_(None)).distinct()
    return set((await session.exec(asked)).all())


async def _that_count(session: AsyncSession) -> list[Policy]:
    """The timings in force, and those of whatever is open."""
    newest = await current(session)
    asked = select(ServiceRequest.policy_version).where(~col(ServiceRequest.over)).distinct()
    older = [await version(session, number) for number in (await session.exec(asked)).all() if number != newest.version]
    return [newest, *(one for one in older if one is not None)]
