"""The papers of an application: the list with how each stands, and the page on which one is photographed or chosen."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from languages.catalog import gettext, named
from languages.papers import unfit
from models import papers
from models.filing import draft
from models.papers import Document
from rules.papers import DocumentState
from rules.procedure import Procedure
from rules.terms import Actor, Codes
from web.apply.steps import procedure_of
from web.book import Book
from web.consumer.steps import Answered
from web.database import Bounded
from web.deps import Db, Now, Parts
from web.errors import NotFound
from web.forms import SentForm
from web.onewindow import Onewindow
from web.render import page, see_other
from web.uploads.faults import Reused, Unfit
from web.uploads.receive import Handed

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Paper = Annotated[str, Path(max_length=60)]
DONE, WAITING, PROBLEM = "done", "waiting", "problem"


@dataclass(frozen=True)
class Wanted:
    """One paper of the list: its name, what is meant by it, and how it stands ("done", "waiting" or "problem")."""

    code: str
    name: str
    meant: str
    state: str


def listed(procedure: Procedure | None, answers: Codes, handed: Sequence[Document], book: Book) -> list[Wanted]:
    """The papers this sort of applicant needs, in the procedure's order."""
    codes = procedure.papers.get(answers.get("applicant", ""), ()) if procedure else ()
    newest = {row.paper: row.state for row in handed}
    return [wanted(code, newest.get(code), book) for code in codes]


def wanted(code: str, state: str | None, book: Book) -> Wanted:
    """One of them; `state` None: nothing was handed in for it yet."""
    row = book.row("paper", code)
    stands = WAITING if state is None else DONE if state == DocumentState.WAITING else PROBLEM
    return Wanted(code, book.label("paper", code), named(row.data.get("descriptions") or {}) if row else "", stands)


async def asked(token: str, code: str, db: Bounded, parts: Onewindow, now: Any) -> Wanted | None:
    """The paper of this address as it stands; None when the form is no longer there, NotFound when it is not wanted."""
    answers = await db.read(draft, token, now)
    if answers is None:
        return None
    handed = await db.read(papers.of_draft, token)
    found = next(
        (one for one in listed(procedure_of(answers, parts.book), answers, handed, parts.book) if one.code == code),
        None,
    )
    if found is None:
        raise NotFound
    return found


def paper_page(
    request: Request, token: str, one: Wanted, answered: Answered | None = None, status: int = 200
) -> Response:
    """The page of one paper, with what is wrong with the file that was sent."""
    errors = answered.errors if answered else {}
    fresh = secrets.token_urlsafe(12)
    return page(request, "apply/paper.html", status=status, token=token, paper=one, errors=errors, fresh=fresh)


@router.get("/apply/{token}/papers/{code}")
async def ask(token: Token, code: Paper, request: Request, db: Db, parts: Parts, now: Now) -> Response:
    """What is meant by this paper, the camera, and the choice of a file."""
    one = await asked(token, code, db, parts, now)
    return see_other(f"/apply/{token}") if one is None else paper_page(request, token, one)


@router.post("/apply/{token}/papers/{code}/documents")
async def hand_in(
    token: Token, code: Paper, request: Request, filled: SentForm, db: Db, parts: Parts, now: Now
) -> Response:
    """Keep the file for this paper in place of the one before it, and go back to the list."""
    one = await asked(token, code, db, parts, now)
    if one is None:
        return see_other(f"/apply/{token}")
    if filled.file is None:
        error = gettext("Photograph the paper or choose a file first.")
        return paper_page(request, token, one, Answered(errors={"file": error}), 422)
    sent_as = f"draft/{token}/{filled.typed.get('fresh', '')[:20]}" if filled.typed.get("fresh") else None
    try:
        row = await parts.uploads.receive(
            db, filled.file, Handed(code, Actor.CONSUMER, now, draft=token, token=sent_as)
        )
    except Unfit as wrong:
        return paper_page(request, token, one, Answered(errors={"file": unfit(wrong.fault)}), 422)
    except Reused:
        return see_other(f"/apply/{token}/papers")
    await without_older(token, row, db, parts)
    return see_other(f"/apply/{token}/papers")


async def without_older(token: str, newest: Document, db: Bounded, parts: Onewindow) -> None:
    """Let go of what was handed in before for the same paper."""
    for row in await db.read(papers.of_draft, token):
        if row.paper == newest.paper and row.id != newest.id and await db.write(papers.drop, token, row.id):
            await parts.uploads.unneeded(row.id)
