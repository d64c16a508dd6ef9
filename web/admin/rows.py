"""What the timings have a row for, by its path; and a policy with other times in its rows' place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rules.policy import AREA_CLASSES, Policy, Timing, recovery_timing
from rules.procedure import Does, Law, Procedure

Path = tuple[str, ...]
"""`complaint`, category, perhaps area class; or `procedure`, code, perhaps `stage` and its code or `standard` and its place."""
Rows = Mapping[Path, Timing]
BESIDE = "recovery"
"""Stands where an area class does: the recovery of dues that is held while a complaint is open."""


def rows_of(policy: Policy) -> Iterator[tuple[Path, Timing]]:
    """Every row with its times: each category followed by what differs below it, each procedure's limits before its stages."""
    for category, timing in policy.timings.items():
        path = ("complaint", category)
        yield path, timing
        for (owner, area), special in policy.areas.items():
            if owner == category:
                yield (*path, area), special
        if (beside := recovery_timing(timing)) is not None:
            yield (*path, BESIDE), beside
    for procedure in policy.procedures.values():
        yield from _of_procedure(procedure)


def _of_procedure(procedure: Procedure) -> Iterator[tuple[Path, Timing]]:
    path = ("procedure", procedure.code)
    for place, law in enumerate(procedure.standards, 1):
        yield (*path, "standard", str(place)), Timing("", (), law.calendar, law.calendar, standard=law.time)
    if any(stage.does is Does.HANDOVER for stage in procedure.stages.values()):
        yield path, Timing("", (), "", "", confirm=procedure.confirm)
    for stage in procedure.stages.values():
        yield (*path, "stage", stage.code), stage.timing


def columns_of(path: Path, timing: Timing) -> list[str]:
    """What a row has a field for, in the order of the columns. A stage has a time to take it up only where a file gave it one."""
    tiers = [f"tier{place}" for place in range(1, len(timing.tiers) + 1)]
    match path:
        case ("complaint", _, "recovery"):
            return tiers
        case ("complaint", *_):
            return ["accept", *tiers, "standard", *([] if timing.confidential else ["confirm"]), "calendar"]
        case (_, _, "stage", _):
            return [*(["accept"] if timing.accept else []), *tiers, "calendar"]
        case (_, _, "standard", _):
            return ["standard", "calendar"]
        case _:
            return ["confirm"]


def area_of(path: Path) -> str | None:
    """The area class of a row whose empty fields follow its category; None for any other row."""
    return path[2] if path[0] == "complaint" and path[-1] in AREA_CLASSES else None


def law_at(policy: Policy, path: Path) -> Law | None:
    """The regulated time a row is of; None for any other row."""
    return policy.procedures[path[1]].standards[int(path[3]) - 1] if path[2:3] == ("standard",) else None


def with_rows(policy: Policy, rows: Rows) -> Policy:
    """The policy with the times of these rows, which are all of its own."""
    timings = {category: _recovered(policy, rows, ("complaint", category)) for category in policy.timings}
    areas = {
        key: _recovered(policy, rows, ("complaint", *key)) if ("complaint", *key) in rows else special
        for key, special in policy.areas.items()
    }
    procedures = {code: _with_times(procedure, rows) for code, procedure in policy.procedures.items()}
    return replace(policy, timings=timings, areas=areas, procedures=procedures)


def _recovered(policy: Policy, rows: Rows, path: Path) -> Timing:
    """The row with the times of recovery its category has; a place that had others keeps them."""
    timing, beside = rows[path], rows.get((*path[:2], BESIDE))
    if beside is None or timing.recovery_tiers != policy.timings[path[1]].recovery_tiers:
        return timing
    return replace(timing, recovery_tiers=beside.tiers)


def _with_times(procedure: Procedure, rows: Rows) -> Procedure:
    path = ("procedure", procedure.code)
    laws = ((law, rows[*path, "standard", str(place)]) for place, law in enumerate(procedure.standards, 1))
    stages = procedure.stages.items()
    return replace(
        procedure,
        standards=tuple(replace(law, time=row.standard or law.time, calendar=row.calendar) for law, row in laws),
        confirm=rows[path].confirm if path in rows else procedure.confirm,
        stages={code: replace(stage, timing=rows[*path, "stage", code]) for code, stage in stages},
    )
