"""What a connection costs and how long it may take by law: the lines of a demand note, and the regulated time that fits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from rules.case import Line
from rules.procedure import Fee, Law, Loads, Procedure

ESTIMATE = "estimate"
"""The line of what an officer estimated for work outside the usual; it has no fee of its own."""
DUES = "dues"
"""The line of a final bill."""


def lines_of(procedure: Procedure, load: Decimal | None, applicant: str, estimate: int = 0) -> list[Line]:
    """The lines of a demand note for this load (kW; None where none is asked for) and sort of applicant, in minor units."""
    lines = [Line(fee.code, _amount(fee, load)) for fee in procedure.fees if _fits(fee, load, applicant)]
    return lines + ([Line(ESTIMATE, estimate)] if estimate else [])


def _amount(fee: Fee, load: Decimal | None) -> int:
    return int(fee.amount * load) if fee.per_kw and load is not None else fee.amount


def _fits(fee: Fee, load: Decimal | None, applicant: str) -> bool:
    return _within(load, fee.above_kw, fee.up_to_kw) and (not fee.applicants or applicant in fee.applicants)


def _within(load: Decimal | None, above: Decimal | None, up_to: Decimal | None) -> bool:
    if load is None:
        return above is None
    return (above is None or load > above) and (up_to is None or load <= up_to)


def law_of(laws: Iterable[Law], on: date, area: str, load: Decimal | None, voltage: str | None = None) -> Law | None:
    """The regulated time in force on a day for this area class, load and voltage; the most particular one, None if there is none."""
    fitting = [law for law in laws if _in_force(law, on) and _applies(law, area, load, voltage)]
    return max(fitting, key=particular, default=None)


def _in_force(law: Law, on: date) -> bool:
    return (law.since is None or law.since <= on) and (law.until is None or on < law.until)


def _applies(law: Law, area: str, load: Decimal | None, voltage: str | None) -> bool:
    here = law.area in (None, area) and law.voltage in (None, voltage)
    return here and _within(load, law.above_kw, law.up_to_kw)


def particular(law: Law) -> int:
    """How much a regulated time says of the requests it is for; of two that fit, the one that says more rules."""
    return sum(part is not None for part in (law.area, law.voltage, law.above_kw, law.up_to_kw))


def is_load(loads: Loads, load: Decimal) -> bool:
    """Whether this load may be asked for: within the range, and no finer than the step."""
    return loads.least <= load <= loads.most and load % loads.step == 0
