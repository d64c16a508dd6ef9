"""Filing a request: registered in one transaction, once for each key, whatever else is away."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response

from languages.catalog import N_, current, gettext
from models.intake import New, NotYetLive, TooManyFiled, UnknownCode
from models.public_api import Key, KeyReused, file_once
from models.telephones import telephone
from rules.policy import Limits
from rules.reference import normalise
from rules.terms import Channel, State
from web.about import said_of
from web.api.bodies import Filing, Registered
from web.api.catalog import read
from web.api.description import problems_of
from web.api.problems import INVALID, KEY_REUSED, TOO_MANY_FILED, Api, Problem, invalid
from web.book import Book
from web.consumer.steps import is_confidential, is_email, not_live
from web.deps import Now, Parts
from web.errors import FieldError

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["requests"])
ACCOUNT = 20
UNKNOWN = {
    "category": N_("Choose what it is about."),
    "locality": N_("We do not find this place. Type it another way, or say you do not know."),
    "applicant": N_("Choose who applies."),
    "load": N_("This load cannot be asked for."),
    "voltage": N_("This voltage cannot be asked for."),
    "account": N_("We do not know this account number. Look at your bill, or type your locality."),
    "language": N_("Choose the language of our messages."),
    "consumer.phone": N_("This is not a telephone number. A mobile number has 10 digits."),
    "consumer.email": N_("This is not an e-mail address. It looks like name@example.org."),
    "about": N_("Choose the post from the list, or leave it empty."),
    "called": N_("A name is taken only with a report that stays confidential. Leave it empty."),
    "place": N_("Tell us something near it, so that we can find it."),
}
"""What is said of a field that does not hold what the utility knows."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e][\x20-\x7e]*$",
        description="A random text of the caller's (a UUID): with the same key and body the same request is answered",
    ),
]
LOCATION = {"Location": {"description": "Where the request can be followed", "schema": {"type": "string"}}}


def wrong_fields(filing: Filing, book: Book) -> list[FieldError]:
    """The fields that cannot be taken, as far as it can be told without the tables."""
    asker, country = filing.consumer, book.value("country", "IN")
    account = normalise(filing.account or "")
    found = {
        "account": bool(account) and not (account.isascii() and account.isalnum() and len(account) <= ACCOUNT),
        "language": filing.language is not None and filing.language not in book.languages,
        "about": bool(filing.about) and book.post(filing.about) is None,
        "called": bool(filing.called) and not is_confidential(filing.category, book),
        "place": not (filing.locality or filing.account or filing.place or filing.address),
        "consumer.phone": bool(asker.phone) and telephone(asker.phone or "", country) is None,
        "consumer.email": bool(asker.email) and not is_email(asker.email or ""),
    }
    return [FieldError(field, gettext(UNKNOWN[field])) for field, wrong in found.items() if wrong]


def new_request(filing: Filing, book: Book, token: str, at: datetime) -> New:
    """The request this body asks for; what was left empty is None."""
    asker = filing.consumer
    spoken = current() if current() in book.languages else book.languages[0]
    return New(
        kind=filing.kind,
        category=filing.category,
        channel=Channel(filing.channel),
        language=filing.language or spoken,
        description=filing.description,
        token=token,
        at=at,
        locality=filing.locality,
        account=normalise(filing.account or "") or None,
        place=filing.place or None,
        address=filing.address or None,
        name=asker.name or None,
        phone=telephone(asker.phone, book.value("country", "IN")) if asker.phone else None,
        email=asker.email or None,
        about=filing.about or None,
        called=filing.called or None,
        application={"applicant": filing.applicant, "load": filing.load, "voltage": filing.voltage},
    )


def _wrong(field: str, filing: Filing, book: Book) -> str:
    """What is wrong with a field that names nothing there is; of a load, what may be asked for."""
    said, policy = gettext(UNKNOWN[field]), book.policies.get(book.newest)
    procedure = policy.procedures.get(filing.category) if policy else None
    if field != "load" or procedure is None or procedure.loads is None:
        return said
    loads = procedure.loads
    allowed = gettext(
        "From %(least)s to %(most)s kW, in steps of %(step)s.", least=loads.least, most=loads.most, step=loads.step
    )
    return f"{said} {allowed}"


@router.post(
    "/requests",
    operation_id="file",
    summary="File a request",
    status_code=201,
    responses={201: {"headers": LOCATION}, **problems_of(INVALID, KEY_REUSED, TOO_MANY_FILED, plain=(413, 503))},
)
async def file(
    filing: Filing, parts: Parts, now: Now, response: Response, idempotency_key: IdempotencyKey = None
) -> Registered:
    """Register a request and answer its number. The number is final: work on it begins by itself."""
    book = await read(parts)
    if errors := wrong_fields(filing, book):
        raise Problem(INVALID, errors=errors)
    key = Key(idempotency_key, filing.fingerprint()) if idempotency_key else None
    drawn = hashlib.sha256(key.value.encode()).hexdigest() if key else secrets.token_urlsafe(18)
    policy = book.policies.get(book.newest)
    new = said_of(new_request(filing, book, f"api/{drawn}", now), book)
    try:
        filed = await parts.database.write(file_once, new, policy.limits if policy else Limits(), key, book.policies)
    except NotYetLive as later:
        raise invalid(later.field, not_live(book, later.place, now)) from None
    except UnknownCode as unknown:
        raise invalid(unknown.field, _wrong(unknown.field, filing, book)) from None
    except TooManyFiled:
        raise Problem(TOO_MANY_FILED) from None
    except KeyReused:
        raise Problem(KEY_REUSED) from None
    await parts.door.wake()
    response.headers["Location"] = f"/api/v1/requests/{filed.reference}"
    response.headers["Cache-Control"] = "no-store"
    return Registered(
        reference=filed.reference,
        track_url=f"{parts.public_url}/track/{filed.reference}",
        kind=filing.kind,
        category=filing.category,
        state=State.RECEIVED.value,
        registered_at=filed.registered_at,
        standard_due=filed.standard_due,
    )
