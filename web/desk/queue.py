"""The queue of my posts: what falls due next, live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages import labels
from languages.catalog import gettext as _
from languages.catalog import named
from languages.views import Reader
from models.queue import Bounds, Page, Place, Row, View, counts, queue, reference_exists
from models.requests import ServiceRequest, Task
from rules.reference import Reading, look
from rules.request import RECOVERY
from rules.states import WORKED
from rules.terms import Act, Kind, State
from web.book import Book
from web.deps import Db, Now, Parts, TheBook, TheHub, TheViews
from web.desk.forms import new_token
from web.desk.session import COOKIE, Person, SignedIn, person_of
from web.desk.shown import Due, tier_clock
from web.desk.ticks import ticks
from web.desk.way import leading
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
LONGEST_REFERENCE = 40


@dataclass(frozen=True)
class ShownRow:
    """One line of the queue, named and told."""

    id: str
    task: str
    number: int
    way: str
    reference: str
    due: Due
    category: str
    stage: str
    anchor: str
    locality: str
    state: str
    state_words: str
    tier: int
    answerable: str
    as_handler: str
    as_answerable: str
    to_agree: str
    danger: bool
    confidential: bool
    to_ring: bool
    repeats: int
    wrote: bool


def bounds(onewindow: Onewindow, now: datetime) -> Bounds:
    """Now and the end of the utility's day."""
    tomorrow = now.astimezone(onewindow.zone).date() + timedelta(days=1)
    return Bounds(now, datetime.combine(tomorrow, datetime.min.time(), onewindow.zone))


def shown(row: Row, person: Person, book: Book, now: datetime, way: str = "") -> ShownRow:
    """A line in the language in use."""
    task, request = row.task, row.request
    complaint = request.kind == Kind.COMPLAINT
    own = complaint and task.stage != RECOVERY
    place = book.locality(request.locality)
    state = State(request.state)
    decider = request.proposal.get("post") if state in WORKED and asks_about(request, task) else None
    return ShownRow(
        id=request.reference if own else f"{request.reference}-{task.stage}",
        task=task.id,
        number=request.number,
        way=way,
        reference=request.reference,
        due=task_clock(row, book, now),
        category=book.sort(request),
        stage="" if own else book.label("stage", task.stage),
        anchor="" if complaint else f"#stage-{task.stage}",
        locality=named(place.names) if place else book.label("office", request.office),
        state=state,
        state_words=labels.state_label(state, Reader.OFFICER),
        tier=task.tier,
        answerable=book.title(task.answerable),
        as_handler=book.title(task.handler) if task.handler in person.codes else "",
        as_answerable=book.title(task.answerable) if task.answerable in person.codes else "",
        to_agree=book.title(decider) if decider in person.codes else "",
        danger=request.safety,
        confidential=request.confidential,
        to_ring=request.call_back_at is not None and state is State.RESOLVED,
        repeats=request.repeats,
        wrote=request.wrote_at is not None,
    )


def asks_about(request: ServiceRequest, task: Task) -> bool:
    """Whether what is proposed concerns this task: of several open ones only that at which it was proposed."""
    return request.proposal.get("task") in (None, task.id)


def task_clock(row: Row, book: Book, now: datetime) -> Due:
    """The clock of a line; where a stage waits, what for."""
    if row.task.due is None and row.wait:
        return Due(None, book.label("hold_reason", row.wait), "still")
    return tier_clock(row.request, row.task.due, now)


def read_place(after: str) -> Place | None:
    """Where a page begins, from its address; None for the first page or an address that makes no sense."""
    due, separator, task = after.partition("~")
    if not separator or not 0 < len(task) <= 40:
        return None
    with suppress(ValueError):
        at = datetime.fromisoformat(due) if due else None
        return Place(at, task) if at is None or at.tzinfo else None
    return None


def written_place(place: Place | None) -> str:
    """A place as it stands in an address; "" for None."""
    return f"{place.due.isoformat() if place.due else ''}~{place.task}" if place else ""


