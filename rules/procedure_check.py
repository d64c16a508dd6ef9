"""Where a procedure has a hole: a stage nobody reaches, a loop, money without a note, a wait without an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.policy import about
from rules.procedure import REFUSED, Billed, Does, Fee, Lapse, Procedure, Stage, Whose, outcomes_of
from rules.procedure_laws import doubts
from rules.toml_text import Path

Fault = tuple[Path, str]
"""The keys from a procedure's table down, and the reason."""

WAITS = frozenset({Does.DOCUMENTS, Does.VISIT})
"""Stages of the office in which the applicant's turn may come."""

TURNS = {Does.PAYMENT: Whose.APPLICANT, Does.PERMISSION: Whose.THIRD_PARTY}


def faults(procedure: Procedure) -> Iterator[Fault]:
    """Everything that is wrong with a procedure in itself; its ladders, calendars and labels are checked elsewhere."""
    wrong = [fault for number, stage in _numbered(procedure) for fault in _under(number, _points(procedure, stage))]
    wrong = wrong or list(_loops(procedure))
    yield from wrong or _way(procedure)
    for number, stage in _numbered(procedure):
        yield from _under(number, _turn(procedure, stage))
        yield from _under(number, _lists(stage))
    yield from _money(procedure)
    yield from _wants(procedure)


def _numbered(procedure: Procedure) -> Iterator[tuple[int, Stage]]:
    return enumerate(procedure.stages.values())


def _under(number: int, found: Iterator[tuple[str, str]]) -> Iterator[Fault]:
    return ((("stage", str(number), key), reason) for key, reason in found)


def _points(procedure: Procedure, stage: Stage) -> Iterator[tuple[str, str]]:
    """Stages and outcomes a stage names that do not exist, or never come."""
    for key, code in [("after", code) for code in stage.after] + ([("back", stage.back)] if stage.back else []):
        if code not in procedure.stages:
            yield key, f"there is no stage {code!r}"
        elif code == procedure.refund:
            yield key, f"{code} opens only when a request ends early"
    if stage.when:
        decider, outcome = stage.when
        if decider not in procedure.stages:
            yield "when", f"there is no stage {decider!r}"
        elif outcome not in outcomes_of(procedure.stages[decider]):
            yield "when", f"stage {decider} has no outcome {outcome!r}"
        elif outcome == REFUSED:
            yield "when", f"nobody can reach it: {outcome} ends the request"


def _loops(procedure: Procedure) -> Iterator[Fault]:
    before, behind = _before(procedure), dict[str, frozenset[str]]()
    while ready := [code for code in before if code not in behind and before[code] <= behind.keys()]:
        behind |= {code: before[code] for code in ready}
    stuck = [code for code in before if code not in behind]
    for number, stage in _numbered(procedure):
        if stage.code in stuck:
            yield ("stage", str(number), "after"), f"a loop: {', '.join(stuck)} wait for one another"


def _before(procedure: Procedure) -> dict[str, frozenset[str]]:
    """The stages each stage waits for itself."""
    return {
        stage.code: frozenset((*stage.after, *(stage.when[:1] if stage.when else ())))
        for stage in procedure.stages.values()
    }


def earlier(procedure: Procedure) -> Mapping[str, frozenset[str]]:
    """For each stage all that are done or skipped before it opens; the stages must not run in a loop."""
    before, found = _before(procedure), dict[str, frozenset[str]]()
    while len(found) < len(before):
        for code, direct in before.items():
            if direct <= found.keys():
                found[code] = direct.union(*(found[one] for one in direct))
    return found


def _ways(procedure: Procedure, stage: Stage) -> frozenset[tuple[str, str]]:
    """The outcomes without which a stage is skipped."""
    return frozenset({stage.when}) | _ways(procedure, procedure.stages[stage.when[0]]) if stage.when else frozenset()


