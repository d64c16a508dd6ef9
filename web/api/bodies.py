"""What is sent to the API and what it answers, field by field, each with its kind, length and example."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from models.database import utc
from rules.papers import DocumentState
from rules.terms import Kind
from web.consumer.steps import LENGTHS
from web.forms import clean


def plain(value: Any) -> Any:
    """A text without control characters and without blanks around it; anything else as it is."""
    return clean(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(plain)]
Code = Annotated[str, BeforeValidator(plain), Field(min_length=1, max_length=60)]
Instant = Annotated[datetime, AfterValidator(utc)]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
REFERENCE = "482719368"


class Asker(BaseModel):
    """Who asks. Every part may be left out; without telephone and e-mail no messages can be sent."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(default=None, max_length=LENGTHS["name"])
    phone: Text | None = Field(
        default=None,
        max_length=LENGTHS["phone"],
        description="In any spelling; without a country code, one of the utility's",
    )
    email: Text | None = Field(default=None, max_length=LENGTHS["email"])


FILING: dict[str, JsonValue] = {
    "kind": "complaint",
    "category": "no-supply",
    "channel": "api",
    "description": "No light in the whole lane since six.",
    "language": "hi",
    "locality": "gizri",
    "address": "House 7, Gizri Lane",
    "consumer": {"name": "Meena Example", "phone": "98100 00001", "email": "meena@demo.example"},
}
LEAST: dict[str, JsonValue] = {
    "kind": "complaint",
    "category": "wire-down",
    "place": "Near the water tower, Rehri village",
}


class Filing(BaseModel):
    """A request to be registered. One of `locality`, `account`, `place` and `address` says where.

    A connection request's category is a procedure of the catalog; it also says `applicant` and, where one is asked for, `load`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [FILING, LEAST]})

    kind: Kind
    category: Code = Field(description="A code of the catalog's categories")
    channel: Literal["api", "web"] = Field(default="api", description="The door it came by")
    description: Text = Field(default="", max_length=LENGTHS["words"])
    language: Code | None = Field(
        default=None, description="The language of messages, a code of the catalog's; if left out, by Accept-Language"
    )
    locality: Code | None = Field(default=None, description="A code of the catalog's localities")
    account: Text | None = Field(
        default=None, max_length=LENGTHS["account"], description="The account number on the bill"
    )
    place: Text | None = Field(
        default=None, max_length=LENGTHS["place"], description="Where it is, in words: a landmark"
    )
    address: Text | None = Field(default=None, max_length=LENGTHS["address"])
    applicant: Code | None = Field(default=None, description="The sort of applicant, a code of the procedure's")
    load: str | None = Field(default=None, pattern=r"^[0-9]{1,6}([.][0-9]{1,3})?$", description="In kW, as a decimal")
    voltage: Code | None = None
    about: Code | None = Field(
        default=None,
        description="The post a confidential report is about, a code of the catalog's: it never reaches who is in it",
    )
    called: Text | None = Field(
        default=None,
        max_length=LENGTHS["called"],
        description="The name of the officer a confidential report is about: it never reaches those of that name",
    )
    consumer: Asker = Asker()

    def fingerprint(self) -> str:
        """The same for bodies that say the same, whatever their order and blanks."""
        said = json.dumps(self.model_dump(mode="json", exclude_none=True), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


class PaymentIn(BaseModel):
    """A payment of a demand note. `id` is the sender's own, the same for every repetition; `amount` in minor units (paise)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"id": "BANK-7781", "note": "482719368-1", "amount": 450000, "paid_at": "2027-05-10T04:31:05Z"}
            ]
        },
    )

    id: str = Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")
    note: str = Field(min_length=3, max_length=14, pattern=r"^[0-9]{9}-[0-9]+$")
    amount: int = Field(gt=0, lt=10**12, strict=True)
    paid_at: Annotated[AwareDatetime, Field(ge=LONG_AGO)]


class PaymentTaken(BaseModel):
    """What became of a payment. `to_pay`: what is left of the demand note; null while it is only received."""

    state: Literal["booked", "received"]
    to_pay: int | None


class Registered(BaseModel):
    """A request as it was registered. `standard_due`: when the regulated standard ends; null if there is none."""

    reference: str = Field(examples=[REFERENCE])
    track_url: str = Field(examples=[f"https://onewindow.example/track/{REFERENCE}"])
    kind: Kind
    category: str = Field(examples=["no-supply"])
    state: Literal["received"]
    registered_at: Instant
    standard_due: Instant | None


class PublicEvent(BaseModel):
    """One line of history. `due_at`: the instant it was due, where it happened because that instant came."""

    number: int
    kind: str = Field(examples=["escalated"])
    at: Instant
    due_at: Instant | None


class PublicStage(BaseModel):
    """One stage of a connection request. `state`: open, waiting (somebody else's turn, `waits_for`), done or coming."""

    stage: str = Field(examples=["feasibility"])
    state: Literal["open", "waiting", "done", "coming"]
    tier: int | None
    tier_role: str | None
    handler_role: str | None
    due: Instant | None
    done_at: Instant | None
    waits_for: str | None = Field(examples=["payment"])


class Status(BaseModel):
    """A request as anyone with its number may follow it, without personal data.

    `tier` and `tier_role` say who is answerable (null before it was given to anybody), `next_due` when that tier's time
    ends (null while its clock stands still), `expected_at` when the handler expects it to be put right. `channel` is the
    door it came by, `filed_by` the title of the post that wrote it down (null: the consumer himself). Of a confidential
    request only `state` (received, in_progress, closed) and its beginnings and ends are told. `complete_at` and `stages` are a
    connection request's: from the one its regulated time counts, the others are where it stands.
    """

    reference: str = Field(examples=[REFERENCE])
    kind: Kind
    category: str | None = Field(examples=["no-supply"])
    state: str = Field(examples=["assigned"])
    channel: str | None = Field(examples=["call"])
    filed_by: str | None = Field(examples=["Call centre"])
    tier: int | None = Field(examples=[1])
    tier_role: str | None = Field(examples=["relationship_officer"])
    registered_at: Instant
    next_due: Instant | None
    standard_due: Instant | None
    expected_at: Instant | None
    complete_at: Instant | None = None
    stages: list[PublicStage] = []
    events: list[PublicEvent]


class HandedIn(BaseModel):
    """A document as it was handed in. `state`: `sent` until the request has taken it, `waiting` until an officer has looked at it."""

    id: str = Field(examples=["5d41402abc4b2a76b9719d911017c592"])
    paper: str = Field(examples=["identity"])
    state: DocumentState


class Named(BaseModel):
    """A code and what people read for it."""

    code: str
    name: str


class Procedure(Named):
    """A procedure: what may be applied for. `loads` null: no load is asked for; `account`: whether one must be given."""

    kind: Kind
    account: bool
    applicants: list[str]
    papers: dict[str, list[str]]
    loads: dict[str, str] | None


class Catalog(BaseModel):
    """What may be asked for, where, and in which languages. Languages are named in themselves."""

    kinds: list[Named]
    categories: list[Named]
    procedures: list[Procedure]
    localities: list[Named]
    languages: list[Named]
    posts: list[Named]


class Receipt(BaseModel):
    """What became of a text message. `id` is the one it was handed over with."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "9f86d081884c7d659a2feaa0c55ad015", "state": "delivered", "at": "2027-05-10T04:31:05Z"}]
        }
    )

    id: str = Field(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")
    state: Literal["delivered", "failed"]
    at: Annotated[AwareDatetime, Field(ge=LONG_AGO)]
