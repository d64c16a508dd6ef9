"""The queue of my posts: what falls due next, a page at a time, by an address that a bookmark keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages import labels
from languages.catalog import gettext as _
from models.queue import COUNTED, Bounds, Page, Place, Sight, View, counts, queue
from rules.terms import Act
from web.deps import Db, Now, Parts
from web.desk.forms import new_token
from web.desk.queue_address import Address, choosable, chosen_fields, read, sight_of, written_place
from web.desk.queue_rows import ShownRow, in_place
from web.desk.session import Person, SignedIn
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)


def bounds(onewindow: Onewindow, now: datetime) -> Bounds:
    """Now and the end of the utility's day."""
    tomorrow = now.astimezone(onewindow.zone).date() + timedelta(days=1)
    return Bounds(now, datetime.combine(tomorrow, datetime.min.time(), onewindow.zone))


async def looked_up(
    session: AsyncSession, sight: Sight, limits: Bounds, asked: Address
) -> tuple[Page, dict[View, int]]:
    """One page and the counts of all views, in one session."""
    found = await queue(session, sight, asked.view, limits, asked.after, asked.choice)
    return found, await counts(session, sight, limits, asked.choice)


def views_for(sight: Sight, asked: Address, numbers: dict[View, int]) -> list[tuple[View, str, str, str]]:
    """The views this person has, each with its words, its count and its address."""
    words = view_words()
    his = [one for one in View if one is not View.TEAM or sight.team or asked.view is View.TEAM]
    return [(one, words[one], counted(numbers[one]), asked.of(one)) for one in his]


def counted(number: int) -> str:
    """A count as it is shown: past a limit nobody counts on."""
    return str(number) if number < COUNTED else f"{COUNTED}+"


def region(
    person: Person,
    asked: Address,
    sight: Sight,
    rows: Sequence[ShownRow],
    numbers: dict[View, int],
    following: Place | None,
    now: datetime,
) -> dict[str, Any]:
    """What the live region is made of."""
    return {
        "person": person,
        "view": asked.view,
        "views": views_for(sight, asked, numbers),
        "rows": rows,
        "first": asked.at(None) if asked.after else "",
        "again": asked.at(asked.after),
        "following": asked.at(following) if following else "",
        "new": 0,
        "moment": now,
    }


def view_words() -> dict[View, str]:
    """What each view is called."""
    return {
        View.ALL: _("All"),
        View.MINE: _("My work"),
        View.ANSWERABLE: _("I answer for"),
        View.TO_AGREE: _("To agree"),
        View.UNTAKEN: _("My office, not taken up"),
        View.DUE_TODAY: _("Due today"),
        View.OVERDUE: _("Overdue"),
        View.URGENT: _("Escalated or within the hour"),
        View.ON_HOLD: _("Waiting for the consumer"),
        View.BEYOND: _("Beyond the last officer"),
        View.TEAM: _("My team"),
    }


@router.get("/desk")
async def desk(
    request: Request, person: SignedIn, db: Db, parts: Parts, now: Now, gone: str = "", none: bool = False
) -> Response:
    """The queue, soonest due first, fifty a page; after an action by which a request left it, it says so."""
    sight = sight_of(person, parts.book)
    fields = list(choosable(parts.book, sight))
    asked, errors = read(request.query_params, fields)
    listed, numbers = await db.read(looked_up, sight, bounds(parts, now), asked)
    tasks = {row.task: row for row in listed.rows}
    rows = in_place(list(tasks), tasks, frozenset(tasks), person, parts.book, now, asked)
    on_page = "~".join(tasks)
    live = asked.query(rows=on_page, until=written_place(listed.after))
    return page(
        request,
        "desk/queue.html",
        status=422 if errors else 200,
        errors=errors,
        nothing=none,
        token=new_token(),
        back=asked.query(),
        gone=labels.act_label(Act(gone)) if gone in set(Act) else "",
        live=f"/desk/live?{live}",
        fields=[field for field in fields if len(field.options) > 1],
        chosen={name: str(value) for name, value in vars(asked.choice).items() if value},
        narrowed=chosen_fields(asked.choice),
        without=Address(asked.view).at(None),
        **region(person, asked, sight, rows, numbers, listed.after, now),
    )
