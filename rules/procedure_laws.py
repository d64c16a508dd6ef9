"""Where the regulated times of a procedure leave doubt: two for one request, or a load, a day, an area without one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import product

from rules.fees import law_of, particular
from rules.policy import AREA_CLASSES
from rules.procedure import Law, Procedure
from rules.toml_text import Path

Sort = tuple[str, Decimal | None, str | None]
"""Area class, load and voltage of a request."""


def doubts(procedure: Procedure, areas: Collection[str] | None = None) -> Iterator[tuple[Path, str]]:
    """Where two standards say as much of one request, or none fits it: the key and the reason.

    `areas` are the area classes that have to be covered; None: those the standards name.
    """
    laws = procedure.standards
    named = areas if areas is not None else {law.area for law in laws if law.area} or AREA_CLASSES[:1]
    voltages: set[str | None] = {law.voltage for law in laws if law.voltage} or {None}
    said: set[tuple[Path, str]] = set()
    for sort in product(sorted(named), _loads(procedure), sorted(voltages, key=str)):
        for path, reason in _doubts_of(laws, sort):
            if (path, sort[0]) not in said:
                said.add((path, sort[0]))
                yield path, reason


def _doubts_of(laws: Sequence[Law], sort: Sort) -> Iterator[tuple[Path, str]]:
    """The doubts about requests of one sort, on every day on which something changes after the first standard."""
    area, load, voltage = sort
    words = ", ".join(filter(None, (area, f"{load} kW" if load is not None else "", voltage)))
    found = False
    for day in _turns(laws):
        law = law_of(laws, day, area, load, voltage)
        on = "" if day == date.min else f" on {day}"
        if law is None:
            if found:
                yield ("standard",), f"no standard covers {words}{on}"
            continue
        found = True
        other = law_of([one for one in laws if one is not law], day, area, load, voltage)
        if other is not None and particular(other) == particular(law):
            yield ("standard", str(max(laws.index(law), laws.index(other)))), f"{words} is covered twice{on}"
    if laws and not found:
        yield ("standard",), f"no standard covers {words}"


def _turns(laws: Sequence[Law]) -> list[date]:
    """The days on which standards begin or end."""
    return sorted({law.since or date.min for law in laws} | {law.until for law in laws if law.until})


def _loads(procedure: Procedure) -> Sequence[Decimal | None]:
    """The loads that may be asked for at which a standard may change; None alone where no load is asked for."""
    loads = procedure.loads
    if loads is None:
        return [None]
    bounds = {bound for law in procedure.standards for bound in (law.above_kw, law.up_to_kw) if bound is not None}
    tried = {loads.least, loads.most, *bounds, *(bound + loads.step for bound in bounds)}
    return sorted(load for load in tried if loads.least <= load <= loads.most)
