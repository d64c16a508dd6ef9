"""What the public API keeps and asks: a caller's key and the request it got, and what anyone may be told of a request."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.filing import is_account
from models.ground import standard_of
from models.intake import New, UnknownCode, register
from models.people import Post
from models.policy_versions import version
from models.requests import IdempotencyKey, ServiceRequest
from models.stages import OpenedStage, stages_of
from models.tracking import Tracked, public_view
from rules.due import due
from rules.policy import Limits, Policy
from rules.terms import Kind


@dataclass(frozen=True)
class Key:
    """A caller's key, and the fingerprint of the body it came with."""

    value: str
    body_hash: str


class KeyReused(Exception):
    """A key came again with another body."""


@dataclass(frozen=True)
class Filed:
    """A request as it was registered; a repetition gives the same. `standard_due` None: no standard is promised."""

    reference: str
    registered_at: datetime
    standard_due: datetime | None


async def file_once(
    session: AsyncSession, new: New, limits: Limits, key: Key | None, kept: MutableMapping[int, Policy]
) -> Filed:
    """Register a request; a repeated key gives the first one's answer. `kept` is as of `register`.

    Raises UnknownCode, TooManyFiled, or KeyReused when the key came with another body; nothing is written then.
    """
    if new.locality and new.account and not await is_account(session, new.account):
        raise UnknownCode("account")
    row = await register(session, new, kept, limits)
    if key is None or await _kept(session, row, key, new.at):
        return Filed(row.reference, row.registered_at, row.standard_due)
    return Filed(row.reference, row.registered_at, await _first_promise(session, row))


async def _kept(session: AsyncSession, row: ServiceRequest, key: Key, at: datetime) -> bool:
    """Keep the key with its request; False when it was kept before. KeyReused when that was with another body."""
    values = {"key": key.value, "body_hash": key.body_hash, "reference": row.reference, "at": at}
    kept = insert(IdempotencyKey).values(**values).on_conflict_do_nothing(index_elements=["key"])
    if (await session.exec(kept.returning(col(IdempotencyKey.key)))).first() is not None:
        return True
    before = select(IdempotencyKey.body_hash).where(IdempotencyKey.key == key.value)
    if (await session.exec(before)).one() != key.body_hash:
        raise KeyReused
    return False


async def _first_promise(session: AsyncSession, row: ServiceRequest) -> datetime | None:
    """The standard's due instant as it was promised at first, before any hold moved it."""
    policy = await version(session, row.policy_version)
    standard = standard_of(row, policy) if policy is not None else None
    return due(standard.time, row.registered_at, (), standard.calendar) if standard else None


@dataclass(frozen=True)
class PublicRequest:
    """A request as anyone may follow it, its kind, whether it is confidential, and the role now answerable (None: nobody yet)."""

    tracked: Tracked
    kind: str
    confidential: bool
    role: str | None
    complete_at: datetime | None = None
    stages: Sequence[OpenedStage] = ()
    policy_version: int = 0


async def public_request(session: AsyncSession, reference: str) -> PublicRequest | None:
    """The request of this number; None when there is none."""
    tracked = await public_view(session, reference)
    row = await session.get(ServiceRequest, reference)
    if tracked is None or row is None:
        return None
    post = await session.get(Post, tracked.task.answerable) if tracked.task else None
    stages = () if row.kind == Kind.COMPLAINT else await stages_of(session, reference)
    role = post.role if post else None
    return PublicRequest(tracked, row.kind, row.confidential, role, row.complete_at, stages, row.policy_version)


async def taking_documents(session: AsyncSession, reference: str) -> bool | None:
    """Whether documents may be handed in for this request: a connection request that is not over. None: there is none."""
    row = await session.get(ServiceRequest, reference)
    return None if row is None else row.kind != Kind.COMPLAINT and not row.over
