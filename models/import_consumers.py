"""Consumers with their accounts from a sheet. A line is one account; an account that is there takes the line's values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.batches import batched
from models.people import Feeder, Locality
from models.policy import Names
from models.requests import Connection, Consumer
from models.telephones import MOBILE_OR_LANDLINE, telephone
from rules.sheet import Columns, Row, Sheet

COLUMNS = Columns(
    ("account", "locality"),
    ("name", "phone", "email", "address", "place", "feeder", "load_kw", "segment"),
    {"account": 20, "name": 120, "email": 254, "address": 400, "place": 200, "phone": 40},
)
PERSONAL = ("name", "email", "address", "place")
AT_ONCE = 2_000
MOST_KW = 1_000_000.0
Told = Callable[[int, int], None]


@dataclass
class Plan:
    """What a sheet would do: the values of each account, and which of them are there already."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    there: dict[str, int] = field(default_factory=dict)
    """The consumer of each account that is there."""


async def plan(session: AsyncSession, sheet: Sheet, told: Told = lambda done, of: None) -> Plan:
    """Check every line; faults are noted on the sheet, and nothing is written."""
    localities = set((await session.exec(select(Locality.code))).all())
    feeders = set((await session.exec(select(Feeder.code))).all())
    groups = set((await session.exec(select(Names.code).where(Names.kind == "segment"))).all())
    row = await session.get(Names, ("utility", "country"))
    country, made = str(row.data["value"]) if row else "IN", Plan()
    for done, line in enumerate(sheet.rows):
        if done % AT_ONCE == 0:
            told(done, len(sheet.rows))
        _account(line, localities, feeders, country, made, sheet)
        if line["segment"] and line["segment"] not in groups:
            sheet.wrong(line.line, "segment", f"there is no group of consumers {line['segment']!r}")
    for some in batched(list(made.accounts), AT_ONCE):
        asked = select(Connection.account, Connection.consumer_id).where(col(Connection.account).in_(some))
        made.there |= dict((await session.exec(asked)).all())
    return made


def _account(row: Row, localities: set[str], feeders: set[str], country: str, made: Plan, sheet: Sheet) -> None:
    account = row["account"]
    if account in made.accounts:
        sheet.wrong(row.line, "account", f"{account} stands in an earlier line already")
    if row["locality"] and row["locality"] not in localities:
        sheet.wrong(row.line, "locality", f"there is no locality {row['locality']!r}")
    if row["feeder"] and row["feeder"] not in feeders:
        sheet.wrong(row.line, "feeder", f"there is no feeder {row['feeder']!r}")
    values: dict[str, Any] = {name: row[name] or None for name in PERSONAL}
    values["phone"] = phone_of(row, country, sheet)
    made.accounts[account] = values | {
        "locality": row["locality"],
        "feeder": row["feeder"] or None,
        "segment": row["segment"] or None,
        "load_kw": _load(row, sheet),
    }


def phone_of(row: Row, country: str, sheet: Sheet) -> str | None:
    """The telephone number of a line as +CC…; None where there is none, or where it is noted as wrong."""
    if not row["phone"]:
        return None
    number = telephone(row["phone"], country, MOBILE_OR_LANDLINE)
    if number is None:
        sheet.wrong(row.line, "phone", f"{row['phone']!r} is no telephone number")
    return number


def _load(row: Row, sheet: Sheet) -> float:
    try:
        load = float(row["load_kw"] or 1.0)
    except ValueError:
        load = -1.0
    if not 0 < load <= MOST_KW:
        sheet.wrong(row.line, "load_kw", f"{row['load_kw']!r} is no load in kW")
    return load


async def write(session: AsyncSession, made: Plan, told: Told = lambda done, of: None) -> None:
    """Write a plan that has no faults, in pieces of one transaction."""
    done, of = 0, len(made.accounts)
    for some in batched(list(made.accounts.items()), AT_ONCE):
        told(done, of)
        await _added(session, [(account, values) for account, values in some if account not in made.there])
        await _changed(session, made, [(account, values) for account, values in some if account in made.there])
        done += len(some)
    told(of, of)


async def _added(session: AsyncSession, some: Sequence[tuple[str, dict[str, Any]]]) -> None:
    if not some:
        return
    people = [{**_personal(values), "account": account} for account, values in some]
    made = await session.exec(insert(Consumer).returning(col(Consumer.id), sort_by_parameter_order=True), params=people)
    ids = made.scalars().all()
    rows = [
        {"account": account, "consumer_id": id, **_supply(values)}
        for (account, values), id in zip(some, ids, strict=True)
    ]
    await session.exec(insert(Connection), params=rows)


async def _changed(session: AsyncSession, made: Plan, some: Sequence[tuple[str, dict[str, Any]]]) -> None:
    if not some:
        return
    await session.exec(
        update(Consumer), params=[{"id": made.there[account], **_personal(values)} for account, values in some]
    )
    await session.exec(update(Connection), params=[{"account": account, **_supply(values)} for account, values in some])


def _personal(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in (*PERSONAL, "phone")}


def _supply(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("locality", "feeder", "load_kw", "segment")}
