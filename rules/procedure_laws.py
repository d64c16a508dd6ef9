"""The regulated time of a connection request: which standard rules it, and where a procedure's standards leave doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import product

from rules.policy import AREA_CLASSES
from rules.procedure import Law, Procedure
from rules.toml_text import Path


def law_of(procedure: Procedure, area: str, load: Decimal | None, voltage: str | None, day: date) -> Law | None:
    """The standard in force on a day for a request of this area class, load (kW) and voltage; None if none is promised."""
    return next((law for law in procedure.standards if fits(law, area, load, voltage, day)), None)


def fits(law: Law, area: str, load: Decimal | None, voltage: str | None, day: date) -> bool:
    """Whether a standard speaks of such a request on that day."""
    return _of_sort(law, area, load, voltage) and in_force(law, day)


def in_force(law: Law, day: date) -> bool:
    """Whether a standard counts on that day, for whomever it speaks of."""
    return (law.since or date.min) <= day < (law.until or date.max)


def _of_sort(law: Law, area: str, load: Decimal | None, voltage: str | None) -> bool:
    return law.area in (None, area) and law.voltage in (None, voltage) and _in_band(law, load)


def _in_band(law: Law, load: Decimal | None) -> bool:
    if load is None:
        return law.above_kw is None and law.up_to_kw is None
    return (law.above_kw is None or law.above_kw < load) and (law.up_to_kw is None or load <= law.up_to_kw)


def in_place_of(law: Law, before: Procedure, after: Procedure) -> list[Law | None]:
    """The standards of `after` for the requests this one of `before` is for; None among them where some have none any more."""
    areas, loads = [law.area] if law.area else AREA_CLASSES, {*_loads(before), *_loads(after)}
    voltages: set[str | None] = {one.voltage for one in (*before.standards, *after.standards)}
    days = _turns((*before.standards, *after.standards))
    sorts = product(areas, loads, voltages, days)
    found = {law_of(after, *sort) for sort in sorts if fits(law, *sort)}
    return [one for one in (*after.standards, None) if one in found]


def doubts(procedure: Procedure, areas: Collection[str] | None = None) -> Iterator[tuple[Path, str]]:
    """Where two standards speak of one request, or none does: the key and the reason.

    `areas` are the area classes that have to be covered; None: those the standards name.
    """
    laws = procedure.standards
    named = areas if areas is not None else {law.area for law in laws if law.area} or AREA_CLASSES[:1]
    voltages: set[str | None] = {law.voltage for law in laws if law.voltage} or {None}
    said: set[tuple[Path, str]] = set()
    for area, load, voltage in product(sorted(named), _loads(procedure), sorted(voltages, key=str)):
        for path, reason in _doubts_of(laws, area, load, voltage):
            if (path, area) not in said:
                said.add((path, area))
                yield path, reason


def _doubts_of(
    laws: tuple[Law, ...], area: str, load: Decimal | None, voltage: str | None
) -> Iterator[tuple[Path, str]]:
    """The doubts about requests of one sort, on every day on which something changes after the first standard."""
    speaking = {number: law for number, law in enumerate(laws) if _of_sort(law, area, load, voltage)}
    sort = ", ".join(filter(None, (area, f"{load} kW" if load is not None else "", voltage)))
    if laws and not speaking:
        yield ("standard",), f"no standard covers {sort}"
    for day in _turns(speaking.values()):
        found = [number for number, law in speaking.items() if fits(law, area, load, voltage, day)]
        on = "" if day == date.min else f" on {day}"
        if not found:
            yield ("standard",), f"no standard covers {sort}{on}"
        for number in found[1:]:
            yield ("standard", str(number)), f"{sort} is covered twice{on}"


def _turns(laws: Collection[Law]) -> list[date]:
    """The days on which standards begin or end, from the first beginning on."""
    begins = {law.since or date.min for law in laws}
    ends = {law.until for law in laws if law.until}
    return sorted(day for day in begins | ends if day >= min(begins))


def _loads(procedure: Procedure) -> Sequence[Decimal | None]:
    """The loads that may be asked for at which a standard may change; None alone where no load is asked for."""
    loads = procedure.loads
    if loads is None:
        return [None]
    bounds = {bound for law in procedure.standards for bound in (law.above_kw, law.up_to_kw) if bound is not None}
    tried = {loads.least, loads.most, *bounds, *(bound + loads.step for bound in bounds)}
    return sorted(load for load in tried if loads.least <= load <= loads.most)
