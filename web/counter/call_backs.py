"""Whom to telephone: those whom no question reached, or who may not be closed by silence; the longest waiting first."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.labels import act_label
from models.callers import Asked, call_backs
from rules.clocks import after
from rules.reference import is_well_formed
from rules.terms import Act
from web.book import Book
from web.counter.agent import post_of
from web.counter.offers import PICTURES
from web.counter.requests import said_after
from web.counter.search import Row, shown
from web.deps import Db, Now, Parts
from web.desk.session import TakesCalls
from web.render import page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class CallBack:
    """One call to make. `next_try` is the earliest instant of another; None: now."""

    row: Row
    language: str
    put_right: datetime | None
    tries: int
    needed: int
    next_try: datetime | None
    refused: bool


def call_back(asked: Asked, book: Book, now: datetime) -> CallBack:
    """One line of the list, by the limits its request is pinned to."""
    request = asked.request
    limits = book.policies[request.policy_version].limits
    apart = after(limits.call_back_apart, request.called_at) if request.called_at else None
    return CallBack(
        row=shown(asked, book),
        language=request.language,
        put_right=request.put_right_at,
        tries=request.call_back_tries,
        needed=limits.call_back_tries,
        next_try=apart if apart and apart > now else None,
        refused=request.contact_refused,
    )


async def listed(session: AsyncSession, book: Book) -> tuple[Asked, ...]:
    """Everybody to be called back, their policies at hand."""
    found = await call_backs(session)
    for number in {asked.request.policy_version for asked in found}:
        await book.hold_policy(session, number)
    return found


@router.get("/counter/call-backs")
async def waiting(
    request: Request,
    person: TakesCalls,
    db: Db,
    parts: Parts,
    now: Now,
    reference: str = "",
    told: str = "",
    sent: str = "",
) -> Response:
    """The list, with what became of the last call."""
    found = await db.read(listed, parts.book)
    more: dict[str, Any] = {"notice": None, "sentence": "", "done": ""}
    if is_well_formed(reference) and told in set(Act):
        more |= {"notice": "done", "done": act_label(Act(told))}
    elif is_well_formed(reference) and sent:
        more |= await db.read(said_after, sent, reference, person.id)
    return page(
        request,
        "counter/call_backs.html",
        person=person,
        calls=[call_back(asked, parts.book, now) for asked in found],
        speaks=post_of(person) is not None,
        pictures=PICTURES,
        new_token=lambda: secrets.token_urlsafe(16),
        now=now,
        errors={},
        since=(),
        open_act=None,
        **more,
    )
