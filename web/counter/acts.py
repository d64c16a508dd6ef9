"""What a consumer says by word of mouth, taken down by the agent: into the tray as his own post, through the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import gettext as _
from languages.story import refusal
from languages.views import Reader
from models.callers import Overview
from models.telephones import telephone
from rules.consumer_acts import WAS_THERE
from rules.terms import Act, Actor, Codes, Refused
from web import acting
from web.acting import Outcome
from web.book import Book
from web.consumer.acts import number_seen
from web.counter import application_forms
from web.counter.agent import post_of
from web.counter.application_forms import receipt_of
from web.counter.form import dangers
from web.counter.offers import ASKED, AT_ONCE
from web.counter.requests import Opened, opened, whole_page
from web.deps import Db, Parts, SharedPages
from web.desk.elsewhere import codes_of, places
from web.desk.forms import TOKEN, Filled, placed
from web.desk.session import Person, TakesCalls
from web.errors import NotFound, NotYours, Stale
from web.forms import Form
from web.onewindow import Onewindow
from web.render import see_other

router = APIRouter(include_in_schema=False)
MOST_WORDS = 2000
CLAIMS = (WAS_THERE, "done")
BACK = {"call-backs": "/counter/call-backs"}
"""Where else a form may come from, and so lead back to."""


@router.get("/counter/requests/{reference}/{act}")
async def back(file: Opened, act: str) -> Response:
    """Where a browser comes back to after signing in again."""
    return see_other(f"/counter/requests/{file.request.reference}")


@router.post("/counter/requests/{reference}/{act}")
async def take(
    request: Request,
    act: str,
    file: Opened,
    person: TakesCalls,
    form: Form,
    db: Db,
    parts: Parts,
    shared: SharedPages,
) -> Response:
    """Take it down. The same form sent twice has the same outcome."""
    if act not in AT_ONCE | ASKED:
        raise NotFound
    if not TOKEN.fullmatch(form.get("token", "")):
        raise Stale
    filled = read(Act(act), form, parts.book)
    if filled.errors:
        return await again(request, file, person, parts, shared, filled, 422)
    id = f"counter-{person.id}-{act}-{form['token']}"
    outcome = await send(parts, file, person, filled, id)
    if outcome.refused is not None:
        newest = await opened(db, file.request.reference)
        return await again(request, newest, person, parts, shared, filled, 409, outcome.refused)
    return see_other(after(file, filled, outcome, id))


def after(file: Overview, form: Filled, outcome: Outcome, id: str) -> str:
    """Where to look next: the request's page, or the list the form came from."""
    query = {"sent": id} if outcome.waiting else {"told": form.act.value}
    if form.act is Act.PAY:
        query["receipt"] = receipt_of(form.text("note"), form.text("token"))
    home = BACK.get(form.text("back"))
    if home is not None:
        return f"{home}?{urlencode({'reference': file.request.reference, **query})}"
    return f"/counter/requests/{file.request.reference}?{urlencode(query)}"


async def send(parts: Onewindow, file: Overview, person: Person, form: Filled, id: str) -> Outcome:
    """Through the tray and the door, in the agent's own post. NotYours for one whose posts take no calls."""
    post = post_of(person)
    if post is None or (file.request.confidential and form.act is not Act.ADD):
        raise NotYours
    return await acting.act(
        parts,
        id,
        file.request.reference,
        form.act,
        Actor.OFFICER,
        person=person.id,
        post=post,
        seen=number_seen(form.typed),
        data=form.data,
        words=form.words,
    )


async def again(
    request: Request,
    file: Overview,
    person: Person,
    parts: Onewindow,
    shared: SharedPages,
    form: Filled,
    status: int,
    refused: Refused | None = None,
) -> Response:
    """The page with the form still filled in and what is wrong with it."""
    kept = {name: text for name, text in form.typed.items() if name not in ("token", "seen")}
    more = {"open_act": form.act.value, "typed": kept, "errors": form.errors}
    if refused is not None:
        more |= {"notice": "refused", "sentence": refusal(refused, Reader.OFFICER)}
    return await whole_page(request, file, person, parts, shared, status, **more)


def read(act: Act, typed: Mapping[str, str], book: Book) -> Filled:
    """The form of an act, read; `errors` is empty when it may go to the tray."""
    form = Filled(act, typed)
    if act in application_forms.READ:
        application_forms.READ[act](form)
    else:
        READ.get(act, _nothing)(form, book)
    return form


def _nothing(form: Filled, book: Book) -> None:
    """An act that needs no more than its button; words may go with it."""
    _words(form, book)


def _words(form: Filled, book: Book) -> None:
    words = form.text("words")
    if len(words) > MOST_WORDS:
        form.wrong("words", _("Write at most %(number)d characters.", number=MOST_WORDS))
    form.words = words or None


def _said(form: Filled, book: Book) -> None:
    _words(form, book)
    if not form.words:
        form.wrong("words", _("Write down what the caller says."))


def _reason(form: Filled, book: Book) -> None:
    _words(form, book)
    if book.all("withdraw_reason") and book.row("withdraw_reason", form.text("reason")) is None:
        form.wrong("reason", _("Choose a reason."))
    form.data = _code("reason", form.text("reason"))


def _claim(form: Filled, book: Book) -> None:
    if form.text("claim") not in CLAIMS:
        form.wrong("claim", _("Was the caller there, or has it been done since?"))
    form.data = _code("claim", form.text("claim"))


def _phone(form: Filled, book: Book) -> None:
    number = telephone(form.text("phone")[:40], book.value("country", "IN")) if form.text("phone") else None
    if number is None:
        form.wrong("phone", _("This is not a telephone number. A mobile number has 10 digits."))
    form.words = number


def _placed(form: Filled, book: Book) -> None:
    _words(form, book)
    placed(form, codes_of(places(book)))


def _danger(form: Filled, book: Book) -> None:
    if form.text("category") not in {row.code for row in dangers(book)}:
        form.wrong("category", _("Choose what the danger is."))
    form.data = _code("category", form.text("category"))


def _code(name: str, code: str) -> Codes:
    return {name: code} if code else {}


READ: Mapping[Act, Callable[[Filled, Book], None]] = {
    Act.ADD: _said,
    Act.SOLVED: _said,
    Act.OBJECT: _said,
    Act.COMPLAIN: _said,
    Act.WITHDRAW: _reason,
    Act.PRESENT: _claim,
    Act.CHANGE_PHONE: _phone,
    Act.RAISE: _danger,
    Act.TRANSFER: _placed,
}
