"""Our time limits: every category with its limit and the time of each officer, as a version of the timings has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.spoken import duration
from models.policy import PolicyVersion
from models.policy_calendars import taken_back
from rules.policy import UNPLACED, Policy, Timing, about, ladder_of
from rules.procedure_laws import in_force
from web.admin.changes import area_word
from web.book import Book
from web.deps import Db, Parts
from web.errors import NotFound
from web.render import page

router = APIRouter(include_in_schema=False)
MOST_NOTES = 20


@dataclass(frozen=True)
class Limits:
    """The limit of one category ("" where none is promised) and who has it how long, with what is otherwise in some places."""

    name: str
    limit: str
    tiers: tuple[tuple[str, str], ...]
    places: tuple[Limits, ...] = ()


@router.get("/time-limits")
async def time_limits(request: Request, db: Db, parts: Parts) -> Response:
    """The limits new requests get."""
    return await _page(request, db, parts, parts.book.newest)


@router.get("/time-limits/{number}")
async def time_limits_of(request: Request, number: int, db: Db, parts: Parts) -> Response:
    """The limits of one version: a request keeps those it was registered under."""
    return await _page(request, db, parts, number)


async def _page(request: Request, db: Db, parts: Parts, number: int) -> Response:
    if not 0 < number < 1_000_000_000:
        raise NotFound
    try:
        policy = await db.read(parts.book.hold_policy, number)
    except LookupError:
        raise NotFound from None
    return page(
        request,
        "consumer/time_limits.html",
        headers={"Cache-Control": "private, max-age=30"},
        number=number,
        newest=parts.book.newest,
        complaints=list(_complaints(policy, parts.book)),
        applications=list(_applications(policy, parts.book, parts.clock().astimezone(parts.zone).date())),
        notes=await db.read(_notes, number),
    )


async def _notes(session: AsyncSession, number: int) -> list[PolicyVersion]:
    """The versions up to this one by which somebody got more time and still has it, newest first: why is public."""
    gone = await taken_back(session, number)
    asked = select(PolicyVersion).where(
        col(PolicyVersion.approved_by).is_not(None),
        PolicyVersion.number <= number,
        col(PolicyVersion.number).not_in(gone),
    )
    return list((await session.exec(asked.order_by(col(PolicyVersion.number).desc()).limit(MOST_NOTES))).all())


def _complaints(policy: Policy, book: Book) -> Iterator[Limits]:
    shown = {row.code: row.place for row in book.all("category")}
    for code in sorted(policy.timings, key=lambda one: shown.get(one, len(shown))):
        if code == UNPLACED:
            continue
        own = _limits(book.label("category", code), policy.timings[code], policy, book)
        others = ((area, timing) for (of, area), timing in policy.areas.items() if of == code)
        places = tuple(_limits(area_word(area), timing, policy, book) for area, timing in others)
        differs = tuple(one for one in places if (one.limit, one.tiers) != (own.limit, own.tiers))
        yield Limits(own.name, own.limit, own.tiers, differs)


def _limits(name: str, timing: Timing, policy: Policy, book: Book) -> Limits:
    roles = [book.label("role", tier.role) for tier in ladder_of(policy, timing).tiers]
    times = [duration(time) for time in timing.tiers]
    return Limits(name, duration(timing.standard) if timing.standard else "", tuple(zip(roles, times, strict=False)))


def _applications(policy: Policy, book: Book, day: date) -> Iterator[Limits]:
    """Each procedure: its regulated time on that day, from the shortest to the longest, and the first officer's of each stage."""
    for code in book.in_order("procedure", policy.procedures):
        procedure = policy.procedures[code]
        laws = sorted({law.time for law in procedure.standards if in_force(law, day)}, key=about)
        said = [duration(time) for time in (laws if len(laws) < 2 else (laws[0], laws[-1]))]
        stages = (
            (book.label("stage", stage.code), duration(stage.timing.tiers[0])) for stage in procedure.stages.values()
        )
        yield Limits(book.label("procedure", code), " – ".join(said), tuple(stages))
