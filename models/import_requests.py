"""Open requests from a sheet, brought forward from what the utility used before. A line is one; repeating a file changes nothing.

The registered instant counts for the standard; the ladder begins at the import, at the tier the line names. Nothing of the
past is fired or announced.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import import_applications
from models.batches import batched
from models.events import Event
from models.ground import standard_columns, standard_of, utility_zone
from models.himself import marks_of, staff_marks
from models.import_applications import begins
from models.import_consumers import phone_of
from models.import_lines import Known, among, moment, place, tier
from models.intake import first_line
from models.people import Locality, Office
from models.policy import Names
from models.policy_versions import SAVING, current
from models.requests import Connection, Consumer, ServiceRequest, Words
from models.segments import segments
from rules import reference
from rules.assignment import segment_of
from rules.due import due
from rules.policy import UNPLACED, Timing, ladder_of, timing_of
from rules.procedure import Procedure
from rules.sheet import Columns, Row, Sheet
from rules.terms import Channel, Codes, Kind, State

COLUMNS = Columns(
    ("number", "category", "registered"),
    (
        "tier",
        "locality",
        "account",
        "words",
        "name",
        "phone",
        "email",
        "address",
        "place",
        "language",
        "channel",
        *import_applications.COLUMNS,
    ),
    {
        "number": 40,
        "words": 2000,
        "name": 120,
        "email": 254,
        "address": 400,
        "place": 200,
        "phone": 40,
        "account": 20,
        "done": 400,
    },
)
PERSONAL = ("name", "email", "address", "place", "account")
AT_ONCE = 2_000
Told = Callable[[int, int], None]


def unheard(done: int, of: int) -> None:
    """Nobody is told how far it is."""


@dataclass(frozen=True)
class Found:
    """A line that can be written: its old number, who asked, what he said, and the row without ids."""

    number: str
    consumer: dict[str, Any]
    words: str
    row: dict[str, Any]


@dataclass
class Plan:
    """What a sheet would do."""

    found: list[Found] = field(default_factory=list)
    unchanged: int = 0


async def plan(session: AsyncSession, sheet: Sheet, at: datetime, told: Told = unheard) -> Plan:
    """Check every line; faults are noted on the sheet, and nothing is written."""
    await session.exec(select(func.pg_advisory_xact_lock_shared(SAVING)))
    known, made, seen = await _known(session, sheet, at), Plan(), set[str]()
    for done, line in enumerate(sheet.rows):
        if done % AT_ONCE == 0:
            told(done, len(sheet.rows))
        if line["number"] in seen:
            sheet.wrong(line.line, "number", f"{line['number']} stands in an earlier line already")
        seen.add(line["number"])
        if _token(line["number"]) in known.there:
            made.unchanged += 1
        elif found := _read(line, known, sheet):
            made.found.append(found)
    return made


async def write(session: AsyncSession, made: Plan, at: datetime, told: Told = unheard) -> None:
    """Write a plan that has no faults, in pieces of one transaction; their workflows are then started like any other's."""
    numbers = await _free_numbers(session, len(made.found))
    done, of = 0, len(made.found)
    for begin in range(0, of, AT_ONCE):
        told(done, of)
        some = made.found[begin : begin + AT_ONCE]
        await _written(session, some, numbers[begin : begin + AT_ONCE], at)
        done += len(some)
    told(of, of)


async def _written(session: AsyncSession, some: Sequence[Found], numbers: Sequence[str], at: datetime) -> None:
    people = await _ids(session, Consumer, [one.consumer for one in some])
    bodies = [{"reference": number, "body": one.words} for one, number in zip(some, numbers, strict=True)]
    words = await _ids(session, Words, bodies)
    rows, lines = [], []
    for one, number, person, said in zip(some, numbers, people, words, strict=True):
        made = ServiceRequest(
            reference=number, consumer_id=person, words_id=said, token=_token(one.number), changed_at=at, **one.row
        )
        rows.append(made.model_dump())
        lines.append(first_line(made, at, brought=one.number).model_dump())
    await session.exec(insert(ServiceRequest), params=rows)
    await session.exec(insert(Event), params=lines)


async def _ids(session: AsyncSession, table: type[Consumer | Words], rows: list[dict[str, Any]]) -> Sequence[int]:
    made = await session.exec(insert(table).returning(col(table.id), sort_by_parameter_order=True), params=rows)
    ids: Sequence[int] = made.scalars().all()
    return ids


def _token(number: str) -> str:
    """By what a line is known again."""
    return f"brought/{number}"


async def _free_numbers(session: AsyncSession, count: int) -> list[str]:
    taken = set((await session.exec(select(ServiceRequest.reference))).all())
    found: list[str] = []
    while len(found) < count:
        number = reference.new(10_000_000 + secrets.randbelow(90_000_000))
        if number not in taken:
            taken.add(number)
            found.append(number)
    return found


