"""The settings that belong to no single category, each with its bounds; changed together as a new version of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, replace
from fractions import Fraction
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages import spoken
from languages.catalog import N_
from languages.catalog import gettext as _
from languages.spoken import isolate
from models import policy_versions
from rules.durations import BadDuration, Duration, parse
from rules.policy import Policy, about, settings
from web.admin.grid import Edited
from web.admin.saving import Sheet, Table, settle
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
LONGEST_VALUE = 40
WORDS: Mapping[str, str] = {
    "reopening_window": N_("How long after closing it may be opened again under its number"),
    "reminder_share": N_("The share of an officer's time that is left at the reminder"),
    "hold_limit": N_("How long one wait for the consumer may last, where its reason names no limit"),
    "hold_total": N_("How long all waits of one request together may last"),
    "escalations_per_minute": N_(
        "How many late requests go up to one person in a minute. The others follow in turn, danger at once"
    ),
    "top_reminder": N_("How often the last officer is reminded when the time is over"),
    "expected_ahead": N_("How far ahead an expected time may lie"),
    "call_back_tries": N_("How often a consumer is rung before it closes without an answer"),
    "call_back_apart": N_("How far apart two such calls lie"),
    "code_lifetime": N_("How long a code is good"),
    "code_tries": N_("Wrong entries before a code is void"),
    "codes_per_hour": N_("Codes sent for one request or to one telephone in an hour"),
    "misses_per_hour": N_("Look-ups of numbers that do not exist, from one address in an hour"),
    "filings_per_hour": N_("Requests filed with one telephone in an hour"),
}
"""What each means, as an administrator reads it; one that is not here is told by its own help."""


@dataclass(frozen=True)
class Setting:
    """One field of the form."""

    name: str
    words: str
    text: str
    bounds: str


def fields_of(policy: Policy, typed: Mapping[str, str]) -> list[Setting]:
    """Every setting with what was typed, or as it is."""
    return [
        Setting(
            one.name,
            gettext_of(one),
            typed.get(one.name, str(getattr(policy.limits, one.name))),
            _("From %(least)s to %(most)s.", least=bound(one, "at_least"), most=bound(one, "at_most")),
        )
        for one in settings()
    ]


def bound(one: Field[Any], which: str) -> str:
    """A bound in words."""
    found = one.metadata[which]
    return spoken.duration(found) if isinstance(found, Duration) else isolate(str(found))


def gettext_of(one: Field[Any]) -> str:
    """What a setting means."""
    words = WORDS.get(one.name)
    return _(words) if words else str(one.metadata["help"])


def edit(base: Policy, typed: Mapping[str, str], book: Book) -> Edited:
    """`base` with what was typed; a field that was not sent keeps its value."""
    errors: dict[str, str] = {}
    limits = {}
    for one in settings():
        if one.name in typed:
            try:
                limits[one.name] = value_of(one, typed[one.name])
            except ValueError as wrong:
                errors[one.name] = str(wrong)
    return Edited(replace(base, limits=replace(base.limits, **limits)), errors)


def typed_anew(base: Policy, form: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, that which differs from what the form was made from."""
    before = {one.name: str(getattr(base.limits, one.name)) for one in settings()}
    return {name: form[name] for name in before if name in form and form[name] != before[name]}


def value_of(one: Field[Any], text: str) -> Any:
    """The value a text means; ValueError with what to write instead."""
    least, most = one.metadata["at_least"], one.metadata["at_most"]
    if isinstance(least, Duration):
        return time_of(text, least, most)
    outside = ValueError(
        _("Write a number from %(least)s to %(most)s.", least=isolate(str(least)), most=isolate(str(most)))
    )
    try:
        value = Fraction(text[:LONGEST_VALUE]) if isinstance(least, Fraction) else int(text[:LONGEST_VALUE])
    except (ValueError, ZeroDivisionError):
        raise outside from None
    if not least <= value <= most:
        raise outside
    return value


def time_of(text: str, least: Duration, most: Duration) -> Duration:
    """The length of time a text means; ValueError with what to write instead."""
    try:
        time = parse(text[:LONGEST_VALUE])
    except BadDuration:
        raise ValueError(_("Write a length of time like 90m, 4h, 2 working days or 30 days.")) from None
    if not about(least) <= about(time) <= about(most):
        between = {"least": spoken.duration(least), "most": spoken.duration(most)}
        raise ValueError(_("Write a length of time from %(least)s to %(most)s.", **between))
    return time


async def again(
    request: Request,
    person: Person,
    parts: Onewindow,
    policy: Policy,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    **more: Any,
) -> Response:
    """The form, with what was typed and what is wrong."""
    made: dict[str, Any] = {
        "person": person, "policy": policy, "errors": errors, "settings": fields_of(policy, typed), "saved": 0,
        "note": typed.get("note", ""), "may": "tune" in person.rights,
        "theirs": (), "overtaken": None,
    }  # fmt: skip
    return page(request, "admin/settings.html", status=status, **(made | more))


@router.get("/admin/settings")
async def listed(request: Request, person: ReadsAdmin, db: Db, parts: Parts, saved: int = 0) -> Response:
    """The settings in force."""
    policy = await db.read(policy_versions.current)
    return await again(request, person, parts, policy, {}, {}, saved=saved)


@router.post("/admin/settings")
async def change(request: Request, person: Tunes, form: Table, parts: Parts, now: Now) -> Response:
    """Save what was changed as the next version; with anything wrong nothing is saved and the form comes back as typed."""
    return await settle(SHEET, request, person, form, parts, now)


SHEET = Sheet("settings", lambda form: "/admin/settings", edit, again, typed_anew)
"""The form of the settings."""
