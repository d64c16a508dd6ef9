"""A connection request brought forward, open, from what the utility used before: what was done there, and where it begins here.

Its regulated time counts from the instant its papers were complete there; the ladders of the stages that open begin at the
import. Nothing past is fired or announced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from rules.case import Line, Note, NoteState, Payment, Taking
from rules.clocks import settle
from rules.completeness import become_complete
from rules.fees import BROUGHT
from rules.giving import first_hands
from rules.procedure import REFUSED, Does, Procedure, Stage, ended, opening
from rules.request import Task
from rules.stages import following, open_stage
from rules.turn import Turn

Done = Mapping[str, str | None]
"""The stages that were done, each with how it came out (None where that is all)."""
MADE_HERE = frozenset({Does.BILL, Does.REFUND})
"""What moves money here: it is done here as well."""


def faults(procedure: Procedure, done: Done) -> Iterator[str]:
    """Why a request of this procedure cannot stand there with these stages done; nothing where it can."""
    for code, outcome in done.items():
        stage = procedure.stages.get(code)
        if stage is None:
            yield f"there is no stage {code!r}; there are {', '.join(procedure.stages)}"
        elif fault := _fault(procedure, stage, outcome, done):
            yield fault
    known = {code: outcome for code, outcome in done.items() if code in procedure.stages}
    if out_of_turn := [code for code in known if code not in _in_turn(procedure, known)]:
        yield f"{', '.join(out_of_turn)}: what comes before is not done, or another way was taken"
    elif ended(procedure, known):
        yield "everything is done: there is nothing to bring forward"


def _fault(procedure: Procedure, stage: Stage, outcome: str | None, done: Done) -> str:
    if stage.does in MADE_HERE:
        return f"{stage.code}: this is made here; leave it out"
    if stage.does is Does.DECISION and outcome not in set(stage.outcomes) - {REFUSED}:
        ways = " or ".join(f"{stage.code}={way}" for way in stage.outcomes if way != REFUSED)
        return f"{stage.code}: say how it came out, {ways}"
    if stage.does is not Does.DECISION and outcome is not None:
        return f"{stage.code}: this has no outcome"
    unpaid = [one.code for one in paid_by(procedure) if stage.code in one.after and one.code not in done]
    if stage.does is Does.NOTE and unpaid:
        return f"{stage.code}: what was not paid is asked for anew here; leave it out, or say that {unpaid[0]} is done"
    return ""


def paid_by(procedure: Procedure) -> list[Stage]:
    """The stages in which the applicant pays."""
    return [stage for stage in procedure.stages.values() if stage.does is Does.PAYMENT]


def _in_turn(procedure: Procedure, done: Done) -> set[str]:
    """Those of the stages done that can have been reached one after the other."""
    reached: dict[str, str | None] = {}
    while found := [stage.code for stage in opening(procedure, reached, ()) if stage.code in done]:
        reached |= {code: done[code] for code in found}
    return set(reached)


def standing(procedure: Procedure, done: Done) -> list[Stage]:
    """The stages that are open once these are done."""
    return list(opening(procedure, done, ()))


def begin(turn: Turn) -> None:
    """Stand where it stood: what was done is done, what follows opens at the tier that was named, and its promise stays."""
    request = turn.request
    at = request.brought_at or turn.at
    for code, outcome in request.brought_done.get("stages", {}).items():
        turn.request.tasks.append(_done(turn, code, outcome, at))
    if paid := request.brought_done.get("paid"):
        _paid(turn, int(paid), at)
    complete = request.brought_done.get("complete")
    if complete:
        become_complete(turn, datetime.fromisoformat(str(complete)))
    while (stage := next(following(turn), None)) is not None:
        open_stage(turn, stage, request.brought_tier or 1, at)
    settle(turn)
    if request.standard_due is not None and request.standard_due <= at:
        request.standard_lapsed_at = request.standard_due  # it is over: nobody is told of it now


def _done(turn: Turn, stage: str, outcome: str | None, at: datetime) -> Task:
    """A stage that was done before: it was nobody's here, and no time of anybody ran."""
    ground = turn.whole.stages.get(stage, turn.whole)
    post = first_hands(ground)
    id = f"{turn.request.reference}/{stage}"
    return Task(id, ground.timing.ladder, post, post, at, stage=stage, done_at=at, outcome=outcome)


def _paid(turn: Turn, amount: int, at: datetime) -> None:
    """What was paid before stands as one demand note that is paid: it goes back if the request ends early."""
    case, number = turn.request.case, f"{turn.request.reference}-1"
    case.notes.append(Note(number, [Line(BROUGHT, amount)], amount, at, None, NoteState.PAID))
    case.payments.append(Payment(f"{BROUGHT}/{turn.request.reference}", amount, at, BROUGHT, number))
    case.takings.append(Taking("note", number, at))