async def _known(session: AsyncSession, sheet: Sheet, at: datetime) -> Known:
    utility = {row.code: row.data for row in (await session.exec(select(Names).where(Names.kind == "utility"))).all()}
    named = [line["account"] for line in sheet.rows if line["account"]]
    accounts: dict[str, Connection] = {}
    for some in batched(named, AT_ONCE):
        held = select(Connection).where(col(Connection.account).in_(some))
        accounts |= {row.account: row for row in (await session.exec(held)).all()}
    there = select(ServiceRequest.token).where(col(ServiceRequest.token).startswith("brought/"))
    return Known(
        await current(session),
        {row.code: row for row in (await session.exec(select(Office))).all()},
        dict((await session.exec(select(Locality.code, Locality.office))).all()),
        accounts,
        frozenset((await session.exec(there)).all()),
        await segments(session),
        await staff_marks(session),
        tuple(utility.get("languages", {}).get("value", ("en",))),
        str(utility.get("country", {}).get("value", "IN")),
        ZoneInfo(await utility_zone(session)),
        at,
    )


def _read(line: Row, known: Known, sheet: Sheet) -> Found | None:
    """The line as it would be written; None where something is wrong, which is then noted."""
    registered = moment(line, "registered", known, sheet)
    office, locality, feeder = place(line, known, sheet)
    language, channel = line["language"] or known.languages[0], line["channel"] or Channel.LETTER.value
    among(line, "language", language, known.languages, sheet)
    among(line, "channel", channel, [one.value for one in Channel], sheet)
    phone = phone_of(line, known.country, sheet)
    procedure = known.policy.procedures.get(line["category"])
    if procedure is None and (line["category"] not in known.policy.timings or line["category"] == UNPLACED):
        if line["category"]:
            sheet.wrong(
                line.line, "category", f"there is no category {line['category']!r} of complaints or applications"
            )
        return None
    if registered is None or office is None:
        return None
    row = _row(line, known, procedure, registered, office)
    if procedure is None:
        row |= _of_a_complaint(line, known, timing_of(known.policy, line["category"], office.area_class), sheet)
    else:
        row |= import_applications.of(line, known, procedure, registered, sheet)
    held = known.accounts.get(line["account"])
    row |= {"locality": locality, "feeder": feeder, "language": language, "channel": channel}
    marks = marks_of(phone, line["email"])
    row["concerned"] = sorted({person for mark in marks for person in known.staff.get(mark, ())})
    row["segment"] = _segment(known, held, row.get("application", {}), locality)
    personal = {name: line[name] or None for name in PERSONAL} | {"phone": phone}
    return Found(line["number"], personal, line["words"], row)


def _of_a_complaint(line: Row, known: Known, timing: Timing, sheet: Sheet) -> dict[str, Any]:
    for column in import_applications.COLUMNS:
        if line[column]:
            sheet.wrong(line.line, column, "this is said of an application alone")
    return {"brought_tier": tier(line, len(ladder_of(known.policy, timing).tiers), sheet)}


def _segment(known: Known, held: Connection | None, application: Codes, locality: str | None) -> str | None:
    """The group it belongs to: by its account's mark or the applicant's sort, by a load, or by its locality."""
    marked, load = (held.segment, held.load_kw) if held else (None, None)
    if application:
        marked, load = marked or application["applicant"], max(load or 0, float(application.get("load") or 0))
    return segment_of(known.groups, marked, load, locality)


def _row(line: Row, known: Known, procedure: Procedure | None, registered: datetime, office: Office) -> dict[str, Any]:
    """What is known of the request itself. A standard that is over is over: nobody is told of it now."""
    timing = timing_of(known.policy, line["category"], office.area_class) if procedure is None else begins(procedure)
    made = ServiceRequest(
        reference="",
        kind=(Kind.COMPLAINT if procedure is None else procedure.kind).value,
        category=line["category"],
        state=State.RECEIVED.value,
        changed_at=known.at,
        registered_at=registered,
        policy_version=known.policy.version,
        area_class=office.area_class,
        office=office.code,
        zone=office.zone,
        site_office=office.code,
        site_zone=office.zone,
        channel="",
        language="",
        consumer_id=0,
        token="",
        safety=timing.safety,
        confidential=timing.confidential,
        brought_at=known.at,
        **standard_columns(timing),
    )
    standard = standard_of(made, known.policy)
    if standard is not None:
        made.standard_due = due(standard.time, registered, (), standard.calendar)
        if made.standard_due is not None and made.standard_due <= known.at:
            made.standard_lapsed_at = made.standard_due
    unset = {"reference", "consumer_id", "words_id", "token", "changed_at", "channel", "language", "locality", "feeder"}
    return made.model_dump(exclude=unset | {"segment", "brought_tier", "concerned", "application", "brought_done"})
