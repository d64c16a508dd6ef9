"""The page of one request: how it stands, its ladder and history, and what the reader may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages import labels
from languages.connections import fault_label
from languages.money import money
from languages.story import refusal
from languages.views import Reader
from models.callers import beside
from models.casefile import CaseFile, case_file
from models.events import Submission
from models.hands import hands
from models.onlookers import looked_on
from models.openings import opening, openings
from models.posts import WORKS, may_see
from rules.case import Fault
from rules.reference import is_well_formed, normalise
from rules.request import RECOVERY
from rules.states import WORKED
from rules.terms import Act, Kind, Refused
from web.database import Bounded
from web.deps import Db, Parts
from web.desk import elsewhere
from web.desk.actions import PICTURES, receivers
from web.desk.applied import applicant_of, load_of
from web.desk.beside import others_of
from web.desk.camera import takes_photos
from web.desk.dossier import dossier
from web.desk.forms import PRESETS, local, new_token, preset
from web.desk.hands import option
from web.desk.letter import letter
from web.desk.neighbours import TheWay
from web.desk.proposals import asked
from web.desk.session import Person, SignedIn
from web.desk.shown import Sheet, notice_words, sheet
from web.desk.timeline import Show, kept, parts_of
from web.errors import NotFound, NotYours
from web.onewindow import Onewindow
from web.render import page
from web.typed import nothing_since

router = APIRouter(include_in_schema=False)
PROPOSING = frozenset({Act.CORRECT, Act.TRANSFER, Act.REJECT})
"""What may have to be agreed to by somebody else first."""


async def opened(db: Bounded, reference: str, person: Person, parts: Onewindow) -> CaseFile:
    """The file of a number this person may open; a confidential one's opening is recorded. Raises NotFound and NotYours."""
    reference = normalise(reference[:40])
    file = await db.read(case_file, reference) if is_well_formed(reference) else None
    if file is None:
        raise NotFound
    request = file.request
    await db.read(parts.book.hold_policy, request.policy_version)
    let_in = may_open(file, person)
    if request.confidential:
        await db.write(opening, reference, person.id, parts.clock(), let_in=let_in)
    if not let_in:
        raise NotYours
    file = await _with_hands(db, from_his_task(file, person), parts)
    if request.confidential:
        return replace(file, openings=tuple(await db.read(openings, reference)))
    if file.consumer is None:
        return file
    return replace(file, beside=await db.read(beside, reference, file.consumer, parts.clock()))


async def _with_hands(db: Bounded, file: CaseFile, parts: Onewindow) -> CaseFile:
    """The file with what those have in hand to whom the work may be given."""
    now = parts.clock()
    codes = [post.code for post in receivers(parts.book.now.posts, file.request, file.task, now, frozenset())]
    return replace(file, hands=await db.read(hands, codes, now)) if file.request.state in WORKED else file


def from_his_task(file: CaseFile, person: Person) -> CaseFile:
    """A complaint as one sees it whose only task there is to hold the recovery; else from the complaint's own."""
    mine = [task.stage for task in file.open_tasks if {task.handler, task.answerable} & set(person.codes)]
    if file.request.kind == Kind.COMPLAINT and mine == [RECOVERY]:
        return file.at(next(task for task in file.tasks if task.stage == RECOVERY))
    return file


def may_open(file: CaseFile, person: Person) -> bool:
    """Whether one of his posts may see this request; nobody sees a confidential one that is about himself or one above him."""
    request = file.request
    if request.confidential and person.id in request.concerned:
        return False
    return may_see(person.posts, request.office, request.zone, file.involved, request.confidential)


async def _opened(reference: str, person: SignedIn, db: Db, parts: Parts) -> CaseFile:
    return await opened(db, reference, person, parts)


Opened = Annotated[CaseFile, Depends(_opened)]


def quick_times(parts: Onewindow) -> list[str]:
    """The one-tap times that lie ahead now."""
    now = parts.clock()
    return [name for name in (*PRESETS, "evening", "tomorrow") if preset(name, now, parts.zone)]


def context(
    file: CaseFile, person: Person, parts: Onewindow, show: Show = Show.ALL, watching: Sequence[str] = ()
) -> dict[str, Any]:
    """What the page and its live region are made of; `watching` are the names of those who have it open too."""
    now = parts.clock()
    shown = sheet(file, person.posts, parts.book, parts.zone, now, person.id)
    reading = person.rights & (WORKS | {"take_calls", "audit"})
    return {
        "person": person,
        "sheet": shown,
        "r": file.request,
        "moment": now,
        "consumer": file.consumer if reading else None,
        "beside": others_of(file, person, parts.book) if reading else None,
        "notice_words": notice_words,
        "delivery": labels.delivery_label,
        "show": show,
        "timeline": kept(shown.lines, show),
        "timeline_parts": parts_of(shown.lines),
        "watching": watching,
        "been_at": [parts.book.label("office", code) for code in file.request.offices],
    } | _applied(file, person, parts, now)


