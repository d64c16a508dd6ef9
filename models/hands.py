"""What each post has in hand now, and whether somebody is there: what one wants to know who gives it work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.ground import fillings, utility_zone
from models.people import Post
from rules.ladder import Seat, present


@dataclass(frozen=True)
class Hand:
    """How many tasks a post has open, how many it is to have (None: any number), and whether somebody is in it now."""

    open: int
    most: int | None
    there: bool


async def hands(session: AsyncSession, codes: Collection[str], at: datetime) -> dict[str, Hand]:
    """These posts as they are at `at`."""
    filled = await fillings(session, codes, await utility_zone(session))
    posts = (await session.exec(select(Post).where(col(Post.code).in_(codes)))).all()
    return {
        post.code: Hand(
            post.open_tasks,
            post.most_tasks,
            isinstance(present(Seat(post.code, filled.get(post.code, ())), at), int),
        )
        for post in posts
    }
