"""What a connection request gathers: demand notes, payments, what it took from others, and the meters of the stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Index, bindparam, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import instant, rows
from models.papers import Document
from rules import case as rules
from rules.papers import DocumentState

NOT_COUNTED = (DocumentState.SENT.value, DocumentState.INFECTED.value)
"""States of documents that are no part of the case."""


class DemandNote(SQLModel, table=True):
    """A demand note; money in minor units. What was paid is in the payments."""

    __tablename__ = "demand_note"

    number: str = Field(primary_key=True, max_length=14)
    reference: str = Field(foreign_key="service_request.reference", index=True, max_length=9)
    lines: list[dict[str, object]] = rows()
    total: int = Field(sa_type=BigInteger)
    issued_at: datetime = instant()
    expires_at: datetime | None = instant(optional=True)
    state: str = Field(max_length=10)


class Payment(SQLModel, table=True):
    """Money that came in, or went back (below zero); once per id of whoever sent it."""

    id: str = Field(primary_key=True, max_length=120)
    reference: str = Field(foreign_key="service_request.reference", index=True, max_length=9)
    amount: int = Field(sa_type=BigInteger)
    at: datetime = instant()
    by: str = Field(max_length=10)
    note: str | None = Field(default=None, max_length=14)


class Taken(SQLModel, table=True):
    """What a request took, until it was undone: nobody else can take the same meanwhile."""

    __table_args__ = (Index("ux_taken_held", "what", "key", unique=True, postgresql_where=text("undone_at is null")),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(foreign_key="service_request.reference", index=True, max_length=9)
    what: str = Field(max_length=10)
    key: str = Field(max_length=100)
    taken_at: datetime = instant()
    undone_at: datetime | None = instant(optional=True)


class Meter(SQLModel, table=True):
    """A meter the utility owns; it is in stock while no request holds it and no connection has it."""

    number: str = Field(primary_key=True, max_length=40)
    office: str | None = Field(default=None, max_length=60)
    fitted_at: str | None = Field(default=None, max_length=20)
    """The account it is fitted at, None in stock."""


async def case_of(session: AsyncSession, reference: str) -> rules.Case:
    """What this request gathered, as the rules see it."""
    return (await cases_of(session, [reference]))[reference]


THEIRS: BindParameter[Any] = bindparam("references", expanding=True)
NOTES = (
    select(DemandNote)
    .where(col(DemandNote.reference).in_(THEIRS))
    .order_by(col(DemandNote.issued_at), DemandNote.number)
)
PAYMENTS = select(Payment).where(col(Payment.reference).in_(THEIRS)).order_by(col(Payment.at))
TAKINGS = select(Taken).where(col(Taken.reference).in_(THEIRS)).order_by(col(Taken.id))
PAPERS = (
    select(Document)
    .where(col(Document.reference).in_(THEIRS), col(Document.state).not_in(NOT_COUNTED))
    .order_by(col(Document.uploaded_at), Document.id)
)
"""Asked at every step of an application and for each of its pages, so they are built once."""


async def cases_of(session: AsyncSession, references: Sequence[str]) -> dict[str, rules.Case]:
    """What each of these requests gathered."""
    cases = {reference: rules.Case() for reference in references}
    of = {"references": list(references)}
    for note in await session.exec(NOTES, params=of):
        cases[note.reference].notes.append(_note(note))
    for paid in await session.exec(PAYMENTS, params=of):
        cases[paid.reference].payments.append(rules.Payment(paid.id, paid.amount, paid.at, paid.by, paid.note))
    for one in await session.exec(TAKINGS, params=of):
        cases[one.reference].takings.append(rules.Taking(one.what, one.key, one.taken_at, one.undone_at))
    for paper in await session.exec(PAPERS, params=of):
        cases[str(paper.reference)].papers.append(_paper(paper))
    return cases


def _paper(row: Document) -> rules.Paper:
    fault = None if row.fault is None else rules.Fault(row.fault)
    return rules.Paper(row.id, row.paper, DocumentState(row.state), fault)


def _note(row: DemandNote) -> rules.Note:
    lines = [rules.Line(str(line["code"]), int(str(line["amount"]))) for line in row.lines]
    return rules.Note(row.number, lines, row.total, row.issued_at, row.expires_at, rules.NoteState(row.state))


async def keep_case(session: AsyncSession, reference: str, case: rules.Case) -> None:
    """Write what a turn made of it: new rows added, changed ones changed, in the order in which others look for them."""
    for note in case.notes:
        row = await session.get(DemandNote, note.number) or DemandNote(
            number=note.number, reference=reference, total=note.total, issued_at=note.issued_at, state=""
        )
        row.lines = [{"code": line.code, "amount": line.amount} for line in note.lines]
        row.expires_at, row.state = note.expires_at, note.state.value
        session.add(row)
    for paid in case.payments:
        if await session.get(Payment, paid.id) is None:
            session.add(
                Payment(id=paid.id, reference=reference, amount=paid.amount, at=paid.at, by=paid.by, note=paid.note)
            )
    await _keep_takings(session, reference, case.takings)
    for paper in case.papers:
        found = await session.get(Document, paper.id)
        if found is not None:
            found.state, found.fault = paper.state.value, None if paper.fault is None else paper.fault.value
            session.add(found)


async def _keep_takings(session: AsyncSession, reference: str, takings: Sequence[rules.Taking]) -> None:
    before = (await session.exec(select(Taken).where(Taken.reference == reference))).all()
    kept = {(row.what, row.key, row.taken_at): row for row in before}
    for taking in takings:
        row = kept.get((taking.what, taking.key, taking.taken_at))
        if row is None:
            row = Taken(reference=reference, what=taking.what, key=taking.key, taken_at=taking.taken_at)
        row.undone_at = taking.undone_at
        session.add(row)
    await session.flush()


async def taken_slots(session: AsyncSession, office: str, since: datetime) -> frozenset[str]:
    """Keys of the visit slots of an office that are taken; those that begin before `since` are of no interest."""
    prefix = f"{office}/"
    asked = select(Taken.key).where(
        Taken.what == "slot",
        col(Taken.undone_at).is_(None),
        col(Taken.key).startswith(prefix, autoescape=True),
        col(Taken.key) >= f"{prefix}{since:%Y-%m-%d}",
    )
    return frozenset((await session.exec(asked)).all())


async def meter_state(session: AsyncSession, number: str) -> str | None:
    """ "stock" or "fitted"; None for a meter the utility does not know."""
    meter = await session.get(Meter, number)
    if meter is None:
        return None
    held = select(Taken.id).where(Taken.what == "meter", Taken.key == number, col(Taken.undone_at).is_(None))
    return "fitted" if meter.fitted_at or (await session.exec(held)).first() is not None else "stock"


async def meters_back(session: AsyncSession, numbers: Sequence[str], at: datetime) -> None:
    """Bring meters back to stock, whoever had taken them."""
    for number in numbers:
        meter = await session.get(Meter, number)
        if meter is not None:
            meter.fitted_at = None
            session.add(meter)
        held = select(Taken).where(Taken.what == "meter", Taken.key == number, col(Taken.undone_at).is_(None))
        for row in (await session.exec(held)).all():
            row.undone_at = at
            session.add(row)


async def stock(session: AsyncSession, numbers: Mapping[str, str | None]) -> None:
    """Add meters to the stock: their numbers, and the office each lies at."""
    session.add_all([Meter(number=number, office=office) for number, office in numbers.items()])
