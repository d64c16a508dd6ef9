"""The saved replies as an administrator keeps them: written, changed and thrown away, each change in the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.policy import Names
from models.policy_versions import raise_edition
from rules.replies import Reply, Use

KIND = "reply"
MOST = 100


class TooMany(Exception):
    """There are as many saved replies as there may be."""


async def keep(session: AsyncSession, reply: Reply, by: int, at: datetime) -> None:
    """Write a saved reply, new or in the place of the one of its code. Raises TooMany."""
    row = await session.get(Names, (KIND, reply.code), with_for_update=True)
    before = _plain(row)
    if row is None:
        row = Names(kind=KIND, code=reply.code, place=await _last(session) + 1)
    row.labels, row.data = dict(reply.titles), {"use": reply.use.value, "texts": dict(reply.texts)}
    session.add(row)
    await _changed(session, reply.code, before, _plain(row), by, at)


async def throw_away(session: AsyncSession, code: str, by: int, at: datetime) -> bool:
    """Delete one; whether there was one. What was written from it stays."""
    row = await session.get(Names, (KIND, code), with_for_update=True)
    if row is None:
        return False
    await session.delete(row)
    await _changed(session, code, _plain(row), {}, by, at)
    return True


async def _last(session: AsyncSession) -> int:
    asked = select(func.count(), func.max(Names.place)).where(col(Names.kind) == KIND)
    count, place = (await session.exec(asked)).one()
    if count >= MOST:
        raise TooMany
    return place or 0


async def _changed(
    session: AsyncSession, code: str, before: dict[str, str], after: dict[str, str], by: int, at: datetime
) -> None:
    differs = {key for key in before | after if before.get(key) != after.get(key)}
    if not differs:
        return
    before, after = ({f"{KIND}.{key}": side[key] for key in side if key in differs} for side in (before, after))
    session.add(Audit(at=at, person=by, what=KIND, subject=code, before=before, after=after, note=""))
    await raise_edition(session)


def _plain(row: Names | None) -> dict[str, str]:
    """A reply by language, as the audit shows it."""
    if row is None:
        return {}
    said: dict[str, Any] = {f"title {code}": text for code, text in row.labels.items()}
    said |= {f"text {code}": text for code, text in (row.data.get("texts") or {}).items()}
    return {"use": Use(row.data["use"]).value, **said}
