"""What is read out to an applicant: how his connection request stands, in his language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages import application
from languages.applied import Application, OpenStage
from languages.catalog import use
from languages.dealings import lacking_of, visit_of, visits_of
from languages.views import Said
from models.casefile import CaseFile
from rules.case import NoteState, Wait
from rules.procedure import Does, Procedure
from rules.terms import Closing, EventKind, Kind, State
from web.book import Book
from web.desk.stage_offers import is_good, papers_of


@dataclass(frozen=True)
class Spoken:
    """What is read out, and printed on a slip; named as the sheet of a complaint has it."""

    reference: str
    said: Said
    state: str
    may: frozenset[str] = frozenset()
    confidential: bool = False
    application: bool = True


def spoken_of(file: CaseFile, book: Book, zone: tzinfo, now: datetime, language: str) -> Spoken:
    """The three sentences about it, in `language`; `book` holds its policy."""
    with use(language):
        told = application.sentence(application_of(file, book, zone), now)
    lapsed = file.request.standard_lapsed_at is not None
    return Spoken(file.request.reference, told, file.request.state, frozenset({"escalate"} if lapsed else ()))


def application_of(file: CaseFile, book: Book, zone: tzinfo) -> Application:
    """A connection request as its story is told from it."""
    request = file.request
    procedure = book.policies[request.policy_version].procedures[request.category]
    reasons = [line.event.data.get("reason") for line in file.lines if line.event.kind == EventKind.REJECTED]
    return Application(
        kind=Kind(request.kind),
        state=State(request.state),
        zone=zone,
        name=book.sort(request),
        stages=[_stage(file.at(task), procedure, book) for task in file.open_tasks if task.stage != procedure.refund],
        registered_at=request.registered_at,
        complete_at=request.complete_at,
        standard_due=request.standard_due,
        standard_lapsed=request.standard_lapsed_at is not None,
        expected_at=request.expected_at,
        expected_reason=book.label("expected_reason", request.expected_reason) if request.expected_reason else "",
        put_right_at=request.put_right_at,
        confirm_by=request.confirm_by,
        call_back=request.call_back_at is not None,
        closing=Closing(request.closing) if request.closing else None,
        reopen_until=request.reopen_until,
        reject_reason=book.label("refuse_reason", reasons[-1]) if reasons else "",
        objected=request.objected,
        forum=book.utility("forum"),
        refund=file.gathered.surplus if procedure.refund in {task.stage for task in file.open_tasks} else 0,
    )


def _stage(file: CaseFile, procedure: Procedure, book: Book) -> OpenStage:
    assert file.task is not None
    task, pause, note = file.task, file.pause, file.gathered.note
    does = procedure.stages[task.stage].does
    wait = Wait(pause.reason) if pause and pause.reason in set(Wait) else None
    return OpenStage(
        name=book.label("stage", task.stage),
        worker=book.title(task.handler),
        answers=book.title(task.answerable),
        tier=task.tier,
        due=task.due,
        beyond=task.beyond_at is not None,
        wait=wait,
        held=book.label("hold_reason", pause.reason) if pause and wait is None else "",
        until=pause.limit_at if pause else None,
        lacking=lacking_of(_lacking(file, procedure), book.label) if does is Does.DOCUMENTS else (),
        dates=visits_of(task.data.get("slots") or ()),
        visit=visit_of(task.data["slot"]) if task.data.get("slot") else None,
        of_note=note.total if note else 0,
        to_pay=file.gathered.to_pay,
        expired=note is not None and note.state is NoteState.EXPIRED,
    )


def _lacking(file: CaseFile, procedure: Procedure) -> dict[str, str]:
    """The papers that are missing or faulted, with what is wrong."""
    found: dict[str, str] = {}
    for code in papers_of(file, procedure):
        paper = file.gathered.paper(code)
        if not is_good(paper):
            found[code] = paper.fault.value if paper and paper.fault else "lost" if paper else "missing"
    return found
