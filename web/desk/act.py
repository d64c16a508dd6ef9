"""An officer's action: into the tray, through the door, and an answer that says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.story import refusal
from languages.views import Reader
from models.casefile import CaseFile, case_file
from models.tray import More
from rules.procedure import Stage
from rules.terms import Act, Actor, Kind, Refused
from web import acting
from web.acting import Outcome
from web.database import Bounded
from web.deps import Db, Now, Parts
from web.desk import stage_forms
from web.desk.actions import ACTS
from web.desk.allowed import choices, offers_for
from web.desk.camera import Photo, act_with, kept_as, takes_photos
from web.desk.casefile import Opened, may_open, opened, whole_page
from web.desk.forms import TOKEN, Filled, read
from web.desk.letter import check, letter
from web.desk.neighbours import TheWay, way_of
from web.desk.session import Person, SignedIn
from web.desk.shown import ShownLine, shown_line, stage_names
from web.desk.way import Way
from web.errors import NotFound, NotYours, Stale
from web.forms import Form, Sent, SentForm
from web.onewindow import Onewindow
from web.render import see_other
from web.typed import own_number
from web.uploads.faults import NotTaken

router = APIRouter(include_in_schema=False)
LEAVING = frozenset({Act.CORRECT, Act.TRANSFER, Act.AGREE, Act.RAISE})
"""After which the sender may no longer see it."""


@router.post("/desk/requests/{reference}/{act}")
async def act_on(
    request: Request,
    act: str,
    file: Opened,
    person: SignedIn,
    form: Form,
    db: Db,
    parts: Parts,
    now: Now,
    way: TheWay,
) -> Response:
    """Do one action. The same form sent twice has the same outcome."""
    return await done(request, act, file, person, Sent(form, None), db, parts, now, way)


@router.post("/desk/requests/{reference}/{act}/documents")
async def act_with_photo(
    request: Request,
    act: str,
    file: Opened,
    person: SignedIn,
    sent: SentForm,
    db: Db,
    parts: Parts,
    now: Now,
) -> Response:
    """Do one action with a photo, which may be left out."""
    way = await way_of(sent.typed, file.request.reference, person, parts)
    return await done(request, act, file, person, sent, db, parts, now, way)


async def done(
    request: Request,
    act: str,
    file: CaseFile,
    person: Person,
    sent: Sent,
    db: Bounded,
    parts: Onewindow,
    now: datetime,
    way: Way | None,
) -> Response:
    """Read the form, send the action, and say what became of it; what was typed stays until it is done."""
    if act not in ACTS:
        raise NotFound
    here = at_its_task(file, sent.typed.get("task", ""))
    could = choices(here, parts.book, parts.zone, now)
    filled = read(Act(act), sent.typed, could, stage_forms.READ)
    check(filled, here, parts)
    if not TOKEN.fullmatch(filled.text("token")):
        raise Stale
    photo = photo_of(sent, here, filled.act, could.stage)
    if filled.errors:
        return again(request, file, person, parts, filled, 422, way=way, photo_gone=photo is not None)
    id = f"desk-{person.id}-{act}-{filled.text('token')}"
    try:
        outcome = await send(parts, here, person, filled, id, photo)
    except NotTaken as wrong:
        filled.wrong("photo", wrong.why)
        return again(request, file, person, parts, filled, wrong.status, way=way)
    address, travels = f"/desk/requests/{file.request.reference}", way.travels if way else {}
    if act in LEAVING and outcome.refused is None and not outcome.waiting:
        newest = await db.read(case_file, file.request.reference)
        if newest is None or not may_open(newest, person):
            return see_other(f"{way.back + '&' if way else '/desk?'}{urlencode({'gone': act})}")
    if outcome.waiting:
        return see_other(f"{address}?{urlencode({'sent': id, **travels})}")
    if outcome.refused is not None:
        newest = await opened(db, file.request.reference, person, parts)
        gone = photo is not None
        return again(request, newest, person, parts, filled, 409, refused=outcome.refused, way=way, photo_gone=gone)
    return see_other(f"{address}?{urlencode({'done': act, 'seen': outcome.number, **travels})}")


def photo_of(sent: Sent, file: CaseFile, act: Act, stage: Stage | None) -> Photo | None:
    """The photo that came with the form, if one may come with this act; NotFound otherwise."""
    if sent.file is None:
        return None
    if not takes_photos(act, stage):
        raise NotFound
    return Photo(sent.file, kept_as(file, act, stage))


def at_its_task(file: CaseFile, id: str) -> CaseFile:
    """The file looked at from the task a form names; Stale for a task this request has not."""
    if not id:
        return file
    task = next((task for task in file.tasks if task.id == id), None)
    if task is None:
        raise Stale
    return file.at(task)


async def send(
    parts: Onewindow, file: CaseFile, person: Person, form: Filled, id: str, photo: Photo | None = None
) -> Outcome:
    """Through the tray and the door. Raises NotYours for one whose posts do no work, NotTaken when its photo cannot be kept."""
    found = offers_for(file, parts.book.policies[file.request.policy_version], person.posts, parts.clock(), person.id)
    post = found.post_for(form.act) or next(iter(person.codes), None)
    if post is None:
        raise NotYours
    more: More = {
        "person": person.id,
        "post": post,
        "task_id": file.task.id if file.task else None,
        "seen": seen_number(form),
        "data": form.data,
        "words": form.words,
    }
    if photo is not None:
        return await act_with(parts, photo, id, file.request.reference, form.act, **more)
    return await acting.act(parts, id, file.request.reference, form.act, Actor.OFFICER, **more)


def seen_number(form: Filled) -> int | None:
    """The event number the sender was looking at; None when the form does not say."""
    return own_number(form.text("seen"))


def again(
    request: Request,
    file: CaseFile,
    person: Person,
    parts: Onewindow,
    form: Filled,
    status: int,
    refused: Refused | None = None,
    way: Way | None = None,
    photo_gone: bool = False,
) -> Response:
    """The page with the form still filled in, what is wrong with it, and what happened since it was opened.

    `photo_gone`: a photo came with the form, which no page can fill in again.
    """
    own, here = ("token", "seen", "task", "in", "at"), at_its_task(file, form.text("task"))
    kept: Mapping[str, str] = {name: text for name, text in form.typed.items() if name not in own}
    return whole_page(
        request,
        file,
        person,
        parts,
        status,
        open_act=form.act,
        open_task=here.task.id if here.task else "",
        open_suffix=f"-{here.task.stage}" if here.task and file.request.kind != Kind.COMPLAINT else "",
        way=way,
        typed=kept,
        letter=letter(here, parts, form.text("words") if form.act is Act.MESSAGE else ""),
        errors=form.errors,
        photo_gone=photo_gone,
        notice="refused" if refused else None,
        sentence=refusal(refused, Reader.OFFICER) if refused else "",
        since=since(here, form, parts) if refused else (),
    )


def since(file: CaseFile, form: Filled, parts: Onewindow) -> list[ShownLine]:
    """The lines written after the one the sender was looking at, newest first, with who wrote them."""
    number = seen_number(form)
    if number is None:
        return []
    now, names = parts.clock(), stage_names(file, parts.book)
    lines = [line for line in file.lines if line.event.number > number]
    return [shown_line(line, parts.book, parts.zone, now, names) for line in reversed(lines)]
