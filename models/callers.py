"""Who calls or stands at the counter: found by phone, account or name, with all he asked before; and who is to be called back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import together
from models.requests import Connection, Consumer, ServiceRequest, Task
from rules.states import ASKED
from rules.terms import State

REMEMBERED = timedelta(days=90)
MOST = 50
LONGEST_NAME = 120
CALL_BACKS = 100
ENDED = (State.CLOSED.value, State.WITHDRAWN.value, State.REJECTED.value, State.LAPSED.value)
ALIKE = text("select set_config('pg_trgm.word_similarity_threshold', '0.5', true)")


TO_BE_RUNG = or_(
    and_(col(ServiceRequest.state).in_(ASKED), col(ServiceRequest.call_back_at).is_not(None)),
    and_(col(ServiceRequest.contact_refused), col(ServiceRequest.state).not_in((*ENDED, *ASKED))),
)
"""What waits for a call: a question that arrived nowhere, or work for one of whom no number is known any more."""


@dataclass(frozen=True)
class Caller:
    """How one who calls is looked up: by any of these; None or "" where what was typed cannot be that."""

    phone: str | None = None
    account: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Asked:
    """One request of somebody, with who asked."""

    request: ServiceRequest
    consumer: Consumer


@dataclass(frozen=True)
class Held:
    """One connection of a caller, with how many of his requests are open about it."""

    account: str
    name: str
    address: str
    locality: str
    open: int


@dataclass(frozen=True)
class Known:
    """What the utility knows of a caller, to be put into a new form; "" where it knows nothing."""

    name: str = ""
    phone: str = ""
    email: str = ""
    account: str = ""
    address: str = ""
    place: str = ""
    locality: str = ""
    language: str = ""


@dataclass(frozen=True)
class Found:
    """All that was found of a caller: what is open first, what ended lately, his connections, and what goes into a new form."""

    open: tuple[Asked, ...] = ()
    ended: tuple[Asked, ...] = ()
    known: Known | None = None
    held: tuple[Held, ...] = ()


async def find(session: AsyncSession, caller: Caller, at: datetime) -> Found:
    """What a caller asked before, newest first; nothing confidential, and of what ended only the last 90 days."""
    if not (caller.phone or caller.account or caller.name):
        return Found()
    await together(session)
    await session.exec(ALIKE)  # type: ignore[call-overload]
    connections = await _connections(session, caller)
    whose = is_caller(caller, [row.account for row, _ in connections])
    state = col(ServiceRequest.state)
    opened = await _asked(session, whose, state.not_in(ENDED))
    ended = await _asked(session, whose, state.in_(ENDED), col(ServiceRequest.closed_at) > at - REMEMBERED)
    about = Counter(asked.consumer.account for asked in opened)
    held = tuple(
        Held(row.account, who.name or "", who.address or who.place or "", row.locality, about[row.account])
        for row, who in connections
    )
    return Found(opened, ended, await _known(session, caller, (*opened, *ended)), held)


async def _connections(session: AsyncSession, caller: Caller) -> Sequence[tuple[Connection, Consumer]]:
    """The connections of the phone or name; of an account, all of its holder's. A holder with one name has many consumers."""
    holder = select(Consumer.phone).join(Connection, col(Connection.consumer_id) == col(Consumer.id))
    ways: list[ColumnElement[bool]] = []
    if caller.account:
        own = holder.where(Connection.account == caller.account, col(Consumer.phone).is_not(None))
        ways += [col(Connection.account) == caller.account, col(Consumer.phone).in_(own)]
    if caller.phone:
        ways.append(col(Consumer.phone) == caller.phone)
    if caller.name:
        ways.append(col(Consumer.name).op("%>")(caller.name[:LONGEST_NAME]))
    question = select(Connection, Consumer).join(Consumer, col(Consumer.id) == col(Connection.consumer_id))
    return (await session.exec(question.where(or_(*ways)).order_by(Connection.account).limit(MOST))).all()


async def beside(session: AsyncSession, reference: str, consumer: Consumer, at: datetime) -> Found:
    """What else was asked from this consumer's phone or account; nothing confidential, and not the request of this number."""
    found = await find(session, Caller(consumer.phone, consumer.account), at)
    opened, ended = (
        tuple(asked for asked in some if asked.request.reference != reference) for some in (found.open, found.ended)
    )
    return Found(opened, ended)


