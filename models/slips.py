"""The code on a counter slip: proves a request to be one's own where no telephone can, until nothing more can happen to it."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.people import SlipCode
from models.proofs import Tried, hashed
from models.requests import ServiceRequest

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are taken for one another: 0 O, 1 I L."""
LENGTH = 8
TRIES = 20
WITHIN = timedelta(hours=1)


async def make(session: AsyncSession, reference: str, secret: str, by: int, at: datetime) -> str:
    """A new code for this request, in the clear this once; an earlier slip is void, and who printed it is on record."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    slip = await session.get(SlipCode, reference) or SlipCode(reference=reference, code_hash="", made_at=at, made_by=by)
    slip.code_hash, slip.made_at, slip.made_by, slip.tries = hashed(secret, f"slip/{reference}", code), at, by, 0
    session.add(slip)
    session.add(Audit(at=at, person=by, what="slip", subject=reference, note=""))
    return code


async def try_slip(session: AsyncSession, reference: str, code: str, secret: str) -> Tried:
    """Try a code against the request's slip; VOID without a slip, when nothing more can happen, or after many wrong tries an hour."""
    slip = await session.get(SlipCode, reference, with_for_update=True)
    row = await session.get(ServiceRequest, reference)
    now = (await session.exec(select(func.clock_timestamp()))).one()
    if slip is None or row is None or row.over or _tired(slip, now):
        return Tried.VOID
    if hmac.compare_digest(slip.code_hash, hashed(secret, f"slip/{reference}", code)):
        return Tried.RIGHT
    slip.tries = slip.tries + 1 if slip.tried_at is not None and slip.tried_at > now - WITHIN else 1
    slip.tried_at = now
    session.add(slip)
    return Tried.WRONG


def _tired(slip: SlipCode, now: datetime) -> bool:
    return slip.tries >= TRIES and slip.tried_at is not None and slip.tried_at > now - WITHIN


def shown(code: str) -> str:
    """A code as it is printed, in two groups."""
    return f"{code[:4]}-{code[4:]}"


def read(typed: str) -> str | None:
    """A typed code as it was made; None when it cannot be one."""
    plain = "".join(letter for letter in typed[:40].upper() if letter.isalnum())
    return plain if len(plain) == LENGTH and set(plain) <= set(LETTERS) else None