def _sure(procedure: Procedure, earlier_one: Stage, stage: Stage) -> bool:
    """Whether a stage can only be reached where the earlier one was not skipped."""
    return _ways(procedure, earlier_one) <= _ways(procedure, stage)


def _way(procedure: Procedure) -> Iterator[Fault]:
    """Where stages begin, and what has to lie before what."""
    before = earlier(procedure)
    if [stage.does for stage in procedure.stages.values()].count(Does.DOCUMENTS) != 1:
        yield ("stage",), 'exactly one stage does "documents": its end makes a request complete'
    for number, stage in _numbered(procedure):
        yield from _under(number, _begins(procedure, stage))
        yield from _under(number, _behind(procedure, stage, before[stage.code]))


def _begins(procedure: Procedure, stage: Stage) -> Iterator[tuple[str, str]]:
    first, waits = stage.does is Does.DOCUMENTS, bool(stage.after or stage.when)
    if stage.code == procedure.refund:
        if waits:
            yield "after", "opens only when a request ends early and waits for no stage"
    elif first and waits:
        yield "after", "documents come first and wait for no stage"
    elif not first and not stage.after:
        yield "after", "is missing: only the documents open at once"


def _behind(procedure: Procedure, stage: Stage, before: frozenset[str]) -> Iterator[tuple[str, str]]:
    sure = [procedure.stages[code] for code in before if _sure(procedure, procedure.stages[code], stage)]
    if stage.does is Does.PAYMENT and not any(one.does in (Does.NOTE, Does.BILL) for one in sure):
        yield "after", "is paid before any demand note or bill is sure to be there"
    if stage.back and stage.does is not Does.HANDOVER:
        yield "back", 'only after a stage that does "handover" is the applicant asked'
    elif stage.back and stage.back not in before:
        yield "back", f"{stage.back} is not before {stage.code}"
    elif stage.back and procedure.stages[stage.back] not in sure:
        yield "back", f"{stage.back} may have been skipped"


def _turn(procedure: Procedure, stage: Stage) -> Iterator[tuple[str, str]]:
    """Waits for somebody else that have no end, no reminder or no sense."""
    turn = TURNS.get(stage.does)
    if turn and stage.whose is not turn:
        yield "whose", f'a stage that does "{stage.does}" is {turn.replace("_", " ")}\'s turn; write whose = "{turn}"'
    elif stage.whose is Whose.APPLICANT and stage.does is not Does.PAYMENT:
        yield (
            "whose",
            f"a stage that does \"{stage.does}\" opens as the office's turn; only a payment is the applicant's at once",
        )
    if stage.whose is not Whose.OFFICE or stage.does in WAITS:
        for key in ("limit", "remind"):
            if getattr(stage, key) is None:
                yield key, "is missing: a wait for somebody else has an end and a reminder before it"
    elif stage.lapse is not Lapse.OFFICER and stage.limit is None:
        yield "lapse", "says what follows a limit, but there is no limit"
    if stage.limit and stage.remind and about(stage.remind) >= about(stage.limit):
        yield "remind", f"{stage.remind} before the end of {stage.limit} is no reminder"
    if stage.lapse is Lapse.REFUND and procedure.refund is None:
        yield "lapse", "gives money back, but the procedure names no refund stage"


def _lists(stage: Stage) -> Iterator[tuple[str, str]]:
    for key in ("after", "checklist", "outcomes"):
        some = getattr(stage, key)
        if len(set(some)) < len(some):
            yield key, "names something twice"
    if stage.does is Does.WORK and not stage.checklist:
        yield "checklist", "is missing: work ends when its checklist is complete"
    if stage.does is Does.DECISION and set(stage.outcomes) <= {REFUSED}:
        yield "outcomes", "is missing: a decision needs an outcome with which the request goes on"
    if stage.does is not Does.DECISION and stage.outcomes:
        yield "outcomes", f'only a stage that does "{Does.DECISION}" has outcomes of its own'


