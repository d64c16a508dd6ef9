"""The alarms as administrators set them, and what was told last: one row, which is also the turn of whoever looks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.database import codes, instant, rows
from models.outbox import Notification
from rules.alarms import Bounds, News, Watched, bounds_of
from rules.terms import Codes, NoticeKind

WHAT = "alarms"


class Alarms(SQLModel, table=True):
    """What administrators set (`bounds` as written, `addresses`, `language`), and what they were told last."""

    id: int = Field(default=1, primary_key=True)
    bounds: Codes = codes()
    addresses: list[str] = rows()
    language: str = Field(default="en", max_length=5)
    told: list[str] = rows()
    mailed_at: datetime | None = instant(optional=True)


@dataclass(frozen=True)
class Settings:
    """What can be set: bounds, whom a mail goes to, and in which language."""

    bounds: Bounds
    addresses: tuple[str, ...] = ()
    language: str = "en"


def settings_of(row: Alarms) -> Settings:
    """The settings a row keeps."""
    return Settings(bounds_of(row.bounds), tuple(row.addresses), row.language)


async def current(session: AsyncSession) -> Alarms:
    """The row as it is now, to be read."""
    return (await session.exec(select(Alarms))).one()


async def my_turn(session: AsyncSession) -> Alarms | None:
    """The row, held until the transaction ends; None while another holds it."""
    return (await session.exec(select(Alarms).with_for_update(skip_locked=True))).first()


async def keep(session: AsyncSession, settings: Settings, by: int, at: datetime) -> None:
    """Set the alarms anew, with a line in the audit of what differs."""
    row = (await session.exec(select(Alarms).with_for_update())).one()
    before, after = _plain(settings_of(row)), _plain(settings)
    differs = [key for key in after if before[key] != after[key]]
    if not differs:
        return
    row.bounds = {setting.name: str(getattr(settings.bounds, setting.name)) for setting in fields(Bounds)}
    row.addresses, row.language = list(settings.addresses), settings.language
    session.add(row)
    sides = ({f"{WHAT}.{key}": side[key] for key in differs} for side in (before, after))
    session.add(Audit(at=at, person=by, what=WHAT, subject="", before=next(sides), after=next(sides), note=""))


def _plain(settings: Settings) -> dict[str, str]:
    written = {setting.name: str(getattr(settings.bounds, setting.name)) for setting in fields(Bounds)}
    return {**written, "addresses": ", ".join(settings.addresses), "language": settings.language}


async def tell(
    session: AsyncSession, row: Alarms, said: News, values: dict[Watched, float | None], at: datetime
) -> None:
    """Queue one mail to each address, and keep what is told by it. `row` is held."""
    settings = settings_of(row)
    data = {name: _listed(which, values, settings.bounds) for name, which in vars(said).items()}
    one = secrets.token_hex(8)
    session.add_all(
        Notification(
            key=f"alarm/{one}/{place}", reference="", number=0, kind=NoticeKind.ALARM, address=address,
            language=settings.language, channels=["email"], data=data, queued=at, next_at=at,
        )
        for place, address in enumerate(settings.addresses)
    )  # fmt: skip
    row.told, row.mailed_at = sorted(said.broken | said.still), at
    session.add(row)


def _listed(
    which: Sequence[Watched] | frozenset[Watched], values: dict[Watched, float | None], bounds: Bounds
) -> list[Codes]:
    return [{"what": what, "value": values.get(what), "bound": bounds.limit(what)} for what in Watched if what in which]
