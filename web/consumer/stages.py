"""The stages of a connection request as its page lists them: done and when, open and whose turn, still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages.applied import Application, OpenStage
from languages.catalog import gettext
from languages.dealings import Lacking, lacking_of, visit_of, visits_of
from languages.spoken import duration, when
from languages.stage_line import stage_line
from models.tracked_stages import TrackedCase, TrackedStage
from models.tracking import Tracked, TrackedEvent
from rules.case import NoteState, Wait
from rules.completeness import lacking
from rules.procedure import Does, Lapse, Procedure, Stage, Whose
from rules.stages import AGAIN
from rules.terms import Cause, EventKind, Proposal
from web.book import Book

_ = gettext


@dataclass(frozen=True)
class Step:
    """One stage of the list: "done", "now" or "coming", with its line."""

    label: str
    state: str
    line: str


@dataclass(frozen=True)
class Ground:
    """What the stages are told from; `own`: the reader proved that it is his, so that papers and money are named."""

    tracked: Tracked
    known: TrackedCase
    procedure: Procedure
    book: Book
    zone: tzinfo
    now: datetime
    own: bool


def wanted(ground: Ground) -> tuple[str, ...]:
    """The papers this sort of applicant must bring."""
    return ground.procedure.wanted(ground.known.application)


def open_now(ground: Ground) -> list[TrackedStage]:
    """The stages somebody has to do now, without the one in which money is given back."""
    return [row for row in ground.known.stages if row.done_at is None and row.stage != ground.procedure.refund]


def told_stage(row: TrackedStage, ground: Ground) -> OpenStage:
    """One open stage, for telling."""
    book, stage, data = ground.book, ground.procedure.stages[row.stage], row.data
    note = ground.known.case.note
    reason = row.pause.reason if row.pause else None
    wait = Wait(reason) if reason in set(Wait) else None
    pays = stage.does is Does.PAYMENT and note is not None
    return OpenStage(
        name=book.label("stage", row.stage),
        worker=book.title(row.handler),
        answers=book.title(row.answerable),
        tier=row.tier,
        due=row.due if row.pause is None else None,
        beyond=row.beyond,
        moved=_moved(row, ground),
        kept=_kept(row, ground),
        wait=wait,
        held=book.name("hold_reason", reason) if reason and wait is None else "",
        until=row.pause.limit if row.pause else None,
        lapses=stage.lapse is not Lapse.OFFICER,
        lacking=_named(ground) if ground.own and stage.does is Does.DOCUMENTS else (),
        dates=visits_of(data.get("slots") or ()),
        visit=visit_of(data["slot"]) if data.get("slot") else None,
        of_note=note.total if pays and note is not None and ground.own else 0,
        to_pay=ground.known.case.to_pay if pays and ground.own else 0,
        expired=pays and note is not None and note.state is NoteState.EXPIRED,
    )


def _named(ground: Ground) -> tuple[Lacking, ...]:
    return lacking_of(lacking(ground.procedure, ground.known), ground.book.name)


def _moved(row: TrackedStage, ground: Ground) -> Cause | None:
    """Why this stage went up last; None while it never did."""
    moves = _lines(row, ground, EventKind.ESCALATED)
    cause = moves[-1].data.get("cause") if moves else None
    return Cause(cause) if cause in set(Cause) else None


def _kept(row: TrackedStage, ground: Ground) -> bool:
    """Whether it went up last because not to accept it was proposed, and that was not agreed to since."""
    if _moved(row, ground) is not Cause.REJECTION:
        return False
    since = _lines(row, ground, EventKind.ESCALATED)[-1].number
    declined = _lines(row, ground, EventKind.DECLINED)
    return any(line.number > since and line.data.get("what") == Proposal.REJECT for line in declined)


def _lines(row: TrackedStage, ground: Ground, kind: EventKind) -> list[TrackedEvent]:
    return [event for event in ground.tracked.events if event.kind == kind and event.task == row.id]


def listed(application: Application, open_stages: Mapping[str, OpenStage], ground: Ground) -> tuple[Step, ...]:
    """Every stage that was, is or certainly will be, in the procedure's order."""
    done = {row.stage: row for row in ground.known.stages if row.done_at is not None and row.outcome != AGAIN}
    ended = application.closing is not None
    return tuple(_steps(done, open_stages, ended, ground))


def _steps(
    done: Mapping[str, TrackedStage], opened: Mapping[str, OpenStage], ended: bool, ground: Ground
) -> Iterator[Step]:
    finished = {e.data.get("stage") for e in ground.tracked.events if e.kind == EventKind.STAGE_DONE}
    for code, stage in ground.procedure.stages.items():
        label = ground.book.label("stage", code)
        if code in opened:
            yield Step(label, "now", stage_line(opened[code], ground.zone, ground.now))
        elif code in done and code in finished:
            yield Step(label, "done", _done(done[code], ground))
        elif not ended and code != ground.procedure.refund and _comes(stage, done):
            yield Step(label, "coming", _coming(stage))


def _comes(stage: Stage, done: Mapping[str, TrackedStage]) -> bool:
    """Whether a stage will open for certain, as far as is decided."""
    if stage.when is None:
        return True
    decider, outcome = stage.when
    return decider in done and done[decider].outcome == outcome


def _done(row: TrackedStage, ground: Ground) -> str:
    at = when(row.done_at, ground.zone, now=ground.now) if row.done_at else ""
    outcome = ground.book.name("outcome", row.outcome) if row.outcome else ""
    return (
        _("Done %(when)s. Result: %(outcome)s.", when=at, outcome=outcome) if outcome else _("Done %(when)s.", when=at)
    )


def _coming(stage: Stage) -> str:
    if stage.whose is Whose.APPLICANT:
        return _("Then it is your turn.") if stage.limit is None else _yours(stage)
    if stage.whose is Whose.THIRD_PARTY:
        return _("Then somebody else must give permission.")
    return _("Then we have %(time)s.", time=duration(stage.timing.tiers[0]))


def _yours(stage: Stage) -> str:
    assert stage.limit is not None
    return _("Then it is your turn: %(time)s.", time=duration(stage.limit))


def waits_for(rows: Sequence[TrackedStage], *why: Wait) -> TrackedStage | None:
    """The open stage that waits for one of these; None if none does."""
    return next((row for row in rows if row.pause is not None and row.pause.reason in why), None)