async def looked_up(
    session: AsyncSession, codes: tuple[str, ...], view: View, limits: Bounds, after: Place | None
) -> tuple[Page, dict[View, int]]:
    """One page and the counts of all views, in one session."""
    return await queue(session, codes, view, limits, after), await counts(session, codes, limits)


def context(
    person: Person, view: View, after: str, found: tuple[Page, dict[View, int]], parts: Onewindow
) -> dict[str, Any]:
    """What the page and its live region are made of."""
    listed, numbers = found
    now = parts.clock()
    here = urlencode({"view": view.value, **({"after": after} if after else {})})
    following = written_place(listed.after)
    return {
        "person": person,
        "view": view,
        "views": [(one, view_words()[one], numbers[one]) for one in View],
        "rows": [shown(row, person, parts.book, now, leading(here, at)) for at, row in enumerate(listed.rows)],
        "back": here,
        "token": new_token(),
        "first": not after,
        "following": f"/desk?{urlencode({'view': view.value, 'after': following})}" if following else "",
        "live": f"/desk/live?{urlencode({'view': view.value, 'after': after})}",
        "moment": now,
    }


def view_words() -> dict[View, str]:
    """What each view is called."""
    return {
        View.ALL: _("All"),
        View.MINE: _("My work"),
        View.ANSWERABLE: _("I answer for"),
        View.TO_AGREE: _("To agree"),
        View.DUE_TODAY: _("Due today"),
        View.OVERDUE: _("Overdue"),
        View.ON_HOLD: _("Waiting for the consumer"),
    }


@router.get("/desk")
async def desk(
    request: Request,
    person: SignedIn,
    db: Db,
    parts: Parts,
    now: Now,
    view: View = View.ALL,
    after: str = "",
    gone: str = "",
    none: bool = False,
) -> Response:
    """The queue, soonest due first, fifty a page; after an action by which a request left it, it says so."""
    after = written_place(read_place(after))
    found = await db.read(looked_up, person.codes, view, bounds(parts, now), read_place(after))
    done = labels.act_label(Act(gone)) if gone in set(Act) else ""
    return page(
        request,
        "desk/queue.html",
        typed="",
        errors={},
        gone=done,
        nothing=none,
        **context(person, view, after, found, parts),
    )


@router.get("/desk/find")
async def find(request: Request, person: SignedIn, db: Db, parts: Parts, now: Now, reference: str = "") -> Response:
    """Go to the request of a number, or say what is wrong with it."""
    typed = reference[:LONGEST_REFERENCE]
    found = look(typed)
    if found.kind == "reference" and await db.read(reference_exists, found.value):
        return see_other(f"/desk/requests/{found.value}")
    rows = await db.read(looked_up, person.codes, View.ALL, bounds(parts, now), None)
    errors = {"reference": _not_found(found)}
    whole = context(person, View.ALL, "", rows, parts)
    return page(request, "desk/queue.html", status=422, typed=typed, errors=errors, gone="", nothing=False, **whole)


def _not_found(found: Reading) -> str:
    if found.kind == "reference":
        return _("There is no complaint with this number.")
    if found.kind == "check digit":
        return _("This number cannot be right. Two digits may be swapped.")
    return _("A complaint number has 9 digits.")


@router.get("/desk/live", response_class=EventSourceResponse)
async def live(
    request: Request,
    person: SignedIn,
    hub: TheHub,
    views: TheViews,
    parts: Parts,
    book: TheBook,
    view: View = View.ALL,
    after: str = "",
) -> AsyncIterator[ServerSentEvent]:
    """The queue again whenever it changed, until the session ends."""
    token, last = request.cookies.get(COOKIE), ""
    async for _tick in ticks(hub):
        now = parts.clock()
        still = await parts.database.read(person_of, token, now, parts.zone.key, using=False)
        if still is None:
            yield ServerSentEvent(event="finished", raw_data="")
            return
        found = await parts.database.read(looked_up, still.codes, view, bounds(parts, now), read_place(after))
        block = views.text("desk/queue.html", "queue", **context(still, view, after, found, parts))
        if block != last:
            last = block
            yield ServerSentEvent(raw_data=block)
