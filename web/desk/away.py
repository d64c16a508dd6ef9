"""Who is away: leave, additional charge, vacancies and gaps in the roster, now and in the next seven days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from models.colleagues import names_of
from models.ground import fillings
from models.team import team
from rules.away import LOOKED_AHEAD, Absence, Why, absences
from rules.ladder import Seat
from web.deps import Db, Now, Parts
from web.desk.session import Leads, Person
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
ICONS = {Why.VACANT: "user-x", Why.ROSTER: "clock", Why.LEAVE: "user-x", Why.CHARGE: "layers"}
GRAVE = {Why.VACANT: 0, Why.ROSTER: 1, Why.LEAVE: 2, Why.CHARGE: 3}
"""Which comes first of what begins in the same instant."""


@dataclass(frozen=True)
class Line:
    """One absence with its names; `empty` when nobody is in the post meanwhile."""

    absence: Absence
    title: str
    person: str
    instead: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nobody is in the post meanwhile."""
        return self.absence.why is not Why.CHARGE and not self.instead


async def known(
    session: AsyncSession, person: Person, now: datetime, zone: str
) -> tuple[list[Absence], dict[int, str]]:
    """Every absence at the posts in reach, and the names of those concerned."""
    posts = await team(session, person.posts, now)
    filled = await fillings(session, [post.code for post in posts], zone)
    seats = (Seat(post.code, filled.get(post.code, ()), post.never_vacant) for post in posts)
    found = [one for seat in seats for one in absences(seat, now, now + LOOKED_AHEAD)]
    people = {number for one in found for number in (one.person, *one.instead) if number is not None}
    return found, await names_of(session, people)


def lines(found: Iterable[Absence], names: Mapping[int, str], parts: Onewindow) -> list[Line]:
    """In the order in which they begin."""
    ordered = sorted(found, key=lambda one: (one.since, GRAVE[one.why], one.post))
    return [
        Line(
            one,
            parts.book.title(one.post),
            names.get(one.person or 0, ""),
            tuple(names.get(p, "") for p in one.instead),
        )
        for one in ordered
    ]


@router.get("/desk/away")
async def away(request: Request, person: Leads, db: Db, parts: Parts, now: Now) -> Response:
    """What runs now, and what begins within seven days."""
    found, names = await db.read(known, person, now, parts.zone.key)
    every = lines(found, names, parts)
    return page(
        request,
        "desk/away.html",
        person=person,
        parts_of_time=(
            (True, [line for line in every if line.absence.since <= now]),
            (False, [line for line in every if line.absence.since > now]),
        ),
        W=Why,
        icons=ICONS,
        moment=now,
    )