def _applied(file: CaseFile, person: Person, parts: Onewindow, now: datetime) -> dict[str, Any]:
    """What the page of a connection request is made of beside; nothing for a complaint."""
    if file.request.kind == Kind.COMPLAINT:
        return {}
    return {
        "dossier": dossier(file, person.posts, parts.book, parts.zone, now, person.id),
        "applicant": applicant_of(file.request, parts.book),
        "load": load_of(file.request),
        "money": money,
    }


def page_of(file: CaseFile) -> str:
    """The template of its page."""
    return "desk/casefile.html" if file.request.kind == Kind.COMPLAINT else "desk/dossier.html"


def elsewhere_context(shown: Sheet, parts: Onewindow) -> dict[str, Any]:
    """The lists by which a request leaves its category or its office."""
    file, book, now = shown.file, parts.book, parts.clock()
    if file.request.kind != Kind.COMPLAINT:
        return {"categories": [], "offices": [], "places": [], "next_title": ""}
    above = next((one.rung.title for one in shown.ladder if one.rung.state == "coming"), "")
    policy = book.policies[file.request.policy_version]
    found = elsewhere.others(file, policy, book, shown.offers, above=bool(above))
    return {
        "categories": list(elsewhere.groups(found, above, parts.zone, now)),
        "offices": [(code, elsewhere.office_option(file.request, code, book)) for code in shown.choices.offices],
        "places": elsewhere.places(book) if shown.choices.places else [],
        "next_title": above,
    }


def form_context(shown: Sheet, parts: Onewindow) -> dict[str, Any]:
    """What the forms beside the live region are made of; they stay as they are while it changes."""
    return elsewhere_context(shown, parts) | {
        "token": new_token(),
        "pictures": PICTURES,
        "quick": quick_times(parts),
        "now_local": local(parts.clock(), parts.zone),
        "open_act": None,
        "open_task": "",
        "open_suffix": "",
        "refusing": "reject_reason" if shown.request.kind == Kind.COMPLAINT else "refuse_reason",
        "fault_words": [(fault.value, fault_label(fault)) for fault in Fault],
        "way": None,
        "typed": {},
        "letter": letter(shown.file, parts),
        "errors": {},
        "photo_gone": False,
        "takes_photos": takes_photos,
        "notice": None,
        "sentence": "",
        "done": "",
        "since": (),
        "seen": shown.request.number,
        "named_codes": lambda kind, codes: [(code, parts.book.label(kind, code)) for code in codes],
        "post_titles": lambda posts: [
            (post.code, option(parts.book.title(post.code), shown.file.hands.get(post.code))) for post in posts
        ],
    }


def whole_page(
    request: Request,
    file: CaseFile,
    person: Person,
    parts: Onewindow,
    status: int = 200,
    show: Show = Show.ALL,
    watching: Sequence[str] = (),
    **more: Any,
) -> Response:
    """The page, as it is or with a form that could not be taken."""
    made = context(file, person, parts, show, watching)
    made |= {"asked": asked(file, parts.book, person.id)} | form_context(made["sheet"], parts) | more
    return page(request, page_of(file), status=status, **made)


@router.get("/desk/requests/{reference}")
async def casefile(
    request: Request,
    file: Opened,
    person: SignedIn,
    db: Db,
    parts: Parts,
    way: TheWay,
    done: str = "",
    seen: str = "",
    sent: str = "",
    show: Show = Show.ALL,
) -> Response:
    """One request as officers see it; after an action it says what became of it, until something else happened."""
    more: dict[str, Any] = {}
    if sent:
        more = await db.read(said_after, sent, file.request.reference, person.id)
    elif done in set(Act) and nothing_since(seen, file.request.number):
        more = _done(file, Act(done))
    watching = await db.write(looked_on, file.request.reference, person.id)
    return whole_page(request, file, person, parts, way=way, show=show, watching=watching, **more)


def _done(file: CaseFile, act: Act) -> dict[str, Any]:
    """What the page says of an action that was taken: done, or put before somebody who decides."""
    waits = bool(file.request.proposal) and act in PROPOSING
    return {"notice": "proposed" if waits else "done", "done": labels.act_label(act)}


async def said_after(session: AsyncSession, submission: str, reference: str, person: int) -> dict[str, Any]:
    """What the page says of a submission sent before: done, refused with its reason, still waiting; nothing of a strange one."""
    row = await session.get(Submission, submission[:80])
    if row is None or row.reference != reference or row.person != person:
        return {}
    if row.answered is None:
        return {"notice": "waiting"}
    if row.refused:
        return {"notice": "refused", "sentence": refusal(Refused(row.refused), Reader.OFFICER)}
    return {"notice": "done", "done": labels.act_label(Act(row.act))}
