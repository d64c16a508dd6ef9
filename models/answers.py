"""The single-use link of a question: what it asks about, and what was answered by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.notices import token_hash
from models.people import AnswerLink
from models.requests import ServiceRequest
from models.tray import put
from rules.terms import Act, Actor


@dataclass(frozen=True)
class Asked:
    """A question as its link shows it. `answer` and `refused` are what was answered and why that was not taken."""

    reference: str
    question: int
    put_right_at: datetime | None
    kind: str
    category: str
    policy_version: int
    area_class: str
    answer: str | None
    refused: str | None
    current: bool


def answer_id(token: str) -> str:
    """The submission's id for an answer by this link: one link, one answer."""
    return f"answer/{token_hash(token)}"


async def asked(session: AsyncSession, token: str) -> Asked | None:
    """The question of this link; None when there is no such link."""
    link = await session.get(AnswerLink, token_hash(token))
    row = await session.get(ServiceRequest, link.reference) if link else None
    if link is None or row is None:
        return None
    sent = await session.get(Submission, answer_id(token))
    return Asked(
        reference=link.reference,
        question=link.number,
        put_right_at=row.put_right_at,
        kind=row.kind,
        category=row.category,
        policy_version=row.policy_version,
        area_class=row.area_class,
        answer=sent.act if sent else None,
        refused=sent.refused if sent else None,
        current=row.question_number == link.number and link.used_at is None,
    )


async def answer(session: AsyncSession, token: str, what: Act, at: datetime) -> str | None:
    """Put the answer into the tray and mark the link used; the act that counts (the first one).

    None without such a link, and for one that was voided because its number is not the consumer's.
    """
    link = await session.get(AnswerLink, token_hash(token), with_for_update=True)
    if link is None:
        return None
    id = answer_id(token)
    if link.used_at is not None:
        return (await session.exec(select(Submission.act).where(Submission.id == id))).first()
    link.used_at = (await session.exec(select(func.clock_timestamp()))).one()
    data = {"question": link.number}
    await put(session, id=id, reference=link.reference, act=what, actor=Actor.CONSUMER, at=at, data=data)
    return what.value


async def refused_before(session: AsyncSession, reference: str, prefix: str) -> int:
    """How many submissions whose id begins so were refused: the next try is a new one, not the old outcome again."""
    question = select(func.count()).where(
        Submission.reference == reference,
        col(Submission.id).startswith(prefix, autoescape=True),
        col(Submission.refused).is_not(None),
    )
    return (await session.exec(question)).one()
