"""Holidays: those the library `holidays` knows, and the utility's own by their names. What a calendar says is what counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from holidays import country_holidays, list_supported_countries
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.database import codes, instant
from rules.profile import Holiday as Given
from rules.profile_catalog import ESTIMATED
from rules.terms import Codes

AUDIT = "holiday"


def public_holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a country (ISO 3166-1, with a subdivision or without) in a year, named in English.

    Names of days that depend on the moon and are still to come end in "(estimated)". LookupError for a country or
    subdivision the library does not know.
    """
    try:
        return dict(country_holidays(country, subdiv=subdivision, years=year, language="en_US").items())
    except NotImplementedError as error:
        raise LookupError(str(error)) from None


def subdivisions(country: str) -> list[str]:
    """The states of a country, as the library calls them."""
    return sorted(list_supported_countries().get(country, ()))


class Holiday(SQLModel, table=True):
    """A holiday by its name, everywhere or in one zone (""). Whether the day is closed, the calendars of the policy say.

    `estimated`: it hangs on the moon, and somebody is to confirm the day.
    """

    day: date = Field(primary_key=True)
    zone: str = Field(default="", primary_key=True, max_length=60)
    names: Codes = codes()
    estimated: bool = False
    confirmed_at: datetime | None = instant(optional=True)
    confirmed_by: int | None = None

    @property
    def open(self) -> bool:
        """Whether the day is still to be confirmed."""
        return self.estimated and self.confirmed_at is None


def given(holidays: Iterable[Given]) -> list[Holiday]:
    """The rows of a profile's holidays."""
    return [Holiday(day=one.day, names=dict(one.names), estimated=one.estimated) for one in holidays]


async def named(session: AsyncSession, first: date, last: date) -> list[Holiday]:
    """The holidays that have a name, from one day to another, both included."""
    asked = select(Holiday).where(col(Holiday.day).between(first, last)).order_by(col(Holiday.day), col(Holiday.zone))
    return list((await session.exec(asked)).all())


async def name_it(session: AsyncSession, day: date, zone: str, name: str, *, estimated: bool = False) -> None:
    """Give a day the name somebody wrote, in every language; a name there is stays."""
    if await session.get(Holiday, (day, zone)) is None:
        session.add(Holiday(day=day, zone=zone, names={"": name}, estimated=estimated))


async def confirm(session: AsyncSession, day: date, zone: str, by: int, at: datetime) -> bool:
    """Say that an estimated day is the day; whether there was anything to confirm."""
    row = await session.get(Holiday, (day, zone), with_for_update=True)
    if row is None or not row.open:
        return False
    row.confirmed_at, row.confirmed_by = at, by
    subject = f"{day} {zone}".strip()
    session.add(Audit(at=at, person=by, what=AUDIT, subject=subject, after={"holiday.confirmed": "yes"}, note=""))
    return True


def of_the_library(country: str, subdivision: str | None, year: int) -> list[Holiday]:
    """The public holidays of a year as rows nobody saved yet. LookupError as `public_holidays`."""
    found = public_holidays(country, subdivision, year)
    return [_read(day, name) for day, name in sorted(found.items())]


def _read(day: date, name: str) -> Holiday:
    return Holiday(day=day, names={"": " ".join(name.replace(ESTIMATED, "").split())}, estimated=ESTIMATED in name)
