"""What the requests of each category may wait for the consumer for, and how long each such wait may last: a version of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages import spoken
from languages.catalog import gettext as _
from models import policy_versions
from rules.policy import UNPLACED, Policy, Timing, days, minutes, waits_for
from web.admin.grid import Edited
from web.admin.saving import Sheet, Table, settle
from web.admin.settings import Setting, time_of
from web.book import Book
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)
ADDRESS = "/admin/waits"
SHORTEST, LONGEST = minutes(1), days(60)


@dataclass(frozen=True)
class Line:
    """A category with the reasons that are ticked; `danger`: it waits for nobody."""

    category: str
    danger: bool
    ticked: frozenset[str]


def reasons_of(book: Book) -> list[str]:
    """Every reason there is."""
    return [row.code for row in book.all("hold_reason")]


def ticked(timing: Timing, category: str, form: Mapping[str, str], reasons: list[str]) -> frozenset[str]:
    """The reasons that were ticked, or as it is where the line was not sent."""
    if f"line-{category}" not in form:
        return as_it_is(timing, reasons)
    return frozenset(one for one in reasons if form.get(box(category, one)))


def as_it_is(timing: Timing, reasons: list[str]) -> frozenset[str]:
    """The reasons in force."""
    return frozenset(waits_for(timing, reasons) if timing.holdable else ())


def box(category: str, reason: str) -> str:
    """The name of the box of a category and a reason."""
    return f"waits-{category}.{reason}"


def lines(policy: Policy, typed: Mapping[str, str], book: Book) -> list[Line]:
    """A line for each category that is offered."""
    reasons = reasons_of(book)
    codes = [row.code for row in book.categories() if row.code in policy.timings and row.code != UNPLACED]
    found = [(code, policy.timings[code]) for code in codes]
    return [Line(code, timing.safety, ticked(timing, code, typed, reasons)) for code, timing in found]


def limits_of(policy: Policy, typed: Mapping[str, str], book: Book) -> list[Setting]:
    """How long a wait for each reason may last; "" where the general setting counts."""
    bounds = _(
        "At most %(most)s. Left empty: %(usual)s.",
        most=spoken.duration(LONGEST),
        usual=spoken.duration(policy.limits.hold_limit),
    )
    return [
        Setting(f"hold-{code}", book.label("hold_reason", code), typed.get(f"hold-{code}", str(policy.holds.get(code, ""))), bounds)
        for code in reasons_of(book)
    ]  # fmt: skip


def edit(base: Policy, typed: Mapping[str, str], book: Book) -> Edited:
    """`base` with what was typed; a line or a field that was not sent keeps its value."""
    errors: dict[str, str] = {}
    holds, reasons = dict(base.holds), reasons_of(book)
    for code in reasons:
        text = typed.get(f"hold-{code}", str(holds.get(code, "")))
        try:
            holds |= {code: time_of(text, SHORTEST, LONGEST)} if text else {}
        except ValueError as wrong:
            errors[f"hold-{code}"] = str(wrong)
        if not text:
            holds.pop(code, None)
    chosen = {code: ticked(timing, code, typed, reasons) for code, timing in base.timings.items()}
    differ = {code for code, timing in base.timings.items() if chosen[code] != as_it_is(timing, reasons)}
    differ = {code for code in differ if not base.timings[code].safety}

    def changed(code: str, timing: Timing) -> Timing:
        if code not in differ:
            return timing
        named = tuple(one for one in reasons if one in chosen[code])
        return replace(timing, holdable=bool(named), hold_reasons=() if len(named) == len(reasons) else named)

    timings = {code: changed(code, timing) for code, timing in base.timings.items()}
    areas = {key: changed(key[0], timing) for key, timing in base.areas.items()}
    return Edited(replace(base, timings=timings, areas=areas, holds=holds), errors)


def typed_anew(base: Policy, form: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, the times that differ from those the form was made from; every line as it was ticked."""
    times = {name: text for name, text in form.items() if name.startswith("hold-")}
    anew = {name: text for name, text in times.items() if text != str(base.holds.get(name.removeprefix("hold-"), ""))}
    return anew | {name: text for name, text in form.items() if name.startswith(("line-", "waits-"))}


async def again(
    request: Request, person: Person, parts: Onewindow, policy: Policy, typed: Mapping[str, str],
    errors: Mapping[str, str], status: int = 200, **more: Any,
) -> Response:  # fmt: skip
    """The form, with what was typed and what is wrong."""
    made: dict[str, Any] = {
        "person": person, "policy": policy, "errors": errors, "lines": lines(policy, typed, parts.book), "saved": 0,
        "reasons": reasons_of(parts.book), "limits": limits_of(policy, typed, parts.book), "note": typed.get("note", ""),
        "may": "tune" in person.rights, "theirs": (), "overtaken": None, "box": box,
    }  # fmt: skip
    return page(request, "admin/waits.html", status=status, **(made | more))


@router.get(ADDRESS)
async def listed(request: Request, person: ReadsAdmin, db: Db, parts: Parts, saved: int = 0) -> Response:
    """As it is in force."""
    policy = await db.read(policy_versions.current)
    return await again(request, person, parts, policy, {}, {}, saved=saved)


@router.post(ADDRESS)
async def change(request: Request, person: Tunes, form: Table, parts: Parts, now: Now) -> Response:
    """Save what was changed as the next version; with anything wrong nothing is saved and the form comes back as typed."""
    return await settle(SHEET, request, person, form, parts, now)


SHEET = Sheet("waits", lambda form: ADDRESS, edit, again, typed_anew)
"""The form of what is waited for."""
