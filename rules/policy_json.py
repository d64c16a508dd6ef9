"""Policy as the plain data of a database column; what was saved once is read for ever, so nothing is judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any

from rules.calendar import Calendar, calendar_from, written_calendar
from rules.durations import Duration
from rules.durations import parse as parse_duration
from rules.policy import Ladder, Limits, Policy, Tier, Timing, Value
from rules.procedure_plain import plain, procedure_from

TIMES = ("accept", "standard", "confirm")
LISTS = ("tiers", "recovery_tiers")
DAYS = ("from", "to")


def to_json(policy: Policy) -> dict[str, Any]:
    """The policy as lists, tables, texts and numbers."""
    return {
        "version": policy.version,
        "timings": {category: _timing_out(timing) for category, timing in policy.timings.items()},
        "areas": [[*key, _timing_out(timing)] for key, timing in policy.areas.items()],
        "calendars": {code: _calendar_out(calendar) for code, calendar in policy.calendars.items()},
        "sites": [[*own, _calendar_out(calendar)] for own, calendar in policy.sites.items()],
        "ladders": {code: _ladder_out(ladder) for code, ladder in policy.ladders.items()},
        "limits": {one.name: _value_out(getattr(policy.limits, one.name)) for one in fields(Limits)},
        "holds": {reason: str(time) for reason, time in policy.holds.items()},
        "procedures": {code: _days_as_text(plain(procedure)) for code, procedure in policy.procedures.items()},
    }


def from_json(data: Mapping[str, Any]) -> Policy:
    """The policy `to_json` wrote; settings that did not exist then have their default, those gone since are left out."""
    return Policy(
        version=data["version"],
        timings={category: _timing_in(timing) for category, timing in data["timings"].items()},
        areas={(category, area_class): _timing_in(timing) for category, area_class, timing in data["areas"]},
        calendars={code: _calendar_in(code, calendar) for code, calendar in data["calendars"].items()},
        sites={(code, of, one): _calendar_in(code, saved) for code, of, one, saved in data.get("sites", ())},
        ladders={code: _ladder_in(code, ladder) for code, ladder in data["ladders"].items()},
        limits=_limits_in(data["limits"]),
        holds={reason: parse_duration(time) for reason, time in data["holds"].items()},
        procedures={code: procedure_from(code, one) for code, one in data.get("procedures", {}).items()},
    )


def _timing_out(timing: Timing) -> dict[str, Any]:
    written = {one.name: getattr(timing, one.name) for one in fields(Timing)}
    written |= {key: [str(time) for time in getattr(timing, key)] for key in LISTS}
    return written | {key: str(written[key]) if written[key] else None for key in TIMES}


def _timing_in(saved: Mapping[str, Any]) -> Timing:
    times = {key: parse_duration(saved[key]) if saved.get(key) else None for key in TIMES}
    lists: dict[str, tuple[Any, ...]] = {key: tuple(map(parse_duration, saved.get(key, ()))) for key in LISTS}
    lists["hold_reasons"] = tuple(saved.get("hold_reasons", ()))
    return Timing(**{**saved, **times, **lists})


def _ladder_out(ladder: Ladder) -> dict[str, Any]:
    return {"tiers": [tier.role for tier in ladder.tiers], "appeal": [tier.role for tier in ladder.appeal]}


def _ladder_in(code: str, saved: Mapping[str, Any]) -> Ladder:
    return Ladder(code, tuple(map(Tier, saved["tiers"])), tuple(map(Tier, saved["appeal"])))


def _calendar_out(calendar: Calendar) -> dict[str, Any]:
    written: dict[str, Any] = _days_as_text({"zone": calendar.zone, **written_calendar(calendar)})
    return written


def _calendar_in(code: str, saved: Mapping[str, Any]) -> Calendar:
    written = {key: value for key, value in saved.items() if key != "zone"}
    written["holidays"] = [date.fromisoformat(day) for day in saved.get("holidays", ())]
    written["variants"] = [
        {key: date.fromisoformat(value) if key in DAYS else value for key, value in variant.items()}
        for variant in saved.get("variants", ())
    ]
    return calendar_from(code, saved["zone"], {key: value for key, value in written.items() if value})


def _days_as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _days_as_text(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_days_as_text(one) for one in value]
    return value


def _value_out(value: Value) -> str | int:
    return value if isinstance(value, int) else str(value)


def _limits_in(saved: Mapping[str, Any]) -> Limits:
    kinds = {one.name: type(one.default) for one in fields(Limits)}
    return Limits(**{name: _value_in(kinds[name], value) for name, value in saved.items() if name in kinds})


def _value_in(kind: type, value: Any) -> Any:
    return parse_duration(value) if kind is Duration else Fraction(value) if kind is Fraction else value
