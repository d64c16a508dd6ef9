"""The question's link: two large buttons and no code. Opening it changes nothing, the tap does."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from languages.application import question as applied_question
from languages.catalog import gettext
from languages.labels import refusal
from models.answers import Asked, answer, answer_id, asked
from rules.messages import Take
from rules.terms import Act, Kind, Refused
from web.acting import through
from web.deps import Db, Now, Parts
from web.errors import NotFound
from web.forms import Form
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
ANSWERS = {Act.CONFIRM.value: Act.CONFIRM, Act.NOT_REPAIRED.value: Act.NOT_REPAIRED}


async def found(token: str, db: Db) -> Asked:
    """The question of this link; NotFound when there is none."""
    question = await db.read(asked, token)
    if question is None:
        raise NotFound
    return question


def shown(request: Request, token: str, question: Asked, parts: Parts, errors: dict[str, str], status: int) -> Response:
    """The question, or what was answered."""
    complaint = question.kind == Kind.COMPLAINT
    category = parts.book.label("category" if complaint else "procedure", question.category)
    refused = refusal(Refused(question.refused)) if question.refused else ""
    context: dict[str, Any] = {
        "token": token,
        "asked": question,
        "category": category,
        "application": not complaint,
        "question": gettext("Is it put right?") if complaint else applied_question(Kind(question.kind)),
        "refused": refused,
        "errors": errors,
    }
    return page(request, "consumer/answer.html", status=status, **context)


@router.get("/answer/{token}")
async def ask(token: Token, request: Request, db: Db, parts: Parts) -> Response:
    """The question."""
    return shown(request, token, await found(token, db), parts, {}, 200)


@router.post("/answer/{token}")
async def take(token: Token, request: Request, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """The answer; the first tap counts."""
    question = await found(token, db)
    what = ANSWERS.get(form.get("answer", ""))
    if what is None:
        return shown(request, token, question, parts, {"answer": gettext("Choose yes or no.")}, 422)
    counted = await db.write(answer, token, what, now)
    if counted is not None:
        await through(parts, Take(question.reference, answer_id(token), Act(counted)))
    return see_other(f"/answer/{token}")