async def _asked(session: AsyncSession, *which: ColumnElement[bool]) -> tuple[Asked, ...]:
    question = (
        select(ServiceRequest, Consumer)
        .join(Consumer, col(Consumer.id) == col(ServiceRequest.consumer_id))
        .where(col(ServiceRequest.confidential).is_(False), *which)
        .order_by(col(ServiceRequest.registered_at).desc())
        .limit(MOST)
    )
    return tuple(Asked(row, who) for row, who in (await session.exec(question)).all())


def is_caller(caller: Caller, accounts: Sequence[str] = ()) -> ColumnElement[bool]:
    """Whose phone, account or name it is; a name also when it is written much like it. `accounts` are his too."""
    ways: list[ColumnElement[bool]] = [col(Consumer.account).in_(accounts)] if accounts else []
    if caller.phone:
        ways.append(col(Consumer.phone) == caller.phone)
    if caller.account:
        ways.append(col(Consumer.account) == caller.account)
    if caller.name:
        ways.append(col(Consumer.name).op("%>")(caller.name[:LONGEST_NAME]))
    return or_(*ways)


async def _known(session: AsyncSession, caller: Caller, before: Sequence[Asked]) -> Known | None:
    """By the account, else from the newest request of this phone; a name alone is not enough to take somebody for him."""
    if caller.account and (held := await _by_account(session, caller.account)):
        return held
    mine = [asked for asked in before if caller.phone and asked.consumer.phone == caller.phone]
    if not mine:
        return Known(phone=caller.phone or "") if caller.phone else None
    newest = max(mine, key=lambda asked: asked.request.registered_at)
    return _of(newest.consumer, newest.request.locality, newest.request.language)


async def _by_account(session: AsyncSession, account: str) -> Known | None:
    question = (
        select(Connection, Consumer)
        .join(Consumer, col(Consumer.id) == col(Connection.consumer_id))
        .where(Connection.account == account)
    )
    found = (await session.exec(question)).first()
    return _of(found[1], found[0].locality, None, account) if found else None


def _of(consumer: Consumer, locality: str | None, language: str | None, account: str | None = None) -> Known:
    return Known(
        name=consumer.name or "",
        phone=consumer.phone or "",
        email=consumer.email or "",
        account=account or consumer.account or "",
        address=consumer.address or "",
        place=consumer.place or "",
        locality=locality or "",
        language=language or "",
    )


async def same(session: AsyncSession, category: str, caller: Caller) -> tuple[Asked, ...]:
    """Open requests of this category for this phone or account: to be asked about again rather than filed anew.

    Where the account is said, a request about another account of the same phone is another matter.
    """
    if not (caller.phone or caller.account):
        return ()
    ways = [is_caller(Caller(caller.phone, caller.account))]
    if caller.account:
        ways.append(or_(col(Consumer.account).is_(None), col(Consumer.account) == caller.account))
    state, sort = col(ServiceRequest.state), col(ServiceRequest.category)
    return await _asked(session, *ways, state.not_in(ENDED), sort == category)


@dataclass(frozen=True)
class Overview:
    """One request as the counter speaks of it; `involved` are the posts that do its work or answer for it."""

    request: ServiceRequest
    consumer: Consumer | None
    involved: frozenset[str]


async def overview(session: AsyncSession, reference: str) -> Overview | None:
    """The request of this number; None when there is none."""
    row = await session.get(ServiceRequest, reference)
    if row is None:
        return None
    tasks = (await session.exec(select(Task.handler, Task.answerable).where(Task.reference == reference))).all()
    return Overview(
        row, await session.get(Consumer, row.consumer_id), frozenset(post for pair in tasks for post in pair)
    )


async def call_backs(session: AsyncSession) -> tuple[Asked, ...]:
    """Who must be telephoned, the longest waiting first: no question reached him, or his number turned out to be another's."""
    question = (
        select(ServiceRequest, Consumer)
        .join(Consumer, col(Consumer.id) == col(ServiceRequest.consumer_id))
        .where(TO_BE_RUNG, col(ServiceRequest.confidential).is_(False))
        .order_by(col(ServiceRequest.resolved_at), ServiceRequest.reference)
        .limit(CALL_BACKS)
    )
    return tuple(Asked(row, who) for row, who in (await session.exec(question)).all())


async def call_backs_waiting(session: AsyncSession) -> int:
    """How many there are to call back."""
    question = select(func.count()).where(TO_BE_RUNG, col(ServiceRequest.confidential).is_(False))
    return (await session.exec(question)).one()
