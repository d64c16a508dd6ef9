"""Procedures of a policy as TOML: a table each, with its papers, standards, fees and stages below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from rules.durations import Duration, Unit
from rules.hours import BadCalendar, week_from
from rules.policy import AREA_CLASSES, Timing, days
from rules.procedure import Does, Fee, Lapse, Law, Loads, Procedure, Slots, Stage, Whose
from rules.procedure_check import faults
from rules.procedure_plain import minor_units, plain
from rules.terms import Kind
from rules.toml_table import Table
from rules.toml_text import written_entry, written_table

KINDS = tuple(kind for kind in Kind if kind is not Kind.COMPLAINT)
LISTS = ("standard", "fee", "stage")
SECOND = Duration(1, Unit.SECONDS)
LONGEST = days(400)
SOME = days(1)
"""Stands for a time that is wrong in a text that is refused."""

_NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?")
_MONEY = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_procedures(table: Table, start: Mapping[str, Procedure]) -> dict[str, Procedure]:
    """The procedures of a document over those of `start`; one that is written takes the place of the old one whole."""
    procedures = dict(start)
    for code, one in table.tables():
        before = len(table.findings.problems)
        procedures[code] = _procedure(code, one)
        one.close()
        if len(table.findings.problems) == before:
            for path, reason in faults(procedures[code]):
                table.findings.wrong((*one.path, *path), reason)
    return procedures


def written_procedures(procedures: Mapping[str, Procedure]) -> Iterator[str]:
    """The tables of every procedure; `read_procedures` gives the same procedures back."""
    for code, procedure in procedures.items():
        pairs, path = plain(procedure), ("procedure", code)
        below = {key: pairs.pop(key, []) for key in LISTS}
        papers = pairs.pop("papers")
        yield written_table(path, pairs)
        yield written_table((*path, "papers"), papers)
        for key, entries in below.items():
            yield from (written_entry((*path, key), one) for one in entries)


def _procedure(code: str, table: Table) -> Procedure:
    papers = table.table("papers")
    return Procedure(
        code=code,
        kind=Kind(table.choice("kind", KINDS)),
        stages=_stages(table.entries("stage")),
        papers={applicant: papers.listed(applicant) for applicant in papers.content},
        standards=tuple(map(_law, table.entries("standard", False))),
        fees=tuple(map(_fee, table.entries("fee", False))),
        loads=_loads(table.table("loads")) if "loads" in table else None,
        note_valid=_time(table, "note_valid"),
        confirm=_time(table, "confirm"),
        slots=_slots(table.table("slots", False)),
        refund=table.text("refund", "") or None,
        account=table.flag("account"),
    )


def _stages(tables: list[Table]) -> dict[str, Stage]:
    stages: dict[str, Stage] = {}
    for table in tables:
        stage = _stage(table)
        table.close()
        if stage.code in stages:
            table.wrong("code", f"there are two stages {stage.code!r}")
        stages[stage.code] = stage
    return stages


def _stage(table: Table) -> Stage:
    return Stage(
        code=_code(table),
        does=Does(table.choice("does", tuple(Does))),
        timing=_timing(table),
        after=table.listed("after", ()),
        when=_when(table),
        whose=Whose(table.choice("whose", tuple(Whose), Whose.OFFICE)),
        limit=_time(table, "limit"),
        remind=_time(table, "remind"),
        lapse=Lapse(table.choice("lapse", tuple(Lapse), Lapse.OFFICER)),
        checklist=table.listed("checklist", ()),
        outcomes=table.listed("outcomes", ()),
        back=table.text("back", "") or None,
    )


def _code(table: Table) -> str:
    code = table.text("code")
    if code and not _CODE.fullmatch(code):
        table.wrong("code", f"{code!r} is no code; write small letters, digits and hyphens")
    return code


def _timing(table: Table) -> Timing:
    calendar = table.text("calendar")
    times = [table.duration("tiers", one, SECOND, LONGEST) for one in table.listed("tiers")]
    return Timing(
        ladder=table.text("ladder"),
        tiers=tuple(time for time in times if time),
        calendar=calendar,
        standard_calendar=calendar,
        accept=_time(table, "accept"),
        holdable=table.flag("holdable", True),
        hold_reasons=table.listed("hold_reasons", ()),
    )


def _when(table: Table) -> tuple[str, str] | None:
    if "when" not in table:
        return None
    decider, colon, outcome = table.text("when").partition(": ")
    if not (decider and colon and outcome):
        table.wrong("when", 'is no stage with its outcome; write it like "feasibility: extension"')
    return decider, outcome


def _law(table: Table) -> Law:
    law = Law(
        time=_time(table, "time", required=True) or SOME,
        calendar=table.text("calendar"),
        area=table.choice("area", AREA_CLASSES) if "area" in table else None,
        above_kw=_kw(table, "above_kw"),
        up_to_kw=_kw(table, "up_to_kw"),
        voltage=table.text("voltage", "") or None,
        since=_day(table, "since"),
        until=_day(table, "until"),
    )
    table.close()
    return law


def _fee(table: Table) -> Fee:
    amount = table.value("amount")
    if not isinstance(amount, str) or not _MONEY.fullmatch(amount):
        table.wrong("amount", f'{amount!r} is no sum of money; write it as a text like "600.00"')
        amount = "0.00"
    fee = Fee(
        code=table.text("code"),
        amount=minor_units(amount),
        per_kw=table.flag("per_kw"),
        above_kw=_kw(table, "above_kw"),
        up_to_kw=_kw(table, "up_to_kw"),
        applicants=table.listed("applicants", ()),
        refundable=table.flag("refundable"),
    )
    table.close()
    return fee


def _loads(table: Table) -> Loads | None:
    least, most, step = (_kw(table, key, required=True) for key in ("least", "most", "step"))
    table.close()
    return None if least is None or most is None or step is None else Loads(least, most, step)


def _slots(table: Table) -> Slots:
    usual = Slots()
    spans = table.listed("spans", usual.spans)
    try:
        week_from({"mon": list(spans)}, "spans")
    except BadCalendar as error:
        table.wrong("spans", error.reason)
    if not spans:
        table.wrong("spans", "names no span of a day")
    slots = Slots(
        spans, table.whole("at_once", usual.at_once, 1, 100), table.whole("days_ahead", usual.days_ahead, 1, 90)
    )
    table.close()
    return slots


def _time(table: Table, key: str, *, required: bool = False) -> Duration | None:
    if not required and key not in table:
        return None
    value = table.value(key)
    return None if value is None else table.duration(key, value, SECOND, LONGEST)


def _kw(table: Table, key: str, *, required: bool = False) -> Decimal | None:
    if not required and key not in table:
        return None
    value = table.value(key)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if value is not None:
        table.wrong(key, f'{value!r} is no number of kilowatts; write it as a text like "0.5"')
    return None


def _day(table: Table, key: str) -> date | None:
    value = table.value(key) if key in table else None
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    table.wrong(key, "is no date; write it bare, like 2024-02-22")
    return None
