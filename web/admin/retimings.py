"""New timings applied to open requests: how far each run is, and its pause, end, speed and taking back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import retiming
from models.policy_proposals import NeedsSecond
from models.policy_versions import LONGEST_NOTE, NoteMissing, NothingChanged
from models.retiming import (
    AlreadyRunning,
    CannotUndo,
    choice_of,
    latest,
    named_by,
    propose_taking_back,
    take_back,
    takes_back,
)
from models.runs import GOING_ON, Progress, Run, Stage, progress
from models.staff import staff_names
from rules.holidays import ChangedSince
from web.admin.apply import choice_words, rate_of
from web.admin.saving import number as number_of
from web.admin.versions import version_page
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
STEERS = {"pause": Stage.PAUSED, "resume": Stage.RUNNING, "stop": Stage.STOPPED}


async def _one(session: AsyncSession, number: int) -> tuple[Run, Progress, int | None] | None:
    """A run, how far it is, and the number of the one that takes it back."""
    row = await retiming.one(session, number)
    if row is None:
        return None
    undone = (await session.exec(select(Run.id).where(Run.undoes == number))).first()
    return row, await progress(session, number), undone


@router.get("/admin/retimings")
async def runs(request: Request, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """Every run, newest first."""
    rows, names = await db.read(latest), await db.read(staff_names)
    return page(
        request,
        "admin/retimings.html",
        person=person,
        rows=rows,
        takes_back=takes_back,
        named_by=named_by,
        names=names,
        words=words(),
        moment=parts.clock(),
    )


@router.get("/admin/retimings/{number}")
async def run(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """One run."""
    return await _page(request, number, person, db, parts)


@router.get("/admin/retimings/{number}/live/progress")
async def live(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """How far it is, asked for by its page every two seconds while it runs."""
    return await _page(request, number, person, db, parts, block="progress")


@router.post("/admin/versions/{version}/take-back")
async def back(request: Request, version: int, person: Tunes, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Take a version back: new requests come under the timings without it, and open ones go back to what they had.

    Where a time becomes longer by it, it is a proposal as any other version of that sort.
    """
    note, status = form.get("note", "").strip(), 409
    try:
        return see_other(await _taken_back(db, parts, version, person.id, now, note))
    except AlreadyRunning:
        why = _("Other timings are still being applied. Wait for their end, or stop them.")
    except ChangedSince:
        why = _("What this version changed was changed again since. Change it by hand.")
    except (LookupError, NothingChanged):
        why = _("There is nothing to take back.")
    except NoteMissing:
        status, most = 422, LONGEST_NOTE
        why = _("A time becomes longer by it. Say in at most %(number)d characters why.", number=most)
    if of := number_of(form.get("run", "")):
        return await _page(request, of, person, db, parts, status=status, error=why, note=note)
    return await version_page(request, version, person, db, parts, status, error=why, note=note)


async def _taken_back(db: Db, parts: Onewindow, version: int, by: int, at: datetime, note: str) -> str:
    """Where to look at what came of it."""
    try:
        words = note or _("Version %(number)d is taken back.", number=version)
        started = await db.write(take_back, version, by, at, words)
    except NeedsSecond:
        return f"/admin/proposals/{await db.write(propose_taking_back, version, by, at, note)}?made=1"
    await parts.door.wake()
    return f"/admin/retimings/{started}"


@router.post("/admin/retimings/{number}/{what}")
async def steer(
    request: Request, number: int, what: str, person: Tunes, form: Form, db: Db, parts: Parts, now: Now
) -> Response:
    """Pause, resume, stop, set the speed, or take it back."""
    try:
        if what == "undo":
            number = await db.write(retiming.undo, number, person.id, now)
        elif what == "rate":
            await db.write(retiming.steer, number, person.id, now, rate=rate_of(form))
        elif what in STEERS:
            await db.write(retiming.steer, number, person.id, now, to=STEERS[what])
        else:
            raise NotFound
    except ValueError as wrong:
        return await _page(request, number, person, db, parts, status=422, error=str(wrong), rate=form.get("rate", ""))
    except AlreadyRunning:
        why = _("Other timings are still being applied. Wait for their end, or stop them.")
        return await _page(request, number, person, db, parts, status=409, error=why)
    except CannotUndo:
        return await _page(request, number, person, db, parts, status=409, error=_("There is nothing to take back."))
    await parts.door.wake()
    return see_other(f"/admin/retimings/{number}")


async def _page(
    request: Request, number: int, person: Person, db: Db, parts: Onewindow, status: int = 200, **more: Any
) -> Response:
    found = await db.read(_one, number)
    if found is None:
        raise NotFound
    row, far, undone = found
    made: dict[str, Any] = {"block": None, "error": "", "note": "", "rate": row.rate}
    return page(
        request,
        "admin/retiming.html",
        status=status,
        person=person,
        row=row,
        version=named_by(row),
        back=takes_back(row),
        choice=choice_words(choice_of(row), parts.book),
        progress=far,
        undone=undone,
        going_on=row.state in GOING_ON,
        may_save="tune" in person.rights,
        words=words(),
        outcomes=outcome_words(),
        names=await db.read(staff_names),
        moment=parts.clock(),
        **(made | more),
    )


def words() -> dict[str, str]:
    """How a run stands, as people read it."""
    return {
        "running": _("Running"),
        "paused": _("Paused"),
        "stopped": _("Stopped"),
        "done": _("Done"),
    }


def outcome_words() -> dict[str, str]:
    """What becomes of a request, as people read it."""
    return {
        "moved": _("Has the new timings"),
        "escalated": _("Has them, and went to a higher officer at once"),
        "closed": _("Closed meanwhile"),
        "changed": _("Changed meanwhile, left as it is"),
        "unfit": _("The new timings do not fit, left as it is"),
    }
