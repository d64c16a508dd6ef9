"""How a consumer proves that a request is his: a one-time code to its phone, then a session for that one request."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.notices import queue_code, token_hash
from models.people import ConsumerSession, Missed, OneTimeCode
from models.requests import Consumer, ServiceRequest, Words
from rules.policy import Limits, about

BETWEEN_CODES = timedelta(seconds=60)
SESSION = timedelta(hours=12)
HOUR = timedelta(hours=1)
DIGITS = 6


class Tried(StrEnum):
    """What came of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"


@dataclass(frozen=True)
class Own:
    """What only the consumer himself is shown; None where nothing was given."""

    name: str | None
    phone: str | None
    email: str | None
    address: str | None
    place: str | None
    account: str | None
    description: str


def hashed(secret: str, reference: str, code: str) -> str:
    """The keyed hash under which a code of this request is kept."""
    return hmac.new(secret.encode(), f"code/{reference}/{code}".encode(), hashlib.sha256).hexdigest()


async def send_code(session: AsyncSession, reference: str, last_four: str, secret: str, limits: Limits) -> None:
    """Send a new code if the digits are the end of the request's phone and none was sent lately; answers nothing either way.

    Whoever said that it is not his complaint gets none.
    """
    row = await session.get(ServiceRequest, reference, with_for_update=True)
    consumer = await session.get(Consumer, row.consumer_id) if row else None
    if row is None or consumer is None or row.contact_refused or not _ends_with(consumer.phone, last_four):
        return
    now = (await session.exec(select(func.clock_timestamp()))).one()
    sent = await _sent_since(session, reference, now - HOUR)
    if len(sent) >= limits.codes_per_hour or any(at > now - BETWEEN_CODES for at in sent):
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    session.add(
        OneTimeCode(
            reference=reference,
            code_hash=hashed(secret, reference, code),
            sent_at=now,
            expires=now + about(limits.code_lifetime),
        )
    )
    await queue_code(session, row, code, now)


def _ends_with(phone: str | None, last_four: str) -> bool:
    return phone is not None and len(last_four) == 4 and hmac.compare_digest(phone[-4:], last_four)


async def _sent_since(session: AsyncSession, reference: str, since: datetime) -> list[datetime]:
    question = select(OneTimeCode.sent_at).where(OneTimeCode.reference == reference, col(OneTimeCode.sent_at) > since)
    return list((await session.exec(question)).all())


async def try_code(session: AsyncSession, reference: str, code: str, secret: str, limits: Limits) -> Tried:
    """Try a code against the newest one sent; VOID when that is used up, too old, or there is none."""
    question = select(OneTimeCode).where(OneTimeCode.reference == reference).order_by(col(OneTimeCode.id).desc())
    newest = (await session.exec(question.limit(1).with_for_update())).first()
    now = (await session.exec(select(func.clock_timestamp()))).one()
    if newest is None or newest.used_at is not None or now >= newest.expires or newest.tries >= limits.code_tries:
        return Tried.VOID
    newest.tries += 1
    if not hmac.compare_digest(newest.code_hash, hashed(secret, reference, code)):
        return Tried.WRONG
    newest.used_at = now
    return Tried.RIGHT


async def open_session(session: AsyncSession, reference: str) -> str:
    """A new session for this request; its token, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    now = (await session.exec(select(func.clock_timestamp()))).one()
    session.add(ConsumerSession(token_hash=token_hash(token), reference=reference, expires=now + SESSION))
    return token


async def close_session(session: AsyncSession, token: str) -> None:
    """End a session; nothing when there is none."""
    found = await session.get(ConsumerSession, token_hash(token))
    if found is not None:
        await session.delete(found)


async def is_own(session: AsyncSession, reference: str, token: str) -> bool:
    """Whether this token proves that the request is the reader's own."""
    question = select(ConsumerSession.reference).where(
        ConsumerSession.token_hash == token_hash(token), col(ConsumerSession.expires) > func.clock_timestamp()
    )
    return (await session.exec(question)).first() == reference


async def own_details(session: AsyncSession, reference: str) -> Own | None:
    """What the consumer gave; None when there is no such request."""
    question = (
        select(Consumer, Words.body)
        .join(ServiceRequest, col(ServiceRequest.consumer_id) == col(Consumer.id))
        .outerjoin(Words, col(Words.id) == col(ServiceRequest.words_id))
        .where(ServiceRequest.reference == reference)
    )
    found = (await session.exec(question)).first()
    if found is None:
        return None
    person, body = found
    return Own(person.name, person.phone, person.email, person.address, person.place, person.account, body or "")


async def too_many_misses(session: AsyncSession, address: str, limits: Limits) -> bool:
    """Keep a look-up of a number that does not exist; whether this address made too many of them in an hour."""
    now = (await session.exec(select(func.clock_timestamp()))).one()
    session.add(Missed(address=address, at=now))
    question = select(func.count()).where(Missed.address == address, col(Missed.at) > now - HOUR)
    return (await session.exec(question)).one() > limits.misses_per_hour
