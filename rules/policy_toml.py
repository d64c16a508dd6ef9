"""Policy as TOML: what `policy export` writes and `policy import` and a profile read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from rules.durations import Duration
from rules.policy import BadPolicy, Ladder, Limits, Policy, Problem, Tier, Timing, Value, days, minutes, settings
from rules.policy_calendars import Surroundings, read_calendars, written_calendars
from rules.policy_timings import read_timings, written_timings
from rules.procedure import Procedure
from rules.procedure_toml import read_procedures, written_procedures
from rules.toml_table import Findings, Table
from rules.toml_text import NotToml, Path, lines_of, read, written_table

MOST_TIERS = 8


def parse(text: str, base: Policy | None = None, surroundings: Surroundings | None = None) -> Policy:
    """The policy a text means; BadPolicy with everything that is wrong.

    With `base`, what the text leaves out (a table, or a key of a category's table) keeps the base's value, and
    calendars are in its zone; write `accept = "none"` to take a time away. A text that says `whole = true`, as `export`
    writes it, is all of it: what it leaves out is what it is where nothing is said, or is not there. The version is the
    text's, else the base's, else 1.
    """
    try:
        document = read(text)
    except NotToml as error:
        raise BadPolicy([Problem("", error.line, str(error))]) from None
    top = Table(document, (), Findings(lines_of(text)))
    policy = read_policy(top, base, surroundings or _around(base))
    top.close()
    if top.findings.problems:
        raise BadPolicy(top.findings.in_order())
    return policy


def _around(base: Policy | None) -> Surroundings:
    zones = {calendar.zone for calendar in base.calendars.values()} if base else set()
    return Surroundings(zone=zones.pop()) if zones else Surroundings()


def read_policy(top: Table, base: Policy | None, surroundings: Surroundings) -> Policy:
    """The policy in a document; what is wrong is left among the table's findings."""
    start = base or Policy(1, {})
    known = surroundings.categories if surroundings.categories is not None else start.timings or None
    if whole := top.flag("whole"):
        start = Policy(start.version, {})
    calendars = read_calendars(top.table("calendar", False), start, surroundings)
    ladders = {code: _ladder(code, one) for code, one in top.table("ladder", False).tables()}
    broken = {("calendar", code) for code in calendars.broken}
    broken |= {("ladder", code) for code, one in ladders.items() if one is None}
    policy = Policy(
        version=top.whole("version", start.version, 1, 10_000_000),
        timings={},
        calendars=calendars.general,
        sites=calendars.sites,
        ladders={**start.ladders, **{code: one for code, one in ladders.items() if one}},
        limits=_limits(top.table("limits", False), start.limits),
        holds={**start.holds, **_holds(top.table("holds", False))},
    )
    timings, areas = read_timings(top.table("complaint", whole or base is None), start, known)
    procedures = read_procedures(top.table("procedure", False), start.procedures)
    policy = replace(policy, timings=timings, areas=areas, procedures=procedures)
    _agree(policy, top.findings, broken)
    if surroundings.reasons is not None:
        _reasons_known(policy, top.findings, surroundings.reasons)
    return policy


def _reasons_known(policy: Policy, findings: Findings, known: Collection[str]) -> None:
    """Note every reason to wait that this text names and that does not exist."""
    named: dict[Path, tuple[str, ...]] = {("holds", reason): (reason,) for reason in policy.holds}
    named |= {("complaint", code, "hold_reasons"): timing.hold_reasons for code, timing in policy.timings.items()}
    named |= {("complaint", *key, "hold_reasons"): area.hold_reasons for key, area in policy.areas.items()}
    for code, procedure in policy.procedures.items():
        for number, stage in enumerate(procedure.stages.values()):
            named["procedure", code, "stage", str(number), "hold_reasons"] = stage.timing.hold_reasons
    for path, reasons in named.items():
        for reason in reasons:
            if path in findings.lines and reason not in known:
                findings.wrong(path, f"there is no hold reason {reason!r}")


def _ladder(code: str, table: Table) -> Ladder | None:
    roles, appeal = table.listed("tiers"), table.listed("appeal", ())
    table.close()
    if not 1 <= len(roles) <= MOST_TIERS:
        table.wrong("tiers", f"a ladder has one to {MOST_TIERS} tiers")
        return None
    for key, some in (("tiers", roles), ("appeal", appeal)):
        for role in sorted({role for role in some if (roles + appeal).count(role) > 1}):
            table.wrong(key, f"{role} stands on this ladder twice")
    return Ladder(code, tuple(map(Tier, roles)), tuple(map(Tier, appeal)))


def _holds(table: Table) -> dict[str, Duration]:
    read = {reason: table.duration(reason, table.value(reason), minutes(1), days(60)) for reason in table.content}
    return {reason: time for reason, time in read.items() if time}


def _limits(table: Table, before: Limits) -> Limits:
    values = {
        one.name: _setting(
            table, one.name, getattr(before, one.name), one.metadata["at_least"], one.metadata["at_most"]
        )
        for one in settings()
        if one.name in table
    }
    table.close()
    return replace(before, **values)  # type: ignore[arg-type]  # each value has the kind of the one before


def _setting(table: Table, key: str, before: Value, least: Value, most: Value) -> Value:
    if isinstance(before, Duration) and isinstance(least, Duration) and isinstance(most, Duration):
        return table.duration(key, table.value(key), least, most) or before
    if isinstance(before, Fraction):
        return _fraction(table, key, before, Fraction(str(least)), Fraction(str(most)))
    return table.whole(key, int(str(before)), int(str(least)), int(str(most)))


def _fraction(table: Table, key: str, before: Fraction, least: Fraction, most: Fraction) -> Fraction:
    try:
        share = Fraction(str(table.value(key)))
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if least <= share <= most:
        return share
    table.wrong(key, f'is no share from {least} to {most}; write one like "1/4"')
    return before


def _agree(policy: Policy, findings: Findings, broken: Collection[tuple[str, str]]) -> None:
    """Note every timing whose ladder or calendar does not exist, or whose tiers are not as many as its ladder's.

    What is wrong with a category is not said again of its areas; what hangs on a `broken` part is not said at all.
    """
    for category, timing in policy.timings.items():
        for key, reason in _faults(policy, timing, broken):
            findings.wrong(("complaint", category, key), reason)
    for (category, area_class), timing in policy.areas.items():
        said = _faults(policy, policy.timings[category], broken) if category in policy.timings else []
        for key, reason in _faults(policy, timing, broken):
            if (key, reason) not in said:
                findings.wrong(("complaint", category, area_class, key), reason)
    for code, procedure in policy.procedures.items():
        for path, timing in _timings_of(procedure):
            for key, reason in _faults(policy, timing, broken):
                findings.wrong(("procedure", code, *path, key), reason)


def _timings_of(procedure: Procedure) -> Iterator[tuple[Path, Timing]]:
    """Everything of a procedure that names a ladder or a calendar."""
    for number, stage in enumerate(procedure.stages.values()):
        yield ("stage", str(number)), stage.timing
    for number, law in enumerate(procedure.standards):
        yield ("standard", str(number)), Timing("", (), law.calendar, law.calendar)


def _faults(policy: Policy, timing: Timing, broken: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    found = []
    ladder = policy.ladders.get(timing.ladder)
    if ladder is None and timing.ladder and ("ladder", timing.ladder) not in broken:
        found.append(("ladder", f"there is no ladder {timing.ladder!r}"))
    elif ladder and timing.tiers and len(timing.tiers) != len(ladder.tiers):
        found.append(
            ("tiers", f"ladder {ladder.code} has {len(ladder.tiers)} tiers, but {len(timing.tiers)} times are given")
        )
    if timing.recovery is not None:
        beside = policy.ladders.get(timing.recovery)
        if beside is None and ("ladder", timing.recovery) not in broken:
            found.append(("recovery", f"there is no ladder {timing.recovery!r}"))
        elif beside and len(timing.recovery_tiers) != len(beside.tiers):
            given = len(timing.recovery_tiers)
            found.append(
                ("recovery_tiers", f"ladder {beside.code} has {len(beside.tiers)} tiers, but {given} times are given")
            )
    for key in ("calendar", "standard_calendar"):
        code = getattr(timing, key)
        if code and code not in policy.calendars and ("calendar", code) not in broken:
            found.append((key, f"there is no calendar {code!r}"))
            break
    return found


def export(policy: Policy) -> str:
    """The policy as TOML; `parse` gives the same policy back, whatever it is laid over."""
    parts = [f"version = {policy.version}\nwhole = true\n"]
    parts += [written_table(("calendar", *path), pairs) for path, pairs in written_calendars(policy)]
    for code, ladder in policy.ladders.items():
        parts.append(written_table(("ladder", code), _written_ladder(ladder)))
    parts.append(written_table(("limits",), {one.name: _plain(getattr(policy.limits, one.name)) for one in settings()}))
    if policy.holds:
        parts.append(written_table(("holds",), {reason: str(time) for reason, time in policy.holds.items()}))
    parts += [written_table(("complaint", *path), pairs) for path, pairs in written_timings(policy)]
    parts += written_procedures(policy.procedures)
    return "\n".join(parts)


def _written_ladder(ladder: Ladder) -> Mapping[str, object]:
    tiers = [tier.role for tier in ladder.tiers]
    return {"tiers": tiers, "appeal": [tier.role for tier in ladder.appeal]} if ladder.appeal else {"tiers": tiers}


def _plain(value: Value) -> object:
    return value if isinstance(value, int) else str(value)
