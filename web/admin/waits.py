"""What the requests of each category, and the stages of an application, may wait for the consumer for, and how long each such wait may last: a version of the policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from languages import spoken
from languages.catalog import gettext as _
from models import policy_versions
from rules.policy import UNPLACED, Policy, Timing, days, minutes, waits_for
from rules.procedure import Procedure, Stage
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
    """A category, or a stage of a procedure, with the reasons that are ticked; `danger`: it waits for nobody."""

    key: str
    title: str
    danger: bool
    ticked: frozenset[str]


def reasons_of(book: Book) -> list[str]:
    """Every reason there is."""
    return [row.code for row in book.all("hold_reason")]


def ticked(timing: Timing, key: str, form: Mapping[str, str], reasons: list[str]) -> frozenset[str]:
    """The reasons that were ticked, or as it is where the line was not sent."""
    if f"line-{key}" not in form:
        return as_it_is(timing, reasons)
    return frozenset(one for one in reasons if form.get(box(key, one)))


def as_it_is(timing: Timing, reasons: list[str]) -> frozenset[str]:
    """The reasons in force."""
    return frozenset(waits_for(timing, reasons) if timing.holdable else ())


def box(key: str, reason: str) -> str:
    """The name of the box of a line and a reason."""
    return f"waits-{key}.{reason}"


def stage_key(procedure: str, stage: str) -> str:
    """The line of a stage."""
    return f"{procedure}/{stage}"


def parts_of(policy: Policy, typed: Mapping[str, str], book: Book) -> list[tuple[str, list[Line]]]:
    """What the table is made of: a line for each category that is offered, then one for each stage of each procedure."""
    reasons = reasons_of(book)

    def line(key: str, title: str, timing: Timing) -> Line:
        return Line(key, title, timing.safety, ticked(timing, key, typed, reasons))

    codes = [row.code for row in book.categories() if row.code in policy.timings and row.code != UNPLACED]
    found = [(_("Complaint"), [line(code, book.label("category", code), policy.timings[code]) for code in codes])]
    for code in book.in_order("procedure", policy.procedures):
        stages = policy.procedures[code].stages.values()
        lines = [line(stage_key(code, one.code), book.label("stage", one.code), one.timing) for one in stages]
        found.append((book.label("procedure", code), lines))
    return found


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

    def changed(key: str, timing: Timing) -> Timing:
        chosen = ticked(timing, key, typed, reasons)
        if timing.safety or chosen == as_it_is(timing, reasons):
            return timing
        named = tuple(one for one in reasons if one in chosen)
        return replace(timing, holdable=bool(named), hold_reasons=() if len(named) == len(reasons) else named)

    timings = {code: changed(code, timing) for code, timing in base.timings.items()}
    differ = {code for code, timing in timings.items() if timing != base.timings[code]}
    areas = {key: changed(key[0], timing) if key[0] in differ else timing for key, timing in base.areas.items()}
    procedures = {code: _with_stages(one, partial(_stage, changed, code)) for code, one in base.procedures.items()}
    return Edited(replace(base, timings=timings, areas=areas, procedures=procedures, holds=holds), errors)


def _with_stages(procedure: Procedure, changed: Callable[[Stage], Stage]) -> Procedure:
    return replace(procedure, stages={code: changed(stage) for code, stage in procedure.stages.items()})


def _stage(changed: Callable[[str, Timing], Timing], procedure: str, stage: Stage) -> Stage:
    return replace(stage, timing=changed(stage_key(procedure, stage.code), stage.timing))


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
        "person": person, "policy": policy, "errors": errors, "groups": parts_of(policy, typed, parts.book), "saved": 0,
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
