"""The page of a demand note: what it is for, until when, how to pay. Its address is given to the applicant and on its sheet."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from languages.catalog import current, named
from languages.connections import note_label
from models.notes import NoteOf, note_of, number_that_counts
from rules.case import NoteState
from web.book import Book
from web.consumer.noted import NoteTold
from web.consumer.sending import qr
from web.consumer.visitor import Own, Reference
from web.deps import Db, Now, Parts
from web.errors import NotFound
from web.onewindow import Onewindow
from web.pdf.answer import sheet_answer
from web.pdf.sheets import demand_note
from web.pdf.values import DemandNote, Issuer
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Number = Annotated[str, Path(max_length=14)]
Key = Annotated[str, Path(max_length=40)]


def key_of(secret: str, number: str) -> str:
    """What the address of a demand note ends with: nobody finds it by its number alone."""
    return hmac.new(secret.encode(), f"pay/{number}".encode(), hashlib.sha256).hexdigest()[:20]


def address_of(parts: Onewindow, number: str) -> str:
    """The whole address of a demand note's page."""
    return f"{parts.public_url}/pay/{number}/{key_of(parts.secret, number)}"


async def found(number: Number, key: Key, db: Db, parts: Parts) -> NoteOf:
    """The note of this address; NotFound when number and key do not belong together."""
    if not hmac.compare_digest(key_of(parts.secret, number).encode(), key.encode()):
        raise NotFound
    note = await db.read(note_of, number)
    if note is None:
        raise NotFound
    return note


Found = Annotated[NoteOf, Depends(found)]


@router.get("/track/{reference}/note")
async def of_request(reference: Reference, is_own: Own, db: Db, parts: Parts) -> Response:
    """To the demand note that counts; first the proof that the request is the reader's own."""
    if not is_own:
        return see_other(f"/track/{reference}/code")
    number = await db.read(number_that_counts, reference)
    if number is None:
        raise NotFound
    return see_other(f"/pay/{number}/{key_of(parts.secret, number)}")


@router.get("/pay/{number}/{key}")
async def show(found: Found, request: Request, parts: Parts, now: Now) -> Response:
    """Lines, total, what is paid, until when, and the ways to pay."""
    note = told(found, parts.book)
    address = address_of(parts, note.number)
    context: dict[str, Any] = {
        "reference": found.request.reference,
        "note": note,
        "now": now,
        "address": address,
        "code": qr(address),
        "gateway": gateway(parts, found) if note.payable else "",
        "office": parts.book.office(found.request.office),
        "errors": {},
    }
    return page(request, "pay/note.html", **context)


@router.get("/pay/{number}/{key}/sheet")
async def sheet(found: Found, parts: Parts) -> Response:
    """The same as a PDF to keep or to print."""
    note = told(found, parts.book)
    value = DemandNote(
        found.request.reference,
        note.number,
        found.name,
        found.address,
        note.lines,
        note.total,
        note.paid,
        note.issued_at,
        note.expires_at,
        address_of(parts, note.number),
    )
    made = partial(demand_note, value, issuer_of(found.request.office, parts), current())
    return await sheet_answer(made, f"demand-note-{note.number}")


def told(found: NoteOf, book: Book) -> NoteTold:
    """The note in the language in use."""
    row = found.note
    return NoteTold(
        number=row.number,
        state=row.state,
        stands=note_label(NoteState(row.state)),
        lines=tuple((book.label("fee", str(line["code"])), int(str(line["amount"]))) for line in row.lines),
        total=row.total,
        paid=found.paid,
        to_pay=found.to_pay,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
    )


def issuer_of(office: str, parts: Onewindow) -> Issuer:
    """The utility and the office that issues it."""
    book, own = parts.book, parts.book.office(office)
    address, phone = (named(own.addresses), own.phone) if own else ("", book.utility("phone"))
    return Issuer(book.utility("name") or "Onewindow", book.name("office", office), address, phone, parts.zone)


def gateway(parts: Onewindow, found: NoteOf) -> str:
    """The bank's page for what is left to pay; "" where the utility has none."""
    if parts.payment_url is None:
        return ""
    told = {
        "note": found.note.number,
        "amount": str(found.to_pay),
        "back": address_of(parts, found.note.number),
    }
    address = parts.payment_url
    for name, value in told.items():
        address = address.replace(f"{{{name}}}", quote(value, safe=""))
    return address
