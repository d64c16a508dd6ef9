"""A post's roster: who is there in the coming weeks, the gaps between, and one more line; and what the post is to be given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from babel.dates import get_day_names
from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import current
from languages.catalog import gettext as _
from models import absences, colleagues
from models.ground import fillings
from models.people import Post
from models.policy import Names
from rules.absence import NotTaken
from rules.hours import DAY_NAMES, BadCalendar, week_from
from rules.ladder import Seat
from rules.roster import stints
from web.deps import Db, Now, Parts
from web.desk.forms import local
from web.desk.people import ABOUT_WHO, candidates, fault_words, stand_in, stretch
from web.desk.posts import managed_post
from web.desk.session import Manages, Person, Tunes
from web.forms import Form, Typed
from web.onewindow import Onewindow
from web.render import page, see_other
from web.typed import own_number

router = APIRouter(include_in_schema=False)
AHEAD = timedelta(days=14)
"""How far ahead the page shows who is there, and where nobody is."""
MOST = 10_000


@router.get("/desk/people/posts/{post}/roster")
async def roster(request: Request, person: Manages, post: str, parts: Parts, done: str = "") -> Response:
    """Who is there in the next two weeks, and the gaps."""
    return await roster_page(request, person, managed_post(person, post, parts), parts, done=done)


@router.post("/desk/people/posts/{post}/roster")
async def add(request: Request, person: Manages, post: str, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Let somebody be there on some days of the week, between two times, from an instant to another."""
    found = managed_post(person, post, parts)
    since, until, errors = stretch(form, parts)
    spans, wrong = spans_of(form)
    errors |= wrong
    if since and not errors:
        try:
            who = await db.read(stand_in, person.posts, form.get("who", ""), now)
            await db.write(absences.put_on_roster, post, who, (since, until), spans, now, person.id)
        except NotTaken as refused:
            errors = {"who" if refused.fault in ABOUT_WHO else "since": fault_words(refused.fault)}
    if errors:
        return await roster_page(request, person, found, parts, 422, typed=form, errors=errors)
    return see_other(f"/desk/people/posts/{post}/roster?done=roster")


def spans_of(form: Typed) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The weekly spans as typed, and what is wrong with them."""
    days = [day for day in DAY_NAMES if form.get(f"day-{day}")]
    errors = {} if days else {"days": _("Choose at least one day.")}
    spans = {day: [f"{form.get('opens', '')}-{form.get('closes', '')}"] for day in days}
    try:
        week_from(spans, "roster")
    except BadCalendar:
        errors["opens"] = _("Write when it begins and when it ends, like 09:30 and 17:30.")
    return spans, errors


@router.post("/desk/people/posts/{post}/work")
async def work(request: Request, person: Tunes, post: str, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Say which sorts of requests the post handles and how many open tasks it is to have."""
    found = managed_post(person, post, parts)
    able, most, errors = work_of(form, parts)
    if errors:
        return await roster_page(request, person, found, parts, 422, typed=form, errors=errors)
    await db.write(absences.set_work, post, able, most, now, person.id)
    return see_other(f"/desk/people/posts/{post}/roster?done=work")


def work_of(form: Typed, parts: Onewindow) -> tuple[list[str], int | None, dict[str, str]]:
    """Which sorts were chosen (none where all were) and the number typed, None for any; and what is wrong with it."""
    all_sorts = sorts(parts)
    able = [row.code for row in all_sorts if form.get(f"able-{row.code}")]
    written = form.get("most", "").strip()
    most = own_number(written)
    if written and (most is None or not 1 <= most <= MOST):
        return able, None, {"most": _("Write a whole number from 1 to 10,000, or leave it empty.")}
    return [] if len(able) == len(all_sorts) else able, most, {}


async def roster_page(
    request: Request, person: Person, post: Post, parts: Onewindow, status: int = 200, **more: Any
) -> Response:
    """The page of a post's roster."""
    now: datetime = parts.clock()
    held = await parts.database.read(colleagues.held_in, [post.code], now)
    filled = await parts.database.read(fillings, [post.code], parts.zone.key)
    names = get_day_names("wide", context="stand-alone", locale=current())
    made: dict[str, Any] = {
        "person": person,
        "post": post,
        "tunes": "tune" in person.rights,
        "held": [one for one in held if one.fill.how == "roster"],
        "stints": stints(Seat(post.code, filled.get(post.code, ()), post.never_vacant), now, now + AHEAD),
        "names": {one.person.id: one.person.name for one in held},
        "days": [(code, names[number]) for number, code in enumerate(DAY_NAMES)],
        "sorts": sorts(parts),
        "others": await parts.database.read(candidates, person.posts, now),
        "local": lambda at: local(at, parts.zone) if at else "",
        "typed": _as_it_is(post),
        "errors": {},
        "done": "",
        "moment": now,
    }
    return page(request, "desk/roster.html", status=status, **(made | more))


def sorts(parts: Onewindow) -> list[Names]:
    """All sorts of complaints and of connection requests."""
    return [*parts.book.categories(), *parts.book.all("procedure")]


def _as_it_is(post: Post) -> Mapping[str, str]:
    """The post's work as its form has it."""
    return {f"able-{code}": "1" for code in post.able} | {"most": str(post.most_tasks or "")}
