"""A request comes in: one transaction that gives it its number, pins its policy, and writes its first line of history."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.at_once import add_at_once
from models.chain import linked
from models.events import Event
from models.ground import site_of, standard_columns, standard_of
from models.himself import Named, marks_of, named_in
from models.known import Known, Place, known, mentioned
from models.notices import acknowledgement
from models.nowhere import finds_places
from models.papers import adopt, of_draft
from models.policy_versions import current
from models.requests import Consumer, Draft, ServiceRequest, Words
from models.segments import segment_for
from rules import reference
from rules.application import BadApplication, application_of
from rules.case import Fault
from rules.clocks import after
from rules.due import due
from rules.ladder import HEARING
from rules.policy import UNPLACED, Limits, Policy, Timing, calendar_of, ladder_of, timing_of
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
    brought: Sequence[str] | None = None
    """Papers that an applicant handed over and that are not scanned yet; None where there are none."""
    about: str | None = None
    """The post a confidential report is about: it never reaches who is in it, nor those under him."""
    called: str | None = None
    """The name of the officer it is about, as it was written: it never reaches those of that name, nor those under them."""


class UnknownCode(LookupError):
    """A category, locality or account that the utility does not have, or what an application lacks; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotYetLive(UnknownCode):
    """Nothing is filed at this locality before its day; `place` is its code."""

    def __init__(self, field: str, place: str) -> None:
        super().__init__(field)
        self.place = place


class TooManyFiled(Exception):
    """One phone filed more requests in an hour than anybody needs."""


HOUR = timedelta(hours=1)
DRAWN = 3
"""Numbers drawn for a request: a city has used few enough of them that one is free."""


async def register(
    session: AsyncSession,
    new: New,
    kept: MutableMapping[int, Policy] | None = None,
    limits: Limits | None = None,
) -> ServiceRequest:
    """Register a request in the caller's transaction and answer its row; a repeated token answers the first one's.

    Its policy is the newest: none can be saved between the choice and the commit. `kept` has versions read before, by
    number. With `limits`, one telephone files only so many. A form and documents kept under the token become the request's.
    Raises UnknownCode for a category, locality or account that does not exist, TooManyFiled; nothing is written then.
    """
    numbers = [reference.new(10_000_000 + secrets.randbelow(90_000_000)) for _ in range(DRAWN)]
    there = await known(
        session, new.token, new.phone, new.at - HOUR, numbers, new.account, new.locality, marks_of(new.phone, new.email)
    )
    if there.before is not None:
        return (await session.exec(select(ServiceRequest).where(ServiceRequest.token == new.token))).one()
    if limits is not None and new.phone and there.filed >= limits.filings_per_hour:
        raise TooManyFiled
    policy = await _policy(session, there.newest, {} if kept is None else kept)
    application = _application(new, policy)
    place = await _place(session, new, there, finds_places(policy, new.category))
    assert there.number is not None, "every number drawn is taken"
    row = _row(new, there, policy, place)
    row.application = application
    if there.grouped:
        row.segment = await segment_for(session, new.account, application, place.locality)
    row.concerned = sorted(there.himself | await _named(session, row, new, policy))
    await _write(session, row, new, policy, there)
    return row


async def _write(session: AsyncSession, row: ServiceRequest, new: New, policy: Policy, there: Known) -> None:
    consumer = Consumer(
        id=there.consumer, name=new.name, phone=new.phone, email=new.email,
        address=new.address, place=new.place, account=new.account,
    )  # fmt: skip
    words = Words(id=there.words, reference=row.reference, body=new.description)
    confidential = _timing(policy, row.kind, row.category, row.area_class).confidential
    promised = {**_promise(row, policy, new.at), **await _missing(session, row, new, policy, there)}
    notice = Notice(NoticeKind.ACKNOWLEDGED, "consumer", None, 1, promised)
    told = acknowledgement(row, consumer, notice, there.notification, there.now, confidential)
    line = first_line(row, there.now, new.filed_by, new.filed_post)
    await add_at_once(session, [consumer, words, row, line, *told])
    if there.handed_in:
        await adopt(session, new.token, row.reference)
    if there.drafted:
        await session.exec(delete(Draft).where(col(Draft.token) == new.token))


