"""A form of the administrators that makes another policy: judged, saved as the next version, and brought to what is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages.catalog import gettext as _
from models import policy_versions
from models.policy_proposals import NeedsSecond, propose, save_alone
from models.policy_versions import LONGEST_NOTE, NothingChanged, Outdated
from models.retiming import AlreadyRunning, Choice, NoSuchChoice, begin, exists
from models.runs import USUAL
from rules.policy import Policy
from web.admin.apply import chosen, rate_of, unknown
from web.admin.changes import told
from web.admin.grid import Edited
from web.book import Book
from web.desk.session import Person
from web.errors import Stale
from web.forms import texts
from web.onewindow import Onewindow
from web.render import see_other
from web.typed import own_number

Typed = Mapping[str, str]


async def typed(request: Request) -> dict[str, str]:
    """The form as typed: more fields than any other form has."""
    return dict(await texts(request, most_files=0))


Table = Annotated[dict[str, str], Depends(typed)]
Again = Callable[..., Awaitable[Response]]
"""The page of a form over a policy; with `typed` as it was typed, with `errors` what is wrong: nothing was saved then."""


def _chosen(form: Typed, book: Book) -> Choice | None:
    return chosen(form)


async def _nothing(session: AsyncSession, form: Typed) -> None:
    return None


@dataclass(frozen=True)
class Sheet:
    """One of these forms. `address` is where it is sent to, `anew` what of it is kept to be sent again.

    `besides` is written in the transaction of the version.
    """

    code: str
    address: Callable[[Typed], str]
    edit: Callable[[Policy, Typed, Book], Edited]
    again: Again
    anew: Callable[[Policy, Typed], dict[str, str]]
    choice: Callable[[Typed, Book], Choice | None] = _chosen
    besides: Callable[[AsyncSession, Typed], Awaitable[None]] = _nothing
    rate: int = USUAL


async def settle(
    sheet: Sheet, request: Request, person: Person, form: Typed, parts: Onewindow, now: datetime
) -> Response:
    """Save what was changed as the next version; with anything wrong nothing is saved and the form comes back as typed."""
    base = await base_of(parts, form)
    edited = sheet.edit(base, form, parts.book)
    errors = {**edited.errors, **note_errors(form), **_apply_errors(form)}
    if errors:
        return await sheet.again(request, person, parts, base, status=422, typed=form, errors=errors)
    try:
        return await _kept(sheet, parts, edited.policy, form, person.id, now, base.version)
    except NothingChanged:
        errors = {"note": _("Nothing is different from the timings in force.")}
        return await sheet.again(request, person, parts, base, status=422, typed=form, errors=errors)
    except NoSuchChoice as wrong:
        return await sheet.again(request, person, parts, base, status=422, typed=form, errors=unknown(wrong))
    except AlreadyRunning:
        errors = {"apply": _("Other timings are still being applied. Wait for their end, or stop them.")}
        return await sheet.again(request, person, parts, base, status=422, typed=form, errors=errors)
    except Outdated:
        return await _overtaken(sheet, request, person, parts, base, form)


async def _kept(
    sheet: Sheet, parts: Onewindow, policy: Policy, form: Typed, author: int, at: datetime, base: int
) -> Response:
    """Save it and show what came of it; where one person may not save it alone, propose it."""
    try:
        saved, applied = await parts.database.write(_save, sheet, policy, form, author, at, base, parts.book)
    except NeedsSecond:
        return await _proposed(sheet, parts, policy, form, author, at, base)
    if applied is None:
        return see_other(f"{sheet.address(form)}{'&' if '?' in sheet.address(form) else '?'}saved={saved}")
    await parts.door.wake()
    return see_other(f"/admin/retimings/{applied}")


async def _proposed(
    sheet: Sheet, parts: Onewindow, policy: Policy, form: Typed, author: int, at: datetime, base: int
) -> Response:
    """A time becomes longer: it is kept for another administrator to agree to, with what the form said of open requests."""
    choice = sheet.choice(form, parts.book)
    rate = rate_of(form) if form.get("rate") else sheet.rate
    number = await parts.database.write(_propose, policy, form["note"], author, at, base, choice, rate)
    return see_other(f"/admin/proposals/{number}?made=1")


async def _propose(
    session: AsyncSession,
    policy: Policy,
    note: str,
    author: int,
    at: datetime,
    base: int,
    choice: Choice | None,
    rate: int,
) -> int:
    if choice is None:
        return await propose(session, policy, note, author, at, base)
    await exists(session, choice)
    return await propose(session, policy, note, author, at, base, {"apply": {**asdict(choice), "rate": rate}})


async def base_of(parts: Onewindow, form: Typed) -> Policy:
    """The version the form was made from. Stale when there is none of that number."""
    base = await parts.database.read(policy_versions.version, number(form.get("base", "")))
    if base is None:
        raise Stale
    return base


async def _save(
    session: AsyncSession,
    sheet: Sheet,
    policy: Policy,
    form: Typed,
    author: int,
    at: datetime,
    base: int,
    book: Book,
) -> tuple[int, int | None]:
    """The new version and, in the same transaction, the list of what it is applied to; their numbers."""
    saved = await save_alone(session, policy, form["note"], author, at, base)
    await sheet.besides(session, form)
    choice = sheet.choice(form, book)
    if choice is None:
        return saved, None
    rate = rate_of(form) if form.get("rate") else sheet.rate
    return saved, await begin(session, saved, choice, author, at, rate)


def number(text: str) -> int:
    """A version's number as sent; 0, which no version has, for anything else."""
    return own_number(text) or 0


def note_errors(form: Typed) -> dict[str, str]:
    """What is wrong with the note."""
    if 1 <= len(form.get("note", "")) <= LONGEST_NOTE:
        return {}
    return {"note": _("Say in at most %(number)d characters why it changes.", number=LONGEST_NOTE)}


def _apply_errors(form: Typed) -> dict[str, str]:
    errors = {}
    reads: Mapping[str, Callable[[Typed], Any]] = {"apply": chosen, "rate": rate_of}
    for field, read in reads.items():
        try:
            read(form)
        except ValueError as wrong:
            errors[field] = str(wrong)
    return errors


async def _overtaken(
    sheet: Sheet, request: Request, person: Person, parts: Onewindow, base: Policy, form: Typed
) -> Response:
    """Somebody saved meanwhile: only what was typed anew stands over the newest timings, which are the base now."""
    row = await parts.database.read(policy_versions.newest)
    newest = await parts.database.read(policy_versions.current)
    kept = {**sheet.anew(base, form), "note": form.get("note", "")}
    theirs = told(policy_versions.differences(base, newest), parts.book)
    return await sheet.again(
        request, person, parts, newest, status=409, typed=kept, errors={}, overtaken=row, theirs=theirs
    )
