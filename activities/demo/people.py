"""The demo's consumers: accounts with names that say they are made up, on the utility's own feeders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import phonenumbers
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.demo.words import address, name
from models.people import Feeder, Fill, Leave, Locality, Office, Post
from models.policy import Names
from models.requests import Connection, Consumer

CONSUMERS = 300
FIRST_ACCOUNT = 40_010_000_100
FIRST_PHONE = 5_550_010_000
"""No subscriber's number begins with 555 in the countries of the shipped profiles."""
WITH_EMAIL = 0.4
LOADS_KW = (1.0, 2.0, 3.0, 5.0, 8.0)
LEAVE = (timedelta(days=60), timedelta(days=44))
"""How long ago the leave of one manager began and ended, so that a ladder that passed him over can be seen."""


@dataclass(frozen=True)
class Holder:
    """One who holds an account, and where it is. `email` None: gave none."""

    account: str
    name: str
    phone: str
    email: str | None
    address: str
    language: str
    locality: str
    feeder: str | None
    office: str
    zone: str
    area_class: str


async def holders(session: AsyncSession, dice: Random) -> list[Holder]:
    """Consumers with accounts, spread over all localities, written into the tables."""
    places = list((await session.exec(select(Locality).order_by(Locality.code))).all())
    offices = {office.code: office for office in (await session.exec(select(Office))).all()}
    lines = (await session.exec(select(Feeder).order_by(Feeder.code))).all()
    feeders = {place: line.code for line in lines for place in line.localities}
    languages, calling_code = await _languages(session), await _calling_code(session)
    found = []
    for number in range(CONSUMERS):
        place, language = places[number % len(places)], dice.choice(languages)
        office = offices[place.office]
        found.append(
            Holder(
                account=str(FIRST_ACCOUNT + 7 * number),
                name=name(language, dice),
                phone=f"+{calling_code}{FIRST_PHONE + number}",
                email=f"consumer{number + 1}@consumers.example" if dice.random() < WITH_EMAIL else None,
                address=address(language, dice),
                language=language,
                locality=place.code,
                feeder=feeders.get(place.code),
                office=office.code,
                zone=office.zone,
                area_class=office.area_class,
            )
        )
    await _keep(session, found, dice)
    return found


async def _keep(session: AsyncSession, holders: Sequence[Holder], dice: Random) -> None:
    people = [
        Consumer(name=one.name, phone=one.phone, email=one.email, address=one.address, account=one.account)
        for one in holders
    ]
    session.add_all(people)
    await session.flush()
    for one, person in zip(holders, people, strict=True):
        assert person.id is not None
        load = dice.choice(LOADS_KW)
        session.add(
            Connection(
                account=one.account, consumer_id=person.id, locality=one.locality, feeder=one.feeder, load_kw=load
            )
        )
    await session.flush()


async def _languages(session: AsyncSession) -> list[str]:
    row = await session.get(Names, ("utility", "languages"))
    return list(row.data["value"]) if row is not None else ["en"]


async def _calling_code(session: AsyncSession) -> int:
    row = await session.get(Names, ("utility", "country"))
    return phonenumbers.country_code_for_region(row.data["value"] if row is not None else "IN")


async def a_manager_on_leave(session: AsyncSession, now: datetime) -> str | None:
    """Let one manager have been away some weeks ago; the office he answers for, None if no office has one of its own."""
    asked = (
        select(Post.office, Fill.person)
        .join(Fill, col(Fill.post) == col(Post.code))
        .where(Post.rights == "answerable", Post.scope == "office", Fill.how == "person")
        .order_by(Post.code)
    )
    found = (await session.exec(asked)).first()
    if found is None:
        return None
    office, person = found
    session.add(Leave(person=person, since=now - LEAVE[0], until=now - LEAVE[1]))
    await session.flush()
    return office
