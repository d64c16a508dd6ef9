"""Procedures as plain tables and lists: the form of a TOML file and of a database column.

Reading judges nothing: what was saved once is read for ever. `rules.procedure_toml` reads what a person wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rules.durations import Duration
from rules.durations import parse as parse_duration
from rules.policy import Timing
from rules.procedure import Does, Fee, Lapse, Law, Loads, Procedure, Slots, Stage, Whose
from rules.terms import Kind

MINOR = 100
"""Minor units (paise) in one unit of money."""

Plain = Mapping[str, Any]


def plain(procedure: Procedure) -> dict[str, Any]:
    """The pairs of a procedure in the order of the file; what is left at its default is left out."""
    loads, slots = procedure.loads, procedure.slots
    return _given(
        kind=procedure.kind.value,
        account=procedure.account,
        loads=loads and {"least": str(loads.least), "most": str(loads.most), "step": str(loads.step)},
        note_valid=_text(procedure.note_valid),
        confirm=_text(procedure.confirm),
        refund=procedure.refund,
        slots={"spans": list(slots.spans), "at_once": slots.at_once, "days_ahead": slots.days_ahead},
        papers={applicant: list(papers) for applicant, papers in procedure.papers.items()},
        standard=[_law(law) for law in procedure.standards],
        fee=[_fee(fee) for fee in procedure.fees],
        stage=[_stage(stage) for stage in procedure.stages.values()],
    )


def _law(law: Law) -> dict[str, Any]:
    return _given(
        time=str(law.time),
        calendar=law.calendar,
        area=law.area,
        above_kw=_text(law.above_kw),
        up_to_kw=_text(law.up_to_kw),
        voltage=law.voltage,
        since=law.since,
        until=law.until,
    )


def _fee(fee: Fee) -> dict[str, Any]:
    return _given(
        code=fee.code,
        amount=f"{fee.amount // MINOR}.{fee.amount % MINOR:02}",
        per_kw=fee.per_kw,
        above_kw=_text(fee.above_kw),
        up_to_kw=_text(fee.up_to_kw),
        applicants=list(fee.applicants),
        refundable=fee.refundable,
    )


def _stage(stage: Stage) -> dict[str, Any]:
    timing = stage.timing
    return _given(
        code=stage.code,
        does=stage.does.value,
        after=list(stage.after),
        when=": ".join(stage.when) if stage.when else None,
        ladder=timing.ladder,
        accept=_text(timing.accept),
        tiers=[str(time) for time in timing.tiers],
        calendar=timing.calendar,
        whose=None if stage.whose is Whose.OFFICE else stage.whose.value,
        limit=_text(stage.limit),
        remind=_text(stage.remind),
        lapse=None if stage.lapse is Lapse.OFFICER else stage.lapse.value,
        checklist=list(stage.checklist),
        outcomes=list(stage.outcomes),
        back=stage.back,
        hold_reasons=list(timing.hold_reasons),
    ) | ({} if timing.holdable else {"holdable": False})


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _given(**pairs: Any) -> dict[str, Any]:
    """The pairs that say something: nothing, "no" and an empty list are what leaving out means."""
    return {key: value for key, value in pairs.items() if value not in (None, False, [])}


def procedure_from(code: str, written: Plain) -> Procedure:
    """The procedure `plain` wrote."""
    return Procedure(
        code=code,
        kind=Kind(written["kind"]),
        stages={one["code"]: _stage_from(one) for one in written.get("stage", ())},
        papers={applicant: tuple(papers) for applicant, papers in written.get("papers", {}).items()},
        standards=tuple(map(_law_from, written.get("standard", ()))),
        fees=tuple(map(_fee_from, written.get("fee", ()))),
        loads=Loads(**{key: Decimal(kw) for key, kw in written["loads"].items()}) if "loads" in written else None,
        note_valid=_time(written, "note_valid"),
        confirm=_time(written, "confirm"),
        slots=Slots(**{**written["slots"], "spans": tuple(written["slots"]["spans"])}),
        refund=written.get("refund"),
        account=written.get("account", False),
    )


def _law_from(written: Plain) -> Law:
    return Law(
        time=parse_duration(written["time"]),
        calendar=written["calendar"],
        area=written.get("area"),
        above_kw=_kw(written, "above_kw"),
        up_to_kw=_kw(written, "up_to_kw"),
        voltage=written.get("voltage"),
        since=_day(written, "since"),
        until=_day(written, "until"),
    )


def _fee_from(written: Plain) -> Fee:
    return Fee(
        code=written["code"],
        amount=minor_units(written["amount"]),
        per_kw=written.get("per_kw", False),
        above_kw=_kw(written, "above_kw"),
        up_to_kw=_kw(written, "up_to_kw"),
        applicants=tuple(written.get("applicants", ())),
        refundable=written.get("refundable", False),
    )


def _stage_from(written: Plain) -> Stage:
    decider, _, outcome = written.get("when", "").partition(": ")
    return Stage(
        code=written["code"],
        does=Does(written["does"]),
        timing=Timing(
            ladder=written["ladder"],
            tiers=tuple(map(parse_duration, written["tiers"])),
            calendar=written["calendar"],
            standard_calendar=written["calendar"],
            accept=_time(written, "accept"),
            holdable=written.get("holdable", True),
            hold_reasons=tuple(written.get("hold_reasons", ())),
        ),
        after=tuple(written.get("after", ())),
        when=(decider, outcome) if decider else None,
        whose=Whose(written.get("whose", Whose.OFFICE)),
        limit=_time(written, "limit"),
        remind=_time(written, "remind"),
        lapse=Lapse(written.get("lapse", Lapse.OFFICER)),
        checklist=tuple(written.get("checklist", ())),
        outcomes=tuple(written.get("outcomes", ())),
        back=written.get("back"),
    )


def minor_units(amount: str) -> int:
    """A sum like "600.00" in minor units; ArithmeticError if it is none."""
    return int(Decimal(amount) * MINOR)


def _time(written: Plain, key: str) -> Duration | None:
    return parse_duration(written[key]) if key in written else None


def _kw(written: Plain, key: str) -> Decimal | None:
    return Decimal(written[key]) if key in written else None


def _day(written: Plain, key: str) -> date | None:
    return date.fromisoformat(str(written[key])) if key in written else None
