"""What a consumer does with his own request: confirm, deny, say it is back, send it up, withdraw, add, object, reopen."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from languages.catalog import N_, gettext
from languages.labels import act_label, refusal
from models.answers import refused_before
from models.telephones import telephone
from rules.terms import Act, Actor, Codes
from web.acting import Outcome, act
from web.consumer.applied import AppliedTold
from web.consumer.steps import LENGTHS
from web.consumer.visitor import Own, Reference
from web.deps import Parts, SharedPages
from web.errors import NotFound
from web.forms import Form, Typed, too_long
from web.onewindow import Onewindow
from web.render import page, see_other
from web.typed import own_number

router = APIRouter(include_in_schema=False)
AT_ONCE = frozenset(
    {Act.CONFIRM, Act.NOT_REPAIRED, Act.SUPPLY_BACK, Act.PRESENT, Act.ESCALATE, Act.SLOT, Act.MISSED, Act.CLAIM}
)
WITH_WORDS = frozenset({Act.WITHDRAW, Act.ADD, Act.REOPEN, Act.OBJECT, Act.COMPLAIN})
NEEDS_WORDS = {
    Act.ADD: N_("Write what you want to add."),
    Act.COMPLAIN: N_("Write what is wrong."),
}
ASKING = WITH_WORDS | {Act.CHANGE_PHONE}
"""Acts with a page of their own."""
CLAIMS = frozenset({"was_there", "done"})
"""What he says who is waited for: that he was there, or that he has done it."""
MOST_WORDS = 2000
LONGEST_TASK = 40


async def allowed(act: Annotated[str, Path(max_length=20)]) -> Act:
    """The act of the address; NotFound when a consumer has no such act."""
    if act not in AT_ONCE | ASKING:
        raise NotFound
    return Act(act)


async def applied(reference: Reference, shared: SharedPages) -> bool:
    """Whether it is an application and no complaint, so that some words are others."""
    found = await shared.get(reference)
    return found is not None and isinstance(found.told, AppliedTold)


Applied = Annotated[bool, Depends(applied)]


def number_seen(form: Typed) -> int | None:
    """The event number the page showed; None when it was not sent."""
    return own_number(form.get("seen", ""))


def form_page(
    request: Request,
    reference: str,
    what: Act,
    parts: Onewindow,
    form: Typed,
    errors: dict[str, str],
    status: int = 200,
    application: bool = False,
) -> Response:
    """The page of an act that needs a word or a reason, with what was typed."""
    context: dict[str, Any] = {
        "reference": reference,
        "act": what.value,
        "asking": what in ASKING,
        "title": act_label(what, application=application),
        "reasons": parts.book.all("withdraw_reason") if what is Act.WITHDRAW and not application else [],
        "token": form.get("token") or secrets.token_urlsafe(12),
        "form": form,
    }
    return page(request, "consumer/act.html", status=status, errors=errors, **context)


@router.get("/track/{reference}/acts/{act}")
async def ask(
    reference: Reference, is_own: Own, act: str, request: Request, parts: Parts, application: Applied
) -> Response:
    """The form of an act; first the proof that the request is the reader's own."""
    what = await allowed(act)
    if not is_own:
        return see_other(f"/track/{reference}/code")
    return form_page(request, reference, what, parts, {}, {}, application=application)


@router.post("/track/{reference}/acts/{act}")
async def do(
    reference: Reference, is_own: Own, act: str, request: Request, form: Form, parts: Parts, application: Applied
) -> Response:
    """Do it; a second tap gives the first one's outcome."""
    what = await allowed(act)
    if not is_own:
        return see_other(f"/track/{reference}/code")
    errors = wrong(what, form, parts, application)
    if errors:
        return form_page(request, reference, what, parts, form, errors, 422, application)
    outcome = await done(reference, what, form, parts)
    if outcome.refused is not None:
        kept = {**form, "token": ""}
        return form_page(request, reference, what, parts, kept, {"act": refusal(outcome.refused)}, 409, application)
    told = "received" if outcome.waiting else "done"
    return see_other(f"/track/{reference}?seen={outcome.number}&told={told}")


def wrong(what: Act, form: Typed, parts: Onewindow, application: bool = False) -> dict[str, str]:
    """What cannot be taken as it is, by field."""
    words = form.get("words", "")
    if what is Act.CHANGE_PHONE and new_phone(form, parts) is None:
        return {"phone": gettext("This is not a telephone number. A mobile number has 10 digits.")}
    long = too_long(words, MOST_WORDS)
    if long:
        return {"words": long}
    if what in NEEDS_WORDS and not words:
        return {"words": gettext(NEEDS_WORDS[what])}
    if (
        what is Act.WITHDRAW
        and not application
        and parts.book.all("withdraw_reason")
        and not parts.book.row("withdraw_reason", form.get("reason", ""))
    ):
        return {"reason": gettext("Choose a reason.")}
    return {}


async def done(reference: str, what: Act, form: Typed, parts: Onewindow) -> Outcome:
    """Through tray and door. Acts without words have the same id for every tap on the same page, until refused."""
    seen = number_seen(form)
    token = form.get("token", "")[:40]
    if what in AT_ONCE:
        tried = await parts.database.read(refused_before, reference, f"web/{reference}/{what.value}/{seen}/")
        token = f"{seen}/{tried}{chosen(form)}"
    id = f"web/{reference}/{what.value}/{token}"
    words = new_phone(form, parts) if what is Act.CHANGE_PHONE else form.get("words")
    return await act(
        parts, id, reference, what, Actor.CONSUMER, task_id=task_of(reference, form), seen=seen,
        data=data_of(what, form), words=words or None,
    )  # fmt: skip


def chosen(form: Typed) -> str:
    """What tells two dates of one page apart; "" where none was chosen."""
    return f"/{hashlib.sha256(form['slot'].encode()).hexdigest()[:8]}" if form.get("slot") else ""


def task_of(reference: str, form: Typed) -> str | None:
    """The stage the page spoke of; None where it named none of this request."""
    task = form.get("task", "")
    return task if task.startswith(f"{reference}/") and len(task) <= LONGEST_TASK else None


def new_phone(form: Typed, parts: Onewindow) -> str | None:
    """The number messages shall go to from now on, as +CC…; None when what was typed cannot be one."""
    typed = form.get("phone", "")
    return telephone(typed, parts.book.value("country", "IN")) if typed and len(typed) <= LENGTHS["phone"] else None


def data_of(what: Act, form: Typed) -> Codes:
    """The codes an act carries: a reason from the list, or what he claims who was waited for."""
    if what is Act.PRESENT and form.get("claim") in CLAIMS:
        return {"claim": form["claim"]}
    if what is Act.SLOT:
        return {"slot": form.get("slot", "")[:100]}
    return {"reason": form["reason"]} if what is Act.WITHDRAW and form.get("reason") else {}
