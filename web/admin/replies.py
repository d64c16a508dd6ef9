"""The saved replies: what officers begin their messages and notes from, in each language of the utility."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages.catalog import OWN_NAMES
from languages.catalog import gettext as _
from models import replies
from rules.replies import LONGEST_TEXT, LONGEST_TITLE, Blank, Reply, Use, unknown
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.errors import NotFound
from web.forms import Form, too_long
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)


def meanings() -> list[tuple[str, str]]:
    """Every blank and what is filled in there."""
    words = {
        Blank.NUMBER: _("the number"),
        Blank.WHAT: _("what it is about"),
        Blank.OFFICE: _("the office"),
        Blank.OFFICE_PHONE: _("the telephone of the office"),
        Blank.PHONE: _("the telephone of the utility"),
        Blank.EXPECTED: _("the expected time"),
        Blank.LIMIT: _("the time limit"),
    }
    return [(f"{{{blank}}}", words[blank]) for blank in Blank]


def uses() -> dict[str, str]:
    """What a saved reply is for."""
    return {Use.MESSAGE: _("A message to the consumer"), Use.NOTE: _("A note for colleagues")}


@router.get("/admin/replies")
async def listed(request: Request, person: ReadsAdmin, parts: Parts, done: str = "") -> Response:
    """All of them, as they are now."""
    rows = parts.book.all(replies.KIND)
    return page(request, "admin/replies.html", person=person, rows=rows, uses=uses(), done=done)


def reply_page(
    request: Request, person: Person, parts: Onewindow, code: str, typed: Mapping[str, str],
    errors: Mapping[str, str], status: int = 200,
) -> Response:  # fmt: skip
    """The form of one saved reply."""
    return page(
        request, "admin/reply.html", status=status, person=person, code=code, typed=typed, errors=errors, uses=uses(),
        spoken=parts.book.languages, names=OWN_NAMES, blanks=meanings(), longest=LONGEST_TEXT, may="tune" in person.rights,
    )  # fmt: skip


@router.get("/admin/replies/new")
async def fresh(request: Request, person: Tunes, parts: Parts) -> Response:
    """An empty form."""
    return reply_page(request, person, parts, "", {"use": Use.MESSAGE}, {})


@router.get("/admin/replies/{code}")
async def one(request: Request, person: ReadsAdmin, parts: Parts, code: str) -> Response:
    """A saved reply as it stands."""
    row = parts.book.row(replies.KIND, code)
    if row is None:
        raise NotFound
    typed = {"use": row.data["use"], **{f"title-{language}": text for language, text in row.labels.items()}}
    typed |= {f"text-{language}": text for language, text in row.data["texts"].items()}
    return reply_page(request, person, parts, code, typed, {})


@router.post("/admin/replies/{code}")
async def save(request: Request, person: Tunes, code: str, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Write it down; with anything wrong nothing is saved and the form comes back as typed."""
    known = code != "new"
    if known and parts.book.row(replies.KIND, code) is None:
        raise NotFound
    errors = wrong(form, parts.book.languages)
    if not errors:
        reply = read(code if known else f"reply-{secrets.token_hex(4)}", form, parts.book.languages)
        try:
            await db.write(replies.keep, reply, person.id, now)
        except replies.TooMany:
            errors = {"use": _("There are %(most)d already. Throw one away first.", most=replies.MOST)}
    if errors:
        return reply_page(request, person, parts, code if known else "", form, errors, 422)
    await parts.database.read(parts.book.refresh)
    return see_other("/admin/replies?done=saved")


@router.post("/admin/replies/{code}/away")
async def throw_away(person: Tunes, code: str, db: Db, parts: Parts, now: Now) -> Response:
    """Throw one away; messages written from it stay as they are."""
    if not await db.write(replies.throw_away, code, person.id, now):
        raise NotFound
    await parts.database.read(parts.book.refresh)
    return see_other("/admin/replies?done=away")


def read(code: str, form: Mapping[str, str], languages: tuple[str, ...]) -> Reply:
    """The reply a sound form means."""
    titles = {language: form[f"title-{language}"] for language in languages}
    return Reply(code, Use(form["use"]), titles, {language: form[f"text-{language}"] for language in languages})


def wrong(form: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """What cannot be saved as it is, by field."""
    errors: dict[str, str] = {} if form.get("use") in set(Use) else {"use": _("Choose what it is for.")}
    for language in languages:
        title, text = form.get(f"title-{language}", ""), form.get(f"text-{language}", "")
        if fault := too_long(title, LONGEST_TITLE) or ("" if title else _("Give it a name.")):
            errors[f"title-{language}"] = fault
        if fault := too_long(text, LONGEST_TEXT) or _text_fault(text):
            errors[f"text-{language}"] = fault
    return errors


def _text_fault(text: str) -> str:
    if not text:
        return _("Write the text.")
    strange = ", ".join(f"{{{name}}}" for name in unknown(text))
    return (
        _("Nothing can be filled in for %(blanks)s. Take one from the list below.", blanks=strange) if strange else ""
    )
