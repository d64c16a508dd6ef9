"""When an application is complete: every wanted paper is there and none is faulted; from that second the regulated time runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from rules.case import Case, Fault
from rules.papers import DocumentState
from rules.procedure import Does, Procedure
from rules.procedure_laws import law_of
from rules.request import CONSUMER, Standard
from rules.stages import load_of, open_what_follows, procedure_of
from rules.terms import Codes, EventKind, NoticeKind, State
from rules.turn import Turn

LACKING = frozenset({DocumentState.FAULTED, DocumentState.LOST})


class Applied(Protocol):
    """What was applied for, and what it gathered."""

    @property
    def application(self) -> Codes: ...

    @property
    def case(self) -> Case: ...


def begin(turn: Turn) -> None:
    """Open the first stages; an application that came with every paper is complete from its registered instant."""
    open_what_follows(turn)
    judge_completeness(turn, turn.request.registered_at)


def lacking(procedure: Procedure, applied: Applied) -> dict[str, Fault]:
    """The papers that are missing or faulted, with what is wrong."""
    found: dict[str, Fault] = {}
    for code in procedure.wanted(applied.application):
        paper = applied.case.paper(code)
        if paper is None:
            found[code] = Fault.MISSING
        elif paper.state in LACKING:
            found[code] = paper.fault or Fault.LOST
    return found


def judge_completeness(turn: Turn, at: datetime) -> None:
    """Let the regulated time begin, or take it back where a paper turns out not to do."""
    request = turn.request
    complete = not lacking(procedure_of(turn), request)
    if complete and request.complete_at is None and request.state is State.RECEIVED:
        become_complete(turn, at)
        turn.tell(NoticeKind.COMPLETE, CONSUMER, complete_at=at)
    elif not complete and request.complete_at is not None and _still_checked(turn):
        request.complete_at = request.standard_due = None
        turn.to(State.RECEIVED)


def become_complete(turn: Turn, at: datetime) -> None:
    """Let the regulated time begin at `at`."""
    turn.request.complete_at = at
    turn.to(State.COMPLETE)
    _promise(turn)
    turn.event(EventKind.COMPLETE, at=at, standard_due=turn.request.standard_due)


def _still_checked(turn: Turn) -> bool:
    stages = procedure_of(turn).stages
    return any(stages[task.stage].does is Does.DOCUMENTS for task in turn.request.open_tasks)


def _promise(turn: Turn) -> None:
    """The law in force at the complete instant stays with the request for life."""
    request, procedure = turn.request, procedure_of(turn)
    assert request.complete_at is not None
    day = request.complete_at.astimezone(ZoneInfo(turn.whole.calendar.zone)).date()
    voltage = request.application.get("voltage")
    law = law_of(procedure, request.area_class, load_of(turn), voltage, day)
    if law is not None:
        request.standard, request.standard_calendar = str(law.time), law.calendar
        turn.whole = replace(turn.whole, standard=Standard(law.time, turn.whole.calendars[law.calendar]))
