"""What a connection costs: the lines of a demand note by load and sort of applicant."""

from __future__ import annotations

from decimal import Decimal

from rules.case import Line
from rules.procedure import Fee, Loads, Procedure

ESTIMATE = "estimate"
"""The line of what an officer estimated for work outside the usual; it has no fee of its own."""
DUES = "dues"
BROUGHT = "brought"
"""What was paid before the request was brought forward."""
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


def is_load(loads: Loads, load: Decimal) -> bool:
    """Whether this load may be asked for: within the range, and no finer than the step."""
    return loads.least <= load <= loads.most and load % loads.step == 0
