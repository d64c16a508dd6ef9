"""An officer's action: into the tray, through the door, and an answer that says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.story import refusal
from languages.views import Reader
from models import tray
from models.casefile import CaseFile
from rules.terms import Act, Actor, Refused, Take
from web.deps import Db, Now, Parts, TheDoor
from web.desk.actions import ACTS, Offers
from web.desk.casefile import Opened, opened, typed_of, whole_page
from web.desk.forms import TOKEN, Filled, read
from web.desk.session import Person, SignedIn
from web.desk.shown import choices, offers_for, shown_line
from web.errors import NotFound, NotYours
from web.onewindow import Onewindow
from web.render import see_other
from workflows.client import NotYet

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Sending:
    """One action on its way: its form, the post it is done as, its id in the tray, and the event number looked at."""

    form: Filled
    post: str
    id: str
    seen: int | None


@router.post("/desk/requests/{reference}/{act}")
async def act_on(
    request: Request, act: str, file: Opened, person: SignedIn, db: Db, door: TheDoor, parts: Parts, now: Now
) -> Response:
    """Do one action. The same form sent twice has the same outcome."""
    if act not in ACTS:
        raise NotFound
    typed = typed_of(await request.form())
    form = read(Act(act), typed, choices(file, parts.book, parts.zone, now))
    if form.errors:
        return again(request, file, person, parts, form, 422)
    sending = prepared(form, file, person, parts)
    await db.write(put, file, person, sending, parts)
    address = f"/desk/requests/{file.request.reference}"
    try:
        taken = await door.act(Take(file.request.reference, sending.id, form.act, now))
    except NotYet:
        return see_other(f"{address}?{urlencode({'sent': sending.id})}")
    if taken.refused is not None:
        newest = await opened(db, file.request.reference, person, parts)
        return again(request, newest, person, parts, form, 409, refused=taken.refused)
    return see_other(f"{address}?{urlencode({'done': form.act.value, 'seen': taken.number})}")


def prepared(form: Filled, file: CaseFile, person: Person, parts: Onewindow) -> Sending:
    """What goes into the tray. Raises NotYours for one who could never act on this request."""
    found: Offers = offers_for(file, parts.book.policies[file.request.policy_version], person.posts)
    post = found.post_for(form.act) or next(iter(person.codes), None)
    if post is None:
        raise NotYours
    token, seen = form.text("token"), form.text("seen")
    if not TOKEN.fullmatch(token):
        raise NotFound
    return Sending(form, post, f"desk-{person.id}-{token}", int(seen) if seen.isdigit() and len(seen) < 9 else None)


async def put(session: AsyncSession, file: CaseFile, person: Person, sending: Sending, parts: Onewindow) -> None:
    """Into the tray, in one transaction."""
    await tray.put(
        session,
        id=sending.id,
        reference=file.request.reference,
        act=sending.form.act,
        actor=Actor.OFFICER,
        at=parts.clock(),
        person=person.id,
        post=sending.post,
        task_id=file.task.id if file.task else None,
        seen=sending.seen,
        data=sending.form.data,
        words=sending.form.words,
    )


def again(
    request: Request,
    file: CaseFile,
    person: Person,
    parts: Onewindow,
    form: Filled,
    status: int,
    refused: Refused | None = None,
) -> Response:
    """The page with the form still filled in, what is wrong with it, and what happened since it was opened."""
    kept: Mapping[str, str] = {name: text for name, text in form.typed.items() if name not in ("token", "seen")}
    return whole_page(
        request,
        file,
        person,
        parts,
        status,
        open_act=form.act,
        typed=kept,
        errors=form.errors,
        notice="refused" if refused else None,
        sentence=refusal(refused, Reader.OFFICER) if refused else "",
        since=since(file, form, parts) if refused else (),
    )


def since(file: CaseFile, form: Filled, parts: Onewindow) -> list[object]:
    """The lines written after the one the sender was looking at, newest first, with who wrote them."""
    seen = form.text("seen")
    number = int(seen) if seen.isdigit() and len(seen) < 9 else file.request.number
    now = parts.clock()
    lines = [line for line in file.lines if line.event.number > number]
    return [shown_line(line, parts.book, parts.zone, now) for line in reversed(lines)]
