"""People and posts in reach, and a person's leave: entered once, it begins and ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from languages.catalog import named
from models import absences, colleagues
from models.colleagues import Colleague, Held
from models.people import Post
from models.posts import FilledPost
from rules.absence import AbsenceFault, NotTaken
from rules.terms import Codes
from web.deps import Db, Now, Parts
from web.desk.forms import instant, local
from web.desk.hands import now_open
from web.desk.session import Manages, Person
from web.errors import NotFound, NotYours
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)


def fault_words(fault: AbsenceFault) -> str:
    """What is said of a leave or a charge that is not taken."""
    return {
        AbsenceFault.BACKWARDS: _("The end must come after the beginning."),
        AbsenceFault.PAST: _("This lies in the past. What was cannot be changed any more."),
        AbsenceFault.TOO_LONG: _("This is longer than a year. Is the date right?"),
        AbsenceFault.OVERLAPS: _("There is one already in that time. Change that one."),
        AbsenceFault.ONESELF: _("This person already fills the post. Choose somebody else."),
        AbsenceFault.NOT_THERE: _("There is nobody of that name here. Choose one from the list."),
        AbsenceFault.OUT_OF_REACH: _("This person works outside your area. Ask whoever is above both of you."),
        AbsenceFault.OVER: _("This is over already."),
        AbsenceFault.LAST_ACCESS: _("Then no administrator could sign in as one. Let another one do it."),
    }[fault]


async def managed(db: Any, person: Person, number: int, now: datetime) -> Colleague:
    """The colleague of that number; NotFound when there is none, NotYours when this person does not manage him."""
    found: Colleague | None = await db.read(colleagues.colleague, number, now)
    if found is None:
        raise NotFound
    if not await db.read(colleagues.may_manage, person.posts, number, now):
        raise NotYours
    return found


async def candidates(session: AsyncSession, mine: tuple[FilledPost, ...], now: datetime) -> list[Held]:
    """Everybody who has a post within reach, each once, by name: who may stand in."""
    posts = await colleagues.posts_in_reach(session, mine, now)
    held = await colleagues.held_in(session, [post.code for post in posts], now)
    found = {one.person.id: one for one in reversed(held) if one.person.active}
    return sorted(found.values(), key=lambda one: one.person.name)


async def stand_in(session: AsyncSession, mine: tuple[FilledPost, ...], username: str, now: datetime) -> int:
    """The person of that user name, to stand in; NotTaken when there is none, or he is out of reach."""
    who = await colleagues.named(session, username)
    if who is None or who.id is None:
        raise NotTaken(AbsenceFault.NOT_THERE)
    if not await colleagues.may_manage(session, mine, who.id, now):
        raise NotTaken(AbsenceFault.OUT_OF_REACH)
    return who.id


def stretch(form: Mapping[str, str], parts: Onewindow) -> tuple[datetime | None, datetime | None, dict[str, str]]:
    """From and to as typed, and what is wrong with them; an end left out is open."""
    since, until = (instant(form.get(name, ""), parts.zone) for name in ("since", "until"))
    errors = {} if since else {"since": _("Write a date and a time.")}
    if form.get("until") and until is None:
        errors["until"] = _("Write a date and a time.")
    return since, until, errors


@router.get("/desk/people")
async def people(request: Request, person: Manages, db: Db, parts: Parts, now: Now, done: str = "") -> Response:
    """Every post in reach: who is in it, who is away, who stands in, which are vacant."""
    posts = await db.read(colleagues.posts_in_reach, person.posts, now)
    held = await db.read(colleagues.held_in, [post.code for post in posts], now)
    leaves = await db.read(colleagues.leaves_of, sorted({one.person.id or 0 for one in held}), now)
    tunes, zones = "tune" in person.rights, await db.read(colleagues.zone_names)
    return page(
        request,
        "desk/people.html",
        person=person,
        places=[(_place(office, zone, zones, parts), list(found)) for (zone, office), found in groupby(posts, _where)],
        held=_by_post(held),
        leaves=leaves,
        idle=await db.read(colleagues.idle_people, now) if tunes else (),
        done=done == "removed",
        moment=now,
        now_open=now_open,
    )


def _where(post: Post) -> tuple[str | None, str | None]:
    return post.zone, post.office


def _place(office: str | None, zone: str | None, zones: Mapping[str, Codes], parts: Onewindow) -> str:
    return parts.book.label("office", office) if office else named(zones[zone]) if zone else ""


def _by_post(held: list[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for one in held:
        found.setdefault(one.post.code, []).append(one)
    return found


@router.get("/desk/people/{number}")
async def one(
    request: Request, person: Manages, number: int, db: Db, parts: Parts, now: Now, done: str = ""
) -> Response:
    """One person: his posts, his leave, who may stand in."""
    return await person_page(request, person, await managed(db, person, number, now), parts, done=done)


@router.post("/desk/people/{number}/leave")
async def enter_leave(
    request: Request, person: Manages, number: int, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Enter his leave and, if somebody is named, that one's charge of all his own posts for the same time."""
    found = await managed(db, person, number, now)
    since, until, errors = stretch(form, parts)
    if since and not errors:
        try:
            await db.write(_entered, person, found, since, until, form.get("who", ""), now)
        except NotTaken as refused:
            field = "who" if refused.fault in ABOUT_WHO else "since"
            errors = {field: fault_words(refused.fault)}
    if errors:
        return await person_page(request, person, found, parts, 422, typed=form, errors=errors)
    return see_other(f"/desk/people/{number}?done=leave")


ABOUT_WHO = {AbsenceFault.ONESELF, AbsenceFault.NOT_THERE, AbsenceFault.OUT_OF_REACH}


async def _entered(
    session: AsyncSession,
    by: Person,
    of: Colleague,
    since: datetime,
    until: datetime | None,
    who: str,
    now: datetime,
) -> None:
    assert of.person.id is not None
    await absences.add_leave(session, of.person.id, since, until, now, by.id)
    if not who:
        return
    standing = await stand_in(session, by.posts, who, now)
    for held in of.held:
        if held.fill.how != "charge" and colleagues.manages(by.posts, held.post):
            await absences.add_charge(session, held.post.code, standing, since, until, now, by.id)


@router.post("/desk/people/{number}/leave/{row}")
async def end_leave(
    request: Request, person: Manages, number: int, row: int, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Let a leave end at another instant, at once, or never begin."""
    found = await managed(db, person, number, now)
    end = now if form.get("now") else instant(form.get("end", ""), parts.zone)
    errors = {} if end else {f"end-{row}": _("Write a date and a time.")}
    if end:
        try:
            await db.write(absences.end_leave, row, number, end, now, person.id)
        except NotTaken as refused:
            errors = {f"end-{row}": fault_words(refused.fault)}
    if errors:
        return await person_page(request, person, found, parts, 422, errors=errors)
    return see_other(f"/desk/people/{number}?done=changed")


async def person_page(
    request: Request, person: Person, found: Colleague, parts: Onewindow, status: int = 200, **more: Any
) -> Response:
    """The page of one person."""
    now = parts.clock()
    made: dict[str, Any] = {
        "person": person,
        "one": found,
        "own": found.person.id == person.id,
        "tunes": "tune" in person.rights,
        "away": found.away(now),
        "others": await parts.database.read(candidates, person.posts, now),
        "local": lambda at: local(at, parts.zone) if at else "",
        "typed": {},
        "errors": {},
        "done": "",
        "moment": now,
        "shown_once": "",
    }
    return page(request, "desk/person.html", status=status, **(made | more))
