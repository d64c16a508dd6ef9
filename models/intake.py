"""A request comes in: one transaction that gives it its number, pins its policy, and writes its first line of history."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.chain import linked
from models.events import Event
from models.ground import site_of, standard_columns, standard_of
from models.notices import queue
from models.papers import adopt
from models.people import Feeder, Locality, Office
from models.policy import PolicyVersion
from models.policy_versions import SAVING, current
from models.requests import Connection, Consumer, ServiceRequest, Words
from rules import reference
from rules.application import BadApplication, application_of
from rules.clocks import after
from rules.due import due
from rules.ladder import HEARING
from rules.policy import Policy, Timing, calendar_of, timing_of
from rules.terms import Actor, Channel, Codes, EventKind, Kind, NoticeKind, State
from rules.turn import Notice


@dataclass(frozen=True)
class New:
    """What a consumer, or somebody for him, asks for. `at` is the registered instant; `token` makes it the same request again.

    `filed_by` and `filed_post`: the person of the staff who wrote it down, and in which post; None for the consumer himself.
    """

    kind: Kind
    category: str
    channel: Channel
    language: str
    description: str
    token: str
    at: datetime
    locality: str | None = None
    account: str | None = None
    place: str | None = None
    address: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    filed_by: int | None = None
    filed_post: str | None = None
    application: Mapping[str, object] | None = None
    """What a connection request says of itself: sort of applicant, load."""


class UnknownCode(LookupError):
    """A category, locality or account that the utility does not have, or what an application lacks; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Place:
    """Where a request belongs."""

    office: Office
    locality: str | None
    feeder: str | None


LOCKS = text("select pg_advisory_xact_lock(hashtextextended(:token, 7)), pg_advisory_xact_lock_shared(:saving)")
"""One of this token at a time, and no version of the policy is saved until this request is committed."""


async def register(session: AsyncSession, new: New, kept: MutableMapping[int, Policy] | None = None) -> ServiceRequest:
    """Register a request in the caller's transaction and answer its row; a repeated token answers the first one's.

    Its policy is the newest: none can be saved between the choice and the commit. `kept` has versions read before, by
    number. Raises UnknownCode for a category, locality or account that does not exist; nothing is written then.
    """
    await session.exec(LOCKS.bindparams(token=new.token, saving=SAVING))  # type: ignore[call-overload]
    before = (await session.exec(select(ServiceRequest).where(ServiceRequest.token == new.token))).first()
    if before is not None:
        return before
    policy, now = await _newest(session, {} if kept is None else kept)
    application = _application(new, policy)
    place = await place_of(session, new)
    number = await _free_number(session)
    consumer = Consumer(
        name=new.name, phone=new.phone, email=new.email, address=new.address, place=new.place, account=new.account
    )
    said = Words(reference=number, body=new.description)
    session.add_all([consumer, said])
    await session.flush()
    row = _row(new, number, policy, place, now)
    row.consumer_id, row.words_id, row.application = consumer.id or 0, said.id, application
    session.add(row)
    await session.flush()
    await adopt(session, new.token, number)
    await _first_line(session, row, new, policy, now)
    return row


def _application(new: New, policy: Policy) -> Codes:
    """What is kept of the application, empty for a complaint. UnknownCode for a category of another kind, or what it lacks."""
    if new.kind is Kind.COMPLAINT:
        if new.category not in policy.timings:
            raise UnknownCode("category")
        return {}
    procedure = policy.procedures.get(new.category)
    if procedure is None or procedure.kind is not new.kind:
        raise UnknownCode("category")
    try:
        return application_of(procedure, new.application or {}, new.account)
    except BadApplication as bad:
        raise UnknownCode(bad.field) from bad


def _timing(policy: Policy, kind: str, category: str, area_class: str) -> Timing:
    """The timing a request begins with: its category's, or that of the first stage of its procedure."""
    if kind == Kind.COMPLAINT:
        return timing_of(policy, category, area_class)
    return next(iter(policy.procedures[category].stages.values())).timing


async def _newest(session: AsyncSession, kept: MutableMapping[int, Policy]) -> tuple[Policy, datetime]:
    """The policy in force and the database's clock, by one question when the version was read before."""
    number, now = (await session.exec(select(func.max(PolicyVersion.number), func.clock_timestamp()))).one()
    if number not in kept:
        policy = await current(session)
        kept[policy.version] = policy
    return kept[number], now


