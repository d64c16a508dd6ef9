"""One post: who is in it, who has charge of it from when to when, and how that ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from models import absences, colleagues
from models.people import Post
from rules.absence import NotTaken
from web.deps import Db, Now, Parts
from web.desk.forms import instant, local
from web.desk.people import ABOUT_WHO, candidates, fault_words, stand_in, stretch
from web.desk.session import Manages, Person, Tunes
from web.errors import NotFound, NotYours
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)


def managed_post(person: Person, code: str, parts: Onewindow) -> Post:
    """The post of that code; NotFound when there is none, NotYours when this person does not manage it."""
    post = parts.book.post(code)
    if post is None:
        raise NotFound
    if not colleagues.manages(person.posts, post):
        raise NotYours
    return post


@router.get("/desk/people/posts/{post}")
async def one(request: Request, person: Manages, post: str, parts: Parts, done: str = "") -> Response:
    """The post with its people of now and to come."""
    return await post_page(request, person, managed_post(person, post, parts), parts, done=done)


@router.post("/desk/people/posts/{post}/charge")
async def give_charge(
    request: Request, person: Manages, post: str, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Give somebody additional charge from an instant to another."""
    found = managed_post(person, post, parts)
    since, until, errors = stretch(form, parts)
    if since and not errors:
        try:
            who = await db.read(stand_in, person.posts, form.get("who", ""), now)
            await db.write(absences.add_charge, post, who, since, until, now, person.id)
        except NotTaken as refused:
            errors = {"who" if refused.fault in ABOUT_WHO else "since": fault_words(refused.fault)}
    if errors:
        return await post_page(request, person, found, parts, 422, typed=form, errors=errors)
    return see_other(f"/desk/people/posts/{post}?done=charge")


@router.post("/desk/people/posts/{post}/fills/{row}")
async def end_fill(
    request: Request, person: Manages, post: str, row: int, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Let somebody's time in the post end at another instant, at once, or never begin. Own posts: administrators alone."""
    found = managed_post(person, post, parts)
    held = await db.read(colleagues.held_in, [post], now)
    if any(one.fill.id == row and one.fill.how == "person" for one in held) and "tune" not in person.rights:
        raise NotYours
    end = now if form.get("now") else instant(form.get("end", ""), parts.zone)
    errors = {} if end else {f"end-{row}": _("Write a date and a time.")}
    if end:
        try:
            await db.write(absences.end_fill, row, post, end, now, person.id)
        except NotTaken as refused:
            errors = {f"end-{row}": fault_words(refused.fault)}
    if errors:
        return await post_page(request, person, found, parts, 422, errors=errors)
    return see_other(f"/desk/people/posts/{post}?done=changed")


@router.post("/desk/people/posts/{post}/person")
async def put_in_post(
    request: Request, person: Tunes, post: str, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Let somebody fill the post himself from an instant on; his sessions end when that is now."""
    found = managed_post(person, post, parts)
    since = instant(form.get("since", ""), parts.zone)
    errors = {} if since else {"since": _("Write a date and a time.")}
    if since:
        try:
            who = await db.read(stand_in, person.posts, form.get("who", ""), now)
            await db.write(absences.put_in_post, post, who, since, now, person.id)
        except NotTaken as refused:
            errors = {"who" if refused.fault in ABOUT_WHO else "since": fault_words(refused.fault)}
    if errors:
        return await post_page(request, person, found, parts, 422, typed=form, errors=errors)
    return see_other(f"/desk/people/posts/{post}?done=changed")


async def post_page(
    request: Request, person: Person, post: Post, parts: Onewindow, status: int = 200, **more: Any
) -> Response:
    """The page of one post."""
    now: datetime = parts.clock()
    held = await parts.database.read(colleagues.held_in, [post.code], now)
    made: dict[str, Any] = {
        "person": person,
        "post": post,
        "held": held,
        "tunes": "tune" in person.rights,
        "leaves": await parts.database.read(colleagues.leaves_of, [one.person.id or 0 for one in held], now),
        "others": await parts.database.read(candidates, person.posts, now),
        "local": lambda at: local(at, parts.zone) if at else "",
        "typed": {},
        "errors": {},
        "done": "",
        "moment": now,
    }
    return page(request, "desk/post.html", status=status, **(made | more))
