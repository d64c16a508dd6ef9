"""Take the next one: the most urgent task of one's posts that nobody has taken up, taken up at once."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from models.events import Submission
from models.untaken import most_urgent
from rules.terms import Act, Actor
from web import acting
from web.acting import Outcome
from web.deps import Parts
from web.desk.forms import TOKEN
from web.desk.session import Person, SignedIn
from web.errors import Stale
from web.forms import Form
from web.onewindow import Onewindow
from web.render import see_other

router = APIRouter(include_in_schema=False)
TRIES = 8
"""Somebody else may take one first; then the one after it is tried."""


@router.post("/desk/next")
async def take_next(person: SignedIn, form: Form, parts: Parts) -> Response:
    """Go to what was taken up. The same form sent twice leads to the same one, and no two people ever to one."""
    if not TOKEN.fullmatch(form.get("token", "")):
        raise Stale
    tried: list[str] = []
    for number in range(TRIES):
        id = f"next-{person.id}-{number}-{form['token']}"
        found = await parts.database.read(_candidate, id, person.codes, tuple(tried))
        if found is None:
            break
        reference, task, post, seen = found
        outcome = await _take(parts, person, id, reference, task, post, seen)
        if outcome.waiting:
            return see_other(f"/desk/requests/{reference}?{urlencode({'sent': id})}")
        if outcome.refused is None:
            return see_other(f"/desk/requests/{reference}?{urlencode({'done': 'accept', 'seen': outcome.number})}")
        tried.append(task)
    return see_other("/desk?none=1")


async def _candidate(
    session: AsyncSession, id: str, posts: tuple[str, ...], tried: tuple[str, ...]
) -> tuple[str, str, str, int | None] | None:
    """What this try is about: what it was about when it was sent before, else the most urgent that is left."""
    before = await session.get(Submission, id)
    if before is not None:
        return before.reference, before.task_id or "", before.post or "", before.seen
    found = await most_urgent(session, posts, tried)
    if found is None:
        return None
    task, request = found
    return task.reference, task.id, task.handler, request.number


async def _take(
    parts: Onewindow, person: Person, id: str, reference: str, task: str, post: str, seen: int | None
) -> Outcome:
    return await acting.act(
        parts, id, reference, Act.ACCEPT, Actor.OFFICER, person=person.id, post=post, task_id=task, seen=seen
    )