async def _missing(session: AsyncSession, row: ServiceRequest, new: New, policy: Policy, there: Known) -> Codes:
    """Which papers an application still wants, for the acknowledgement; nothing of a complaint."""
    if new.kind is Kind.COMPLAINT:
        return {}
    scanned = [one.paper for one in await of_draft(session, new.token)] if there.handed_in else []
    wanted = policy.procedures[row.category].wanted(row.application)
    missing = {paper: Fault.MISSING.value for paper in wanted if paper not in {*scanned, *(new.brought or ())}}
    return {"faults": missing} if missing else {}


async def _named(session: AsyncSession, row: ServiceRequest, new: New, policy: Policy) -> set[int]:
    """The persons a confidential report is about, with those under them."""
    named = Named(new.about, new.called, row.site_office)
    if not named or not row.confidential:
        return set()
    timing = _timing(policy, row.kind, row.category, row.area_class)
    return await named_in(session, named, [tier.role for tier in ladder_of(policy, timing).tiers], new.at)


async def _policy(session: AsyncSession, number: int, kept: MutableMapping[int, Policy]) -> Policy:
    """The version of this number; read only when it was not before."""
    if number not in kept:
        kept[number] = await current(session)
    return kept[number]


async def _place(session: AsyncSession, new: New, there: Known, desk: bool) -> Place:
    """Where the request belongs: by account, by locality, else by the words given for the place; else, with `desk`, there."""
    if there.place is not None:
        if there.place.live_from is not None and there.place.live_from > new.at:
            raise NotYetLive("locality" if new.locality else "account", there.place.locality or "")
        return there.place
    if new.locality:
        raise UnknownCode("locality")
    if new.account:
        raise UnknownCode("locality" if there.held else "account")
    return await mentioned(session, f"{new.place or ''} {new.address or ''} {new.description}", desk)


def _application(new: New, policy: Policy) -> Codes:
    """What is kept of the application, empty for a complaint. UnknownCode for a category of another kind, or what it lacks."""
    if new.kind is Kind.COMPLAINT:
        if new.category not in policy.timings or new.category == UNPLACED:
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


def _row(new: New, there: Known, policy: Policy, place: Place) -> ServiceRequest:
    timing = _timing(policy, new.kind, new.category, place.area_class)
    row = ServiceRequest(
        reference=there.number or "",
        kind=new.kind.value,
        category=new.category,
        state=State.RECEIVED.value,
        changed_at=there.now,
        registered_at=new.at,
        policy_version=policy.version,
        area_class=place.area_class,
        office=place.office,
        zone=place.zone,
        site_office=place.office,
        site_zone=place.zone,
        locality=place.locality,
        feeder=place.feeder,
        channel=new.channel.value,
        language=new.language,
        filed_by=new.filed_by,
        consumer_id=there.consumer,
        words_id=there.words,
        token=new.token,
        safety=timing.safety,
        confidential=timing.confidential,
        **standard_columns(timing),
    )
    standard = standard_of(row, policy)
    if standard is not None:
        row.standard_due = due(standard.time, new.at, (), standard.calendar)
    return row


def first_line(
    row: ServiceRequest, now: datetime, person: int | None = None, post: str | None = None, **told: str
) -> Event:
    """The line with which a history begins. `person` wrote it down, None: the consumer himself; `told` beside door and office."""
    event = Event(
        reference=row.reference,
        number=1,
        kind=EventKind.REGISTERED.value,
        actor=(Actor.OFFICER if person else Actor.CONSUMER).value,
        at=row.registered_at,
        recorded=now,
        person=person,
        post=post,
        data={"channel": row.channel, "office": row.office, **told},
        words_id=row.words_id,
    )
    return linked(event, "")


def _promise(row: ServiceRequest, policy: Policy, at: datetime) -> dict[str, str]:
    """By when the first tier must have acted, for the acknowledgement."""
    timing = _timing(policy, row.kind, row.category, row.area_class)
    due = {"due": after(timing.tiers[0], at, calendar_of(policy, timing, site_of(row))).isoformat()}
    return {**due, "heard": "yes"} if timing.ladder == HEARING else due