def _money(procedure: Procedure) -> Iterator[Fault]:
    """Money that cannot be asked for, paid or given back."""
    does = {stage.does for stage in procedure.stages.values()}
    refund = procedure.stages.get(procedure.refund or "")
    if procedure.refund and (refund is None or refund.does is not Does.REFUND):
        yield ("refund",), f'there is no stage {procedure.refund!r} that does "refund"'
    if Does.PAYMENT in does and not procedure.refund:
        yield ("refund",), "is missing: money is taken, and no stage gives it back when a request ends early"
    if Does.PAYMENT not in does and procedure.refund:
        yield ("refund",), "nobody can reach it: no money is taken"
    if Does.NOTE in does and Does.PAYMENT not in does:
        yield ("stage",), "a demand note is issued, but no stage has it paid"
    if Does.NOTE in does and procedure.note_valid is None:
        yield ("note_valid",), "is missing: a demand note has a last day"
    for key in ("note_valid", "fees"):
        if Does.NOTE not in does and Does.BILL not in does and getattr(procedure, key):
            yield (key.removesuffix("s"),), "belongs to a demand note, but no stage issues one"
    for number, stage in _numbered(procedure):
        if stage.does is Does.REFUND and stage.code != procedure.refund:
            yield ("stage", str(number), "does"), "gives money back, but is not the stage that refund names"
    yield from _final_bill(procedure)
    yield from _fees(procedure)


def _final_bill(procedure: Procedure) -> Iterator[Fault]:
    ways = {(stage.does, stage.when) for stage in procedure.stages.values()}
    for number, stage in _numbered(procedure):
        if stage.does is Does.BILL and (Does.PAYMENT, (stage.code, Billed.DUE)) not in ways:
            reason = f'no stage does "{Does.PAYMENT}" when = "{stage.code}: {Billed.DUE}"'
            yield ("stage", str(number), "does"), reason


def _fees(procedure: Procedure) -> Iterator[Fault]:
    for number, fee in enumerate(procedure.fees):
        key = ("fee", str(number))
        for applicant in fee.applicants:
            if applicant not in procedure.papers:
                yield (*key, "applicants"), f"there is no sort of applicant {applicant!r}"
        if procedure.loads is None and (fee.per_kw or fee.above_kw is not None or fee.up_to_kw is not None):
            yield (*key, "per_kw"), "goes by load, but no load is asked for"
        for other in procedure.fees[:number]:
            if other.code == fee.code and _both(other, fee):
                yield (*key, "code"), f"{fee.code} would be charged twice"


def _both(one: Fee, other: Fee) -> bool:
    """Whether two lines can stand on one demand note."""
    bands = ((one, other), (other, one))
    apart = any(a.up_to_kw is not None and b.above_kw is not None and a.up_to_kw <= b.above_kw for a, b in bands)
    people = not one.applicants or not other.applicants or bool(set(one.applicants) & set(other.applicants))
    return people and not apart


def _wants(procedure: Procedure) -> Iterator[Fault]:
    """What is asked of an applicant, and what he is promised."""
    if not procedure.papers:
        yield ("papers",), "names no sort of applicant"
    for applicant, papers in procedure.papers.items():
        if not papers or len(set(papers)) < len(papers):
            yield ("papers", applicant), "names no paper" if not papers else "names a paper twice"
    if loads := procedure.loads:
        if loads.step <= 0 or not 0 < loads.least < loads.most:
            yield ("loads",), "has to go from something to something more, in steps"
        elif loads.least % loads.step or loads.most % loads.step:
            yield ("loads",), f"steps of {loads.step} kW do not come to both {loads.least} kW and {loads.most} kW"
    elif any(law.above_kw is not None or law.up_to_kw is not None for law in procedure.standards):
        yield ("standard",), "goes by load, but no load is asked for"
        return
    if procedure.confirm and not any(stage.does is Does.HANDOVER for stage in procedure.stages.values()):
        yield ("confirm",), 'the applicant is asked, but no stage does "handover"'
    yield from doubts(procedure)
