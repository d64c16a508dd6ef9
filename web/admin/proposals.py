"""Timings that wait for a second administrator: what would change and why it needs one, approved or refused by another, or taken back by its author."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import policy_proposals, policy_versions, what_if
from models.foretelling import NotForetold
from models.policy_proposals import (
    Decided,
    NotOwnProposal,
    OwnProposal,
    PolicyProposal,
    ProposalState,
    approve,
    refuse,
    withdraw,
)
from models.policy_versions import LONGEST_NOTE, Change, Outdated
from models.retiming import AlreadyRunning, Choice, begin, give_back
from models.staff import staff_names
from rules.policy_second import needs_second
from web.admin.apply import counts_for
from web.admin.changes import told, why_second
from web.admin.what_if import Left, while_waited_for
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound, NotYours, Stale
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
ADDRESS = "/admin/proposals"


def state_words() -> dict[str, str]:
    """How a proposal stands, as people read it."""
    return {
        ProposalState.OPEN: _("Waits for a second administrator"),
        ProposalState.APPROVED: _("Approved"),
        ProposalState.REFUSED: _("Refused"),
        ProposalState.OUTDATED: _("Outdated: other timings came first"),
        ProposalState.WITHDRAWN: _("Taken back by its author"),
    }


@router.get(ADDRESS)
async def proposals(request: Request, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """Every proposal, those that wait first."""
    return page(
        request,
        "admin/proposals.html",
        person=person,
        rows=await db.read(policy_proposals.proposals),
        names=await db.read(staff_names),
        states=state_words(),
        moment=parts.clock(),
    )


@router.get(f"{ADDRESS}/{{number}}")
async def proposal(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts, made: int = 0) -> Response:
    """One proposal, with what it changes and why one person may not save it alone."""
    return await _page(request, await _found(db, number), person, parts, made=made)


@router.post(f"{ADDRESS}/{{number}}/approval")
async def approval(request: Request, number: int, person: Tunes, db: Db, parts: Parts, now: Now) -> Response:
    """Make it the next version, and apply it as its author chose; where other timings came first it is over, and says so."""
    row = await _found(db, number)
    try:
        saved, applied = await db.write(_approved, number, person.id, now)
    except OwnProposal:
        raise NotYours from None
    except Decided:
        raise Stale from None
    except AlreadyRunning:
        wrong = _("Other timings are still being applied. Wait for their end, or stop them.")
        return await _page(request, row, person, parts, 409, errors={"approve": wrong})
    except Outdated:
        await db.write(policy_proposals.outdated, number, person.id, now)
        theirs = await _meanwhile(db, row)
        return await _page(request, await _found(db, number), person, parts, 409, theirs=theirs)
    await db.read(parts.book.refresh)
    if applied is None:
        return see_other(f"/admin/versions/{saved}")
    await parts.door.wake()
    return see_other(f"/admin/retimings/{applied}")


@router.post(f"{ADDRESS}/{{number}}/refusal")
async def refusal(request: Request, number: int, person: Tunes, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Refuse it, and say why."""
    row, answer = await _found(db, number), form.get("answer", "").strip()
    if not 1 <= len(answer) <= LONGEST_NOTE:
        wrong = _("Say in at most %(number)d characters why not.", number=LONGEST_NOTE)
        return await _page(request, row, person, parts, 422, errors={"answer": wrong}, answer=answer)
    try:
        await db.write(refuse, number, person.id, now, answer)
    except OwnProposal:
        raise NotYours from None
    except Decided:
        meanwhile = {"approve": _("Something changed meanwhile")}
        return await _page(request, await _found(db, number), person, parts, 409, errors=meanwhile, answer=answer)
    return see_other(f"{ADDRESS}/{number}")


@router.post(f"{ADDRESS}/{{number}}/withdrawal")
async def withdrawal(number: int, person: Tunes, db: Db, now: Now) -> Response:
    """Its author takes it back: nobody decides on it any more."""
    await _found(db, number)
    try:
        await db.write(withdraw, number, person.id, now)
    except NotOwnProposal:
        raise NotYours from None
    except Decided:
        raise Stale from None
    return see_other(f"{ADDRESS}/{number}")


@router.post(f"{ADDRESS}/{{number}}/what-if")
async def look_ahead(request: Request, number: int, person: Tunes, db: Db, parts: Parts, now: Now) -> Response:
    """What it would do, worked out as for timings that were typed."""
    row = await _found(db, number)
    try:
        result = await while_waited_for(request, parts.sessions, row.policy, now)
    except NotForetold:
        wrong = _("This could not be worked out in time. Try again when less is going on.")
        return await _page(request, row, person, parts, 503, errors={"approve": wrong})
    except Left:
        return Response(status_code=204)
    typed: dict[str, Any] = {"proposal": number, "note": row.note}
    return see_other(f"/admin/what-if/{await db.write(what_if.keep, person.id, now, row.base, typed, result)}")


async def _approved(session: AsyncSession, number: int, by: int, at: Any) -> tuple[int, int | None]:
    """The version it became and, in the same transaction, the list of what it is applied to; their numbers."""
    saved, row = await approve(session, number, by, at)
    if taken_back := row.choice.get("takes_back"):
        return saved, await give_back(session, saved, taken_back, row.author, at)
    apply = dict(row.choice.get("apply") or {})
    if not apply:
        return saved, None
    rate = int(apply.pop("rate"))
    return saved, await begin(session, saved, Choice(**apply), row.author, at, rate)


async def _found(db: Db, number: int) -> PolicyProposal:
    row = await db.read(policy_proposals.one, number)
    if row is None:
        raise NotFound
    return row


async def _meanwhile(db: Db, row: PolicyProposal) -> list[Change]:
    """What changed since it was proposed."""
    base = await db.read(policy_versions.version, row.base)
    return policy_versions.differences(base, await db.read(policy_versions.current))


async def _page(
    request: Request,
    row: PolicyProposal,
    person: Person,
    parts: Onewindow,
    status: int = 200,
    *,
    theirs: Sequence[Change] = (),
    **more: Any,
) -> Response:
    base, proposed = await parts.database.read(policy_versions.version, row.base), row.policy
    tunes = "tune" in person.rights
    made: dict[str, Any] = {
        "person": person,
        "row": row,
        "names": await parts.database.read(staff_names),
        "state": state_words()[row.state],
        "waits": row.state == ProposalState.OPEN,
        "changes": told(policy_versions.differences(base, proposed), parts.book),
        "why": why_second(needs_second(base, proposed), parts.book, parts.clock()) if base else [],
        "counts_for": counts_for(row.choice, parts.book),
        "theirs": told(theirs, parts.book),
        "tunes": tunes,
        "may_decide": tunes and row.author != person.id,
        "errors": {},
        "answer": "",
        "made": 0,
        "moment": parts.clock(),
    }
    return page(request, "admin/proposal.html", status=status, **(made | more))
