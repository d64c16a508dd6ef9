"""Zones, offices, localities, feeders and posts as an administrator keeps them: added and changed, each change in the audit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.naming import Overtaken, as_seen, noted
from models.people import Feeder, Locality, Office, Post, Zone

AUDIT = "places"
Row = Zone | Office | Locality | Feeder | Post
TABLES: Mapping[str, type[Row]] = {
    "zone": Zone,
    "office": Office,
    "locality": Locality,
    "feeder": Feeder,
    "post": Post,
}
TEXTS: Mapping[str, tuple[str, ...]] = {
    "zone": ("names", "addresses", "hours"),
    "office": ("names", "addresses", "hours"),
    "locality": ("names",),
    "feeder": ("names",),
    "post": ("titles",),
}
SINGLE: Mapping[str, tuple[str, ...]] = {
    "zone": ("phone",),
    "office": ("phone",),
    "locality": ("pin", "live_from", "ring"),
    "feeder": ("localities",),
    "post": (),
}
ONCE: Mapping[str, tuple[str, ...]] = {
    "zone": (),
    "office": ("zone", "area_class"),
    "locality": ("office",),
    "feeder": ("office",),
    "post": ("office", "zone", "role"),
}
"""What is said when one is added and stays: a place changes its office with its requests, as part of a move."""
FIRST: Mapping[str, tuple[str, ...]] = {"post": ("able", "most_tasks")}
"""What is said when one is added too, and changed elsewhere later: a post's work on the page of its roster."""
COMPANY = "company"
LONGEST_SEARCH = 600


@dataclass(frozen=True)
class Everywhere:
    """Everything there is, for the page that lists it."""

    zones: Sequence[Zone]
    offices: Sequence[Office]
    localities: Sequence[Locality]
    feeders: Sequence[Feeder]
    posts: Sequence[Post]


async def everywhere(session: AsyncSession) -> Everywhere:
    """All zones, offices, localities, feeders and posts by code."""

    async def rows(table: Any) -> Sequence[Any]:
        return (await session.exec(select(table).order_by(col(table.code)))).all()

    return Everywhere(*[await rows(table) for table in (Zone, Office, Locality, Feeder, Post)])


async def one(session: AsyncSession, kind: str, code: str) -> Row | None:
    """The row of this kind and code; None where there is none."""
    table = TABLES.get(kind)
    return None if table is None else await session.get(table, code)


def written(row: Row) -> dict[str, str]:
    """The row as a form has it."""
    kind = kind_of(row)
    said = {f"{key}-{language}": str(text) for key in TEXTS[kind] for language, text in getattr(row, key).items()}
    single = (*SINGLE[kind], *ONCE[kind], *FIRST.get(kind, ()))
    return said | {name: _plain(getattr(row, name)) for name in single}


def kind_of(row: Row) -> str:
    """What sort of place or post it is."""
    return next(kind for kind, table in TABLES.items() if isinstance(row, table))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return ",".join(value) if isinstance(value, list) else str(value or "")


def fingerprint(row: Row) -> str:
    """What tells whether it is still as it was looked at."""
    return as_seen(written(row))


async def change(
    session: AsyncSession, kind: str, code: str, fields: Mapping[str, Any], seen: str, by: int, at: datetime
) -> None:
    """Write a sound form down. Raises Overtaken, LookupError where there is none."""
    table: Any = TABLES[kind]
    row: Row | None = await session.get(table, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise LookupError(f"no {kind} {code}")
    if fingerprint(row) != seen:
        raise Overtaken
    before = written(row)
    _onto(row, fields, SINGLE[kind])
    session.add(row)
    await noted(session, AUDIT, f"{kind}/{code}", before, written(row), by, at)


async def add(session: AsyncSession, kind: str, fields: Mapping[str, Any], by: int, at: datetime) -> str:
    """A new one from a sound form; its code. A post has the rights and the reach of the others of its role."""
    code = f"{kind}-{secrets.token_hex(4)}"
    row = TABLES[kind](code=code, **{name: fields[name] for name in (*ONCE[kind], *FIRST.get(kind, ()))})
    if isinstance(row, Post):
        alike = (await session.exec(select(Post).where(Post.role == row.role).order_by(Post.code).limit(1))).one()
        row.rights, row.scope, row.since = alike.rights, alike.scope, at
    if isinstance(row, Office):
        row.since = at
    _onto(row, fields, SINGLE[kind])
    session.add(row)
    await session.flush()
    await noted(session, AUDIT, f"{kind}/{code}", {}, written(row), by, at)
    return code


def _onto(row: Row, fields: Mapping[str, Any], single: tuple[str, ...]) -> None:
    kind = kind_of(row)
    for key in TEXTS[kind]:
        start = f"{key}-"
        setattr(row, key, {k.removeprefix(start): v for k, v in fields.items() if k.startswith(start) and v})
    for name in single:
        setattr(row, name, fields[name])
    if isinstance(row, Locality):
        known = [*row.names.values(), row.pin, row.search]
        row.search = " ".join(dict.fromkeys(filter(None, known))).lower()[:LONGEST_SEARCH]


async def roles_of(session: AsyncSession) -> dict[str, str]:
    """Of each role where its posts stand: at an `office`, in a `zone`, or for the whole `company`."""
    asked = select(Post.role, Post.office, Post.zone).order_by(Post.role, col(Post.code).desc())
    return {role: _stands(office, zone) for role, office, zone in (await session.exec(asked)).all()}


def _stands(office: str | None, zone: str | None) -> str:
    return "office" if office is not None else "zone" if zone is not None else COMPANY
