"""A list on its way: how far it is, what became of each, and its undoing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from languages.story import refusal
from languages.views import Reader
from models.bulk import CONFIDENTIAL, DONE, Listed, listed, stop
from models.posts import may_see
from models.requests import ServiceRequest, Task
from models.runs import MEANWHILE, ON_ITS_WAY, Run, Stage
from rules.request import RECOVERY
from rules.terms import Act, Kind, Refused
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.actions import PICTURES
from web.desk.session import Person, SignedIn
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
SETTLING = timedelta(seconds=20)
"""After a list was stopped, what was sent before may still be done."""


@router.get("/desk/lists/{number}")
async def one(
    request: Request, number: int, person: SignedIn, db: Db, parts: Parts, back: str = "", late: bool = False
) -> Response:
    """One's own list. `late`: what was to be undone had begun."""
    return await _page(request, number, person, db, parts, back=safe_view(back), late=late)


@router.get("/desk/lists/{number}/live/progress")
async def live(request: Request, number: int, person: SignedIn, db: Db, parts: Parts) -> Response:
    """How far it is, asked for by its page every second while it is on its way."""
    return await _page(request, number, person, db, parts, block="progress")


@router.post("/desk/lists/{number}/undo")
async def undo(number: int, person: SignedIn, db: Db, now: Now) -> Response:
    """Take it back: whole within its ten seconds, afterwards what is left of it."""
    found = await db.read(listed, number, person.id)
    if found is None:
        raise NotFound
    waiting = found[0].state == Stage.WAITING
    await db.write(stop, number, person.id, now)
    return see_other(f"/desk/lists/{number}{'' if waiting else '?late=1'}")


def safe_view(text: str) -> str:
    """The address of the part of the queue one came from, as its query; "" where none is known."""
    return urlencode(parse_qsl(text[:300]))


async def _page(
    request: Request, number: int, person: Person, db: Db, parts: Onewindow, block: str | None = None, **more: Any
) -> Response:
    found = await db.read(listed, number, person.id)
    if found is None:
        raise NotFound
    now = parts.clock()
    made: dict[str, Any] = {"back": "", "late": False}
    return page(request, "desk/list.html", block=block, **shown(*found, person, parts.book, now), **(made | more))


def shown(run: Run, rows: tuple[Listed, ...], person: Person, book: Book, now: datetime) -> dict[str, Any]:
    """What the page of a list is made of."""
    counts = Counter(row.item.outcome for row in rows)
    left = counts.pop(None, 0)
    begins = max(0, round((run.begins_at - now).total_seconds())) if run.begins_at else 0
    return {
        "person": person,
        "run": run,
        "rows": [(row, named_for(row, person, book), outcome_words(row.item.outcome)) for row in rows],
        "done": counts[DONE],
        "refused": sum(counts.values()) - counts[DONE],
        "left": left,
        "moving": run.state in ON_ITS_WAY,
        "asked_again": run.state in ON_ITS_WAY or (run.ended_at is not None and now - run.ended_at < SETTLING),
        "waiting": run.state == Stage.WAITING,
        "begins": begins,
        "to": book.title(run.data["post"]) if run.act == Act.GIVE else "",
        "picture": PICTURES[Act(run.act)],
        "moment": now,
    }


def named_for(row: Listed, person: Person, book: Book) -> str:
    """What it is about, for one who may see it; "" where it has gone from him."""
    request, task = row.request, row.task
    involved = frozenset({task.handler, task.answerable})
    seen = may_see(person.posts, request.office, request.zone, involved, request.confidential)
    return category_of(request, task, book) if seen else ""


def category_of(request: ServiceRequest, task: Task, book: Book) -> str:
    """What a task is about."""
    own = request.kind == Kind.COMPLAINT and task.stage != RECOVERY
    sort = book.sort(request)
    return sort if own else f"{sort}: {book.label('stage', task.stage)}"


def outcome_words(outcome: str | None) -> str:
    """What became of an item, as people read it; "" while nothing has."""
    if outcome is None:
        return ""
    if outcome == DONE:
        return _("Done.")
    if outcome == CONFIDENTIAL:
        return _("It is confidential. Open it and decide there.")
    return refusal(Refused.STALE if outcome == MEANWHILE else Refused(outcome), Reader.OFFICER)
