"""The timings of a policy as TOML: one table a category, and one inside it for an area class that differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from rules.durations import Duration, Unit
from rules.policy import AREA_CLASSES, SUPPLY, Policy, Timing, days
from rules.toml_table import Table

Timings = dict[str, Timing]
Areas = dict[tuple[str, str], Timing]
NONE = ("none", "never")
SECOND = Duration(1, Unit.SECONDS)
LONGEST: Mapping[str, Duration] = {
    "accept": days(30),
    "tiers": days(180),
    "standard": days(400),
    "confirm": days(30),
}


def read_timings(complaints: Table, start: Policy, known: Collection[str] | None) -> tuple[Timings, Areas]:
    """The timings of a document over those of `start`, by category and by category and area class."""
    timings, areas = dict(start.timings), dict(start.areas)
    for category, table in complaints.tables():
        if known is not None and category not in known:
            table.wrong("", f"there is no category {category!r}")
            continue
        before = start.timings.get(category)
        timing = timings[category] = _timing(table, before)
        if before:
            areas.update(_carried(start, category, before, timing))
        for area_class, inner in table.inner():
            if area_class not in AREA_CLASSES:
                inner.wrong("", f"there is no area class {area_class!r}; there are {', '.join(AREA_CLASSES)}")
                continue
            areas[category, area_class] = _timing(inner, areas.get((category, area_class), timing))
            inner.close()
        table.close()
    return timings, areas


def _carried(start: Policy, category: str, before: Timing, now: Timing) -> Areas:
    """The areas of a category whose own table changed: what differed before still does."""
    return {key: replace(now, **_difference(before, area)) for key, area in start.areas.items() if key[0] == category}


def _difference(one: Timing, other: Timing) -> dict[str, Any]:
    names = [field.name for field in fields(Timing)]
    return {name: getattr(other, name) for name in names if getattr(other, name) != getattr(one, name)}


def _timing(table: Table, before: Timing | None) -> Timing:
    calendar = table.text("calendar", before.calendar if before else None)
    followed = before is None or before.standard_calendar == before.calendar
    safety = table.flag("safety", before.safety if before else False)
    confidential = table.flag("confidential", before.confidential if before else False)
    ladder = table.text("ladder", before.ladder if before else None)
    timing = Timing(
        ladder=ladder,
        tiers=_tiers(table, before.tiers if before else None),
        calendar=calendar,
        standard_calendar=table.text(
            "standard_calendar", calendar if followed or not before else before.standard_calendar
        ),
        accept=_time(table, "accept", before.accept if before else None, required=False),
        standard=_time(table, "standard", before.standard if before else None, required=before is None),
        confirm=_time(
            table, "confirm", before.confirm if before else None, required=before is None and not confidential
        ),
        confidential=confidential,
        safety=safety,
        supply=table.flag("supply", before.supply if before else ladder == SUPPLY) and not safety,
        holdable=table.flag("holdable", (before.holdable if before else True) and not safety),
        hold_reasons=tuple(table.listed("hold_reasons", before.hold_reasons if before else ())),
        note=_note(table, before.note if before else ""),
        recovery=table.text("recovery", (before.recovery if before else None) or "none"),
        recovery_tiers=_tiers(table, before.recovery_tiers if before else (), "recovery_tiers"),
    )
    timing = replace(timing, recovery=None) if timing.recovery in NONE else timing
    _make_sense(table, timing)
    return timing


def _time(table: Table, key: str, before: Duration | None, *, required: bool) -> Duration | None:
    if key not in table:
        if required:
            table.wrong(key, f'is missing; write a length of time or "{"never" if key == "confirm" else "none"}"')
        return before
    value = table.value(key)
    return None if value in NONE else table.duration(key, value, SECOND, LONGEST[key])


def _tiers(table: Table, before: tuple[Duration, ...] | None, key: str = "tiers") -> tuple[Duration, ...]:
    if before is not None and key not in table:
        return before
    times = [table.duration(key, one, SECOND, LONGEST["tiers"]) for one in table.listed(key)]
    return tuple(time for time in times if time) if all(times) else ()


def _note(table: Table, before: str) -> str:
    """Why its tiers need not fit; an empty text takes it away."""
    return "" if "note" in table and table.value("note") == "" else table.text("note", before)


def _make_sense(table: Table, timing: Timing) -> None:
    if timing.safety and timing.holdable:
        table.wrong("holdable", "what is a danger cannot be held")
    if timing.confidential and timing.confirm:
        table.wrong("confirm", 'what is confidential is not put to confirmation; write "never"')


def written_timings(policy: Policy) -> Iterator[tuple[tuple[str, ...], dict[str, object]]]:
    """The path below [complaint] and the pairs of every table, area classes with what differs."""
    for category, timing in policy.timings.items():
        yield (category,), _written(timing)
        for (owner, area_class), area in policy.areas.items():
            if owner == category:
                yield (category, area_class), _written_difference(timing, area)


def _written(timing: Timing) -> dict[str, object]:
    defaults = {"confidential": False, "safety": False, "holdable": not timing.safety, "hold_reasons": [], "note": ""}
    defaults |= {"supply": timing.ladder == SUPPLY and not timing.safety, "recovery": "none", "recovery_tiers": []}
    return {key: value for key, value in _plain(timing).items() if key not in defaults or value != defaults[key]}


def _written_difference(timing: Timing, area: Timing) -> dict[str, object]:
    different = set(_difference(timing, area))
    if different & {"calendar", "standard_calendar"}:
        different |= {"calendar", "standard_calendar"}
    return {key: value for key, value in _plain(area).items() if key in different}


def _plain(timing: Timing) -> dict[str, object]:
    """A timing's pairs in the order of the file."""
    return {
        "ladder": timing.ladder,
        "accept": str(timing.accept or "none"),
        "tiers": [str(time) for time in timing.tiers],
        "standard": str(timing.standard or "none"),
        "calendar": timing.calendar,
        "standard_calendar": timing.standard_calendar,
        "confirm": str(timing.confirm or "never"),
        "confidential": timing.confidential,
        "safety": timing.safety,
        "supply": timing.supply,
        "holdable": timing.holdable,
        "hold_reasons": list(timing.hold_reasons),
        "note": timing.note,
        "recovery": timing.recovery or "none",
        "recovery_tiers": [str(time) for time in timing.recovery_tiers],
    }
