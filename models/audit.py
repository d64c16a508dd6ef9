"""The audit: who changed or saw what. It can only grow, and each entry carries the hash of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, String, cast, or_, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import codes, instant
from models.database import text as long_text
from rules.terms import Codes

OPENED, REFUSED = "opened", "opening_refused"
"""That somebody saw a confidential request, or asked for it and was not let in: told on the request's page alone."""


class Audit(SQLModel, table=True):
    """One change with before and after, or one look at what is confidential. The database itself gives the last three.

    `place` in the chain is given at the commit; entries are in the order in which they became true.
    """

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    person: int | None = None
    what: str = Field(max_length=60, index=True)
    subject: str = Field(default="", max_length=120)
    before: Codes = codes()
    after: Codes = codes()
    note: str = long_text()
    place: int | None = Field(default=None, sa_type=BigInteger, unique=True, index=True)
    previous: str = Field(default="", max_length=64)
    hash: str = Field(default="", max_length=64)


@dataclass(frozen=True)
class Search:
    """Which entries. `words` are looked for in note, subject and values; `since` is within, `until` without."""

    words: str = ""
    what: str | None = None
    person: int | None = None
    since: datetime | None = None
    until: datetime | None = None


async def entries(session: AsyncSession, search: Search, below: int | None = None, limit: int = 50) -> Sequence[Audit]:
    """Entries newest first, from below the one with this id; never who opened what is confidential."""
    found = select(Audit).where(col(Audit.what).not_in((OPENED, REFUSED)))
    if search.words:
        places = (col(Audit.note), col(Audit.subject), cast(Audit.before, String), cast(Audit.after, String))
        found = found.where(or_(*(place.icontains(search.words, autoescape=True) for place in places)))
    if search.what is not None:
        found = found.where(Audit.what == search.what)
    if search.person is not None:
        found = found.where(Audit.person == search.person)
    if search.since is not None:
        found = found.where(col(Audit.at) >= search.since)
    if search.until is not None:
        found = found.where(col(Audit.at) < search.until)
    if below is not None:
        found = found.where(col(Audit.id) < below)
    return (await session.exec(found.order_by(col(Audit.id).desc()).limit(limit))).all()


async def sorts(session: AsyncSession) -> Sequence[str]:
    """What entries there are about."""
    found = select(Audit.what).where(col(Audit.what).not_in((OPENED, REFUSED))).distinct().order_by(Audit.what)
    return (await session.exec(found)).all()


async def everything(session: AsyncSession) -> Sequence[Audit]:
    """Every entry, those about confidential requests too, in the chain's order."""
    return (await session.exec(select(Audit).order_by(col(Audit.place)))).all()


@dataclass(frozen=True)
class Checked:
    """What looking at the whole chain found.

    `broken`: the place of the first entry that is not as it was written, None when all are. `head`: the last entry's hash;
    whoever keeps it elsewhere can tell later that nothing was cut off.
    """

    entries: int
    head: str
    broken: int | None


CHAIN = text("""
    with told as (
        select place, previous, hash,
            lag(hash, 1, '') over (order by place) as prior, row_number() over (order by place) as expected,
            encode(sha256(convert_to(jsonb_build_array(
                id, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), person, what, subject,
                before, after, note, place, previous)::text, 'UTF8')), 'hex') as hashed
        from audit)
    select count(*) as entries, coalesce((array_agg(hash order by place desc))[1], '') as head,
        min(coalesce(place, 0)) filter (
            where place is null or place <> expected or previous <> prior or hash <> hashed) as broken
    from told
""")
"""The hashes are computed anew here, not by what the database keeps for it: who can change entries can change that too."""


async def checked(session: AsyncSession) -> Checked:
    """Look at every entry of the chain; 0 in `broken` stands for one without a place."""
    found = (await session.exec(CHAIN)).one()  # type: ignore[call-overload]
    return Checked(found.entries, found.head, found.broken)


async def head_at(session: AsyncSession, place: int) -> str | None:
    """The hash of the entry at this place; None when the chain does not reach so far."""
    return (await session.exec(select(Audit.hash).where(Audit.place == place))).first()
