"""What people read of connection requests: procedures, stages, papers and the rest, each by its code in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.policy import UNPLACED, Policy
from rules.procedure import REFUSED, Does, Procedure, outcomes_of
from rules.procedure_laws import doubts
from rules.profile import Choice, Profile, Texts
from rules.profile_texts import Reader
from rules.toml_table import Findings, Table


@dataclass(frozen=True)
class Described:
    """An entry with a sentence that says what is meant; a procedure has a picture as well."""

    code: str
    labels: Texts
    descriptions: Texts
    icon: str = ""


@dataclass(frozen=True)
class Requests:
    """The words of connection requests. Every field is a table of the profile; mappings keep the order of the file."""

    procedures: Mapping[str, Described]
    stages: Mapping[str, Choice]
    papers: Mapping[str, Described]
    applicants: Mapping[str, Choice]
    fees: Mapping[str, Choice]
    checks: Mapping[str, Choice]
    outcomes: Mapping[str, Choice]
    refuse_reasons: Mapping[str, Described]
    third_parties: Mapping[str, Choice]


def read_requests(reader: Reader, top: Table) -> Requests:
    """The words of a profile; it may have none, if it has no procedure."""
    return Requests(
        procedures=_described(reader, top.table("procedures", False), icon=True),
        stages=_choices(reader, top.table("stages", False)),
        papers=_described(reader, top.table("papers", False)),
        applicants=_choices(reader, top.table("applicants", False)),
        fees=_choices(reader, top.table("fees", False)),
        checks=_choices(reader, top.table("checks", False)),
        outcomes=_choices(reader, top.table("outcomes", False)),
        refuse_reasons=_described(reader, top.table("refuse_reasons", False)),
        third_parties=_choices(reader, top.table("third_parties", False)),
    )


def _choices(reader: Reader, table: Table) -> dict[str, Choice]:
    return reader.choices(table) if table.content else {}


def _described(reader: Reader, table: Table, *, icon: bool = False) -> dict[str, Described]:
    read = {}
    for code, one in table.tables():
        labels, descriptions = reader.named_texts(one, "label"), reader.named_texts(one, "description")
        read[code] = Described(code, labels, descriptions, one.text("icon") if icon else "")
        one.close()
    return read


def check_requests(profile: Profile, findings: Findings) -> None:
    """Note every code of a procedure that has no words, and every area class of an office no standard covers."""
    for table, code, path in _used(profile.policy):
        if code not in getattr(profile.requests, table):
            findings.wrong(("procedure", *path), f"{code} has no words; write them in [{table}]")
    for code in profile.requests.procedures.keys() - profile.policy.procedures.keys():
        findings.wrong(("procedures", code), f"has no stages; write [procedure.{code}]")
    for table, code, path in _asked(profile.policy):
        if not getattr(profile.requests, table):
            findings.wrong(("procedure", *path), f"{code} needs something to choose from; write [{table}]")
    areas = {office.area_class for office in profile.offices.values()} - {UNPLACED}
    for code, procedure in profile.policy.procedures.items():
        for path, reason in doubts(procedure, areas):
            findings.wrong(("procedure", code, *path), reason)


def _used(policy: Policy) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The table in which each code has its words, the code, and the key below [procedure] that names it."""
    for procedure in policy.procedures.values():
        yield "procedures", procedure.code, (procedure.code,)
        for applicant, papers in procedure.papers.items():
            yield "applicants", applicant, (procedure.code, "papers", applicant)
            yield from (("papers", paper, (procedure.code, "papers", applicant)) for paper in papers)
        for number, fee in enumerate(procedure.fees):
            yield "fees", fee.code, (procedure.code, "fee", str(number), "code")
        yield from _used_by_stages(procedure)


def _used_by_stages(procedure: Procedure) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for number, stage in enumerate(procedure.stages.values()):
        path = (procedure.code, "stage", str(number))
        yield "stages", stage.code, (*path, "code")
        yield from (("checks", code, (*path, "checklist")) for code in stage.checklist)
        yield from (("outcomes", code, (*path, "outcomes")) for code in outcomes_of(stage))


def _asked(policy: Policy) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The lists an officer chooses from at a stage: why it is refused, whose permission is awaited."""
    for procedure in policy.procedures.values():
        for number, stage in enumerate(procedure.stages.values()):
            path = (procedure.code, "stage", str(number))
            if REFUSED in stage.outcomes:
                yield "refuse_reasons", stage.code, (*path, "outcomes")
            if stage.does is Does.PERMISSION:
                yield "third_parties", stage.code, (*path, "does")
