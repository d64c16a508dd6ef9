"""One act on the tasks that were chosen in the queue: what it needs is asked once, then a list does it one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models.bulk import ACTS, MOST, Chosen, Order, begin, choose
from models.casefile import CaseFile
from models.hands import hands
from models.posts import FilledPost
from rules.terms import Act, Kind
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.actions import PICTURES
from web.desk.allowed import given_to
from web.desk.forms import TOKEN, Choices, Filled, local, new_token, read
from web.desk.hands import option
from web.desk.lists import category_of, safe_view
from web.desk.session import Person, SignedIn
from web.errors import NotFound, Stale
from web.forms import Typed, clean
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
PICKED = re.compile(r"([0-9]{9}/[\w/-]{1,30})~([0-9]{1,8})")
"""A task, and the event number of its request when it was chosen."""


def picked(values: Iterable[str]) -> dict[str, int]:
    """The tasks as the queue's boxes name them, at most a list's worth; what is none is left out."""
    found = [match for value in values if (match := PICKED.fullmatch(value))]
    return {match[1]: int(match[2]) for match in found[:MOST]}


async def _sent(request: Request) -> tuple[Typed, dict[str, int]]:
    """What was typed, and the tasks: of those a form has one field each, more than any other form."""
    async with request.form(max_files=0, max_fields=MOST + 20) as form:
        typed = {name: clean(value) for name, value in form.items() if isinstance(value, str)}
        return typed, picked(value for value in form.getlist("task") if isinstance(value, str))


Picked = Annotated[tuple[Typed, dict[str, int]], Depends(_sent)]


@router.get("/desk/bulk/{act}")
async def ask(request: Request, act: str, person: SignedIn, db: Db, parts: Parts) -> Response:
    """What is to be said once for all of them."""
    chosen = await _chosen(db, picked(request.query_params.getlist("task")), _act(act), person, parts)
    return await _page(request, _act(act), person, chosen, parts, back=safe_view(request.query_params.get("back", "")))


@router.post("/desk/bulk/{act}")
async def order(request: Request, act: str, person: SignedIn, sent: Picked, db: Db, parts: Parts, now: Now) -> Response:
    """Put them on a list. The same form sent twice is one list."""
    typed, tasks = sent
    chosen = await _chosen(db, tasks, _act(act), person, parts)
    filled = read(_act(act), typed, Choices(now, parts.zone, **_options(chosen, parts)))
    if not TOKEN.fullmatch(filled.text("token")):
        raise Stale
    if filled.errors or not chosen:
        return await _page(request, filled.act, person, chosen, parts, 422, filled, back=safe_view(filled.text("back")))
    token = f"{person.id}/{filled.text('token')}"
    number = await db.write(
        begin, Order(filled.act, filled.data, filled.words, token), chosen, person.id, now
    )  # fmt: skip
    await parts.door.wake()
    return see_other(f"/desk/lists/{number}?{urlencode({'back': safe_view(filled.text('back'))})}")


def _act(act: str) -> Act:
    if act not in ACTS:
        raise NotFound
    return Act(act)


async def _chosen(db: Db, tasks: dict[str, int], act: Act, person: Person, parts: Onewindow) -> tuple[Chosen, ...]:
    """The tasks with the policies they run on at hand."""
    return await db.read(_with_policies, tasks, act, person.posts, parts.book)


async def _with_policies(
    session: AsyncSession, tasks: dict[str, int], act: Act, posts: Sequence[FilledPost], book: Book
) -> tuple[Chosen, ...]:
    chosen = await choose(session, tasks, posts, act)
    for version in {one.request.policy_version for one in chosen}:
        await book.hold_policy(session, version)
    return chosen


def _options(chosen: Sequence[Chosen], parts: Onewindow) -> dict[str, Any]:
    """The causes and posts at least one of them can be ended by or given to; the most fitting first."""
    possible = [one for one in chosen if one.refused is None]
    causes = Counter(code for one in possible for code in _causes(one, parts.book))
    receivers = Counter(code for one in possible for code in _receivers(one, parts))
    return {"causes": [code for code, _many in causes.most_common()], "receivers": _near(receivers, parts.book)}


def _near(receivers: Counter[str], book: Book) -> list[str]:
    """Those to whom the most can be given first, and of these the offices' own before the zones'."""
    return sorted(receivers, key=lambda code: (-receivers[code], book.now.posts[code].office is None, code))


def _causes(one: Chosen, book: Book) -> list[str]:
    if one.request.kind != Kind.COMPLAINT:
        return []
    row = book.row("category", one.request.category)
    causes = [str(code) for code in row.data.get("causes", ())] if row else []
    return causes or [cause.code for cause in book.all("cause")]


def _receivers(one: Chosen, parts: Onewindow) -> list[str]:
    file = CaseFile(one.request, one.task, None, None, (), (), (), (), tasks=(one.task,))
    policy = parts.book.policies[one.request.policy_version]
    return [post.code for post in given_to(file, parts.book, policy, parts.clock())]


async def _page(
    request: Request,
    act: Act,
    person: Person,
    chosen: Sequence[Chosen],
    parts: Onewindow,
    status: int = 200,
    form: Filled | None = None,
    back: str = "",
) -> Response:
    options = _options(chosen, parts)
    there = await parts.database.read(hands, options["receivers"], parts.clock()) if act is Act.GIVE else {}
    errors = dict(form.errors) if form else {}
    if not chosen:
        errors = {"task": _("Choose at least one line in the queue first.")}
    return page(
        request,
        "desk/bulk.html",
        status=status,
        person=person,
        act=act.value,
        rows=[(one, category_of(one.request, one.task, parts.book)) for one in chosen],
        able=sum(one.refused is None for one in chosen),
        pictures=PICTURES,
        causes=[(code, parts.book.label("cause", code)) for code in options["causes"]],
        receivers=[(code, option(parts.book.title(code), there.get(code))) for code in options["receivers"]],
        token=new_token(),
        now_local=local(parts.clock(), parts.zone),
        typed=form.typed if form else {},
        errors=errors,
        back=back,
    )
