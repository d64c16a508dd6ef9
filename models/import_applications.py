"""What a line says of an application that is brought forward: its sort, the stages that were done, and since when it is complete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from models.import_lines import Known, moment, tier
from rules import brought
from rules.application import BadApplication, application_of
from rules.policy import Policy, Timing, ladder_of
from rules.procedure import Does, Procedure, Stage
from rules.procedure_plain import MINOR
from rules.sheet import Row, Sheet
from rules.terms import Codes

COLUMNS = ("stage", "done", "complete", "paid", "applicant", "load", "voltage")
"""Columns of an application alone."""
RUPEES = re.compile(r"\d{1,8}(\.\d{1,2})?", re.ASCII)
WANTED = {
    "account": "write the account it is about",
    "applicant": "this sort of applicant is none of {}",
    "load": "this load cannot be asked for",
    "voltage": "this voltage is not promised for",
}


def of(line: Row, known: Known, procedure: Procedure, registered: datetime, sheet: Sheet) -> Codes:
    """The columns of an application's row; faults are noted."""
    given = done(line, known, procedure, registered, sheet)
    highest = _tiers(procedure, given["stages"], known.policy)
    return {
        "application": asked(line, procedure, sheet),
        "brought_done": given,
        "brought_tier": tier(line, highest, sheet),
    }


def begins(procedure: Procedure) -> Timing:
    """The timing an application begins with."""
    return next(iter(procedure.stages.values())).timing


def asked(line: Row, procedure: Procedure, sheet: Sheet) -> Codes:
    """What is asked for; empty where something is wrong."""
    given = {name: line[name] for name in ("applicant", "load", "voltage") if line[name]}
    try:
        return application_of(procedure, given, line["account"])
    except BadApplication as bad:
        sheet.wrong(line.line, bad.field, WANTED[bad.field].format(", ".join(sorted(procedure.papers))))
        return {}


def done(line: Row, known: Known, procedure: Procedure, registered: datetime, sheet: Sheet) -> Codes:
    """The stages that were done, when it was complete and what was paid; faults are noted."""
    stages = {code: outcome or None for code, _, outcome in (one.partition("=") for one in line["done"].split())}
    wrong = list(brought.faults(procedure, stages))
    for fault in wrong:
        sheet.wrong(line.line, "done", fault)
    behind = [procedure.stages[code] for code in stages if code in procedure.stages]
    complete = _complete(line, known, behind, registered, sheet)
    paid = _paid(line, behind, sheet)
    if not wrong:
        _stands(line, brought.standing(procedure, stages), sheet)
    return {
        "stages": stages,
        **({"complete": complete.isoformat()} if complete else {}),
        **({"paid": paid} if paid else {}),
    }


def _complete(line: Row, known: Known, behind: Sequence[Stage], registered: datetime, sheet: Sheet) -> datetime | None:
    checked = any(stage.does is Does.DOCUMENTS for stage in behind)
    at = moment(line, "complete", known, sheet)
    if checked and not line["complete"]:
        sheet.wrong(line.line, "complete", "write when its papers were complete: its promised time runs from then")
    elif line["complete"] and not checked:
        sheet.wrong(line.line, "complete", "its papers are not among what is done: they are handed in and checked here")
    elif at is not None and at < registered:
        sheet.wrong(line.line, "complete", "this is before it was registered")
    return at


def _paid(line: Row, behind: Sequence[Stage], sheet: Sheet) -> int:
    pays = any(stage.does is Does.PAYMENT for stage in behind)
    amount = int(Decimal(line["paid"]) * MINOR) if RUPEES.fullmatch(line["paid"]) else None
    if pays and amount is None:
        sheet.wrong(line.line, "paid", "write what was paid, in rupees like 4500 or 4500.50; 0 if nothing was")
    elif line["paid"] and not pays:
        sheet.wrong(line.line, "paid", "no payment is among what is done")
    return amount or 0


def _stands(line: Row, opened: Sequence[Stage], sheet: Sheet) -> None:
    codes = [stage.code for stage in opened]
    if line["stage"] and line["stage"] not in codes:
        sheet.wrong(line.line, "stage", f"with this done it stands at {', '.join(codes)}, not at {line['stage']!r}")


def _tiers(procedure: Procedure, behind: brought.Done, policy: Policy) -> int:
    """The tiers of the longest ladder among the stages that open."""
    opened = brought.standing(procedure, behind)
    return max((len(ladder_of(policy, stage.timing).tiers) for stage in opened), default=1)