def _row(new: New, number: str, policy: Policy, place: Place, now: datetime) -> ServiceRequest:
    timing = _timing(policy, new.kind, new.category, place.office.area_class)
    row = ServiceRequest(
        reference=number,
        kind=new.kind.value,
        category=new.category,
        state=State.RECEIVED.value,
        changed_at=now,
        registered_at=new.at,
        policy_version=policy.version,
        area_class=place.office.area_class,
        office=place.office.code,
        zone=place.office.zone,
        site_office=place.office.code,
        site_zone=place.office.zone,
        locality=place.locality,
        feeder=place.feeder,
        channel=new.channel.value,
        language=new.language,
        filed_by=new.filed_by,
        consumer_id=0,
        token=new.token,
        safety=timing.safety,
        confidential=timing.confidential,
        **standard_columns(timing),
    )
    standard = standard_of(row, policy)
    if standard is not None:
        row.standard_due = due(standard.time, new.at, (), standard.calendar)
    return row


async def _first_line(session: AsyncSession, row: ServiceRequest, new: New, policy: Policy, now: datetime) -> None:
    timing = _timing(policy, row.kind, row.category, row.area_class)
    event = Event(
        reference=row.reference,
        number=1,
        kind=EventKind.REGISTERED.value,
        actor=(Actor.OFFICER if new.filed_by else Actor.CONSUMER).value,
        at=new.at,
        recorded=now,
        person=new.filed_by,
        post=new.filed_post,
        data={"channel": row.channel, "office": row.office},
        words_id=row.words_id,
    )
    session.add(linked(event, ""))
    notice = Notice(NoticeKind.ACKNOWLEDGED, "consumer", None, 1, _promise(row, policy, new.at))
    await queue(session, row, [notice], {}, {}, new.at, now=now, confidential=timing.confidential)


def _promise(row: ServiceRequest, policy: Policy, at: datetime) -> dict[str, str]:
    """By when the first tier must have acted, for the acknowledgement."""
    timing = _timing(policy, row.kind, row.category, row.area_class)
    due = {"due": after(timing.tiers[0], at, calendar_of(policy, timing, site_of(row))).isoformat()}
    return {**due, "heard": "yes"} if timing.ladder == HEARING else due


async def _free_number(session: AsyncSession) -> str:
    while True:
        number = reference.new(10_000_000 + secrets.randbelow(90_000_000))
        if await session.get(ServiceRequest, number) is None:
            return number


async def place_of(session: AsyncSession, new: New) -> Place:
    """Where the request belongs: by account, by locality, else by the words given for the place.

    Raises UnknownCode for an account or locality that does not exist.
    """
    locality, feeder = new.locality, None
    if new.account and not locality:
        held = await session.get(Connection, new.account)
        if held is None:
            raise UnknownCode("account")
        locality, feeder = held.locality, held.feeder
    if locality:
        found = await session.get(Locality, locality)
        if found is None:
            raise UnknownCode("locality")
    else:
        found = await _most_alike(session, f"{new.place or ''} {new.address or ''} {new.description}")
    if found is None:
        office = (await session.exec(select(Office).order_by(Office.code).limit(1))).one()
        return Place(office, None, None)
    own = await session.get(Office, found.office)
    assert own is not None
    return Place(own, found.code, feeder or await _feeder_of(session, found.code))


MENTIONED = text(
    "select code from locality, jsonb_each_text(names) as name where word_similarity(lower(name.value), :words) > 0.6"
    " order by word_similarity(lower(name.value), :words) desc, length(name.value) desc, code limit 1"
)


async def _most_alike(session: AsyncSession, words: str) -> Locality | None:
    """The locality whose name, in any script, is in the words or near to something in them; None if none is."""
    found = (await session.exec(MENTIONED.bindparams(words=words.lower()[:600]))).first()  # type: ignore[call-overload]
    return None if found is None else await session.get(Locality, found[0])


async def _feeder_of(session: AsyncSession, locality: str) -> str | None:
    """The feeder of a locality that has just one; None otherwise: nobody is asked for his feeder."""
    codes = (await session.exec(select(Feeder.code).where(col(Feeder.localities).contains([locality])).limit(2))).all()
    return codes[0] if len(codes) == 1 else None
