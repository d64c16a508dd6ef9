"""From the columns of a connection request to what its page says: the sentence, the stages, and what the applicant may do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import ClassVar

from languages import application as said
from languages.applied import Application, OpenStage
from languages.catalog import gettext, named
from languages.dealings import Visit
from languages.events import StoryEvent, event_of
from languages.history import log_line
from languages.labels import state_label
from languages.stage_line import complete_line, received_line
from languages.views import Reader, Said
from models.tracked_stages import TrackedCase, TrackedStage
from models.tracking import Tracked, TrackedEvent
from rules.completeness import lacking
from rules.procedure import Does
from rules.terms import Closing, EventKind, Kind, State
from web.book import Book
from web.consumer.may_apply import climbing, may, stage_to_choose
from web.consumer.noted import NoteTold, PaperTold, fitted, note_told, papers_told
from web.consumer.stages import Ground, Step, listed, open_now, told_stage, wanted
from web.consumer.telling import LogLine, Told, held_with_words
from web.exceptional import told_of

_ = gettext
OWN = frozenset({"amount", "total", "to_pay", "faults", "paper", "note", "meter", "seal", "reading", "certificate"})
"""What lines of history name to the applicant himself alone."""


@dataclass(frozen=True, kw_only=True)
class AppliedTold(Told):
    """What the page of a connection request shows. By number alone `papers`, `note`, `facts`, `meter` and
    `certificate` are empty.
    """

    template: ClassVar[str] = "consumer/application.html"
    photos: ClassVar[bool] = False
    chip_state: str
    received: str
    complete: str
    question: str
    steps: tuple[Step, ...]
    lacking: int
    papers: tuple[PaperTold, ...] = ()
    dates: tuple[Visit, ...] = ()
    visit_task: str = ""
    held_task: str = ""
    note: NoteTold | None = None
    meter: str = ""
    certificate: bool = False
    facts: tuple[tuple[str, str], ...] = field(default=())


def tell_applied(
    tracked: Tracked, known: TrackedCase, book: Book, zone: tzinfo, now: datetime, *, own: bool
) -> AppliedTold:
    """What the page says at `now`; with `own`, what only the applicant may read of it."""
    procedure = book.policies[tracked.policy_version].procedures[tracked.category]
    tracked = tracked if own else replace(tracked, events=tuple(_bare(event) for event in tracked.events))
    ground = Ground(tracked, known, procedure, book, zone, now, own)
    rows = open_now(ground)
    stages = {row.stage: told_stage(row, ground) for row in rows}
    story = application_of(ground, tuple(stages.values()))
    acts = may(ground, rows, story)
    choosing = stage_to_choose(rows, now)
    wanting = len(lacking(procedure, known)) if _checked(ground, rows) else 0
    exceptional = told_of(tracked, book, now)
    yours = story.yours and story.state in (State.RECEIVED, State.COMPLETE)
    return AppliedTold(
        reference=tracked.reference,
        number=tracked.number,
        state=tracked.state,
        chip=state_label(State.ON_HOLD if yours else story.state),
        chip_state="on_hold" if yours else tracked.state,
        category=book.label("procedure", tracked.category),
        late=story.standard_lapsed and tracked.closed_at is None,
        said=sentence(story, wanting, now),
        stages=(),
        ladder=(),
        log=log_of(ground),
        office=book.office(tracked.office),
        changed=tracked.events[-1].at if tracked.events else tracked.registered_at,
        until=min(filter(None, (said.true_until(story, now), exceptional.until))),
        over=tracked.over,
        confidential=False,
        may=acts,
        tell_again=False,
        escalate_from=tracked.standard_due if climbing(ground, rows) and not story.standard_lapsed else None,
        version=tracked.policy_version,
        letter=any(stages[row.stage].held and held_with_words(_of(row, tracked)) for row in rows),
        exceptional=exceptional.words,
        received=received_line(story, now),
        complete=complete_line(story, now),
        question=said.question(story.kind),
        steps=listed(story, stages, ground),
        lacking=wanting,
        papers=papers_told(ground, rows) if own else (),
        dates=stages[choosing.stage].dates if choosing else (),
        visit_task=choosing.id if choosing else "",
        held_task=next((row.id for row in rows if stages[row.stage].held or row is choosing), ""),
        note=note_told(ground) if own else None,
        meter=fitted(tracked) if own else "",
        certificate=any(event.data.get("certificate") for event in tracked.events),
        facts=_facts(ground) if own else (),
    )


def _checked(ground: Ground, rows: list[TrackedStage]) -> bool:
    """Whether papers are still looked at, or nobody has begun to."""
    stages = ground.procedure.stages
    return not ground.known.stages or any(stages[row.stage].does is Does.DOCUMENTS for row in rows)


def sentence(story: Application, wanting: int, now: datetime) -> Said:
    """What he is told first; papers that are not here yet are asked for while nobody has said so."""
    told = said.sentence(story, now)
    if not wanting or story.yours:
        return told
    return replace(told, to_do=_("Please send the papers that are missing."))


def application_of(ground: Ground, stages: tuple[OpenStage, ...]) -> Application:
    """How it stands, as its story is told."""
    tracked, book, case = ground.tracked, ground.book, ground.known.case
    giving = any(row.done_at is None and row.stage == ground.procedure.refund for row in ground.known.stages)
    reason = _last(tracked, EventKind.REJECTED, "reason")
    row = book.row("refuse_reason", reason)
    kept = case.balance if tracked.state == State.LAPSED and not giving and ground.own else 0
    return Application(
        kind=Kind(tracked.kind),
        state=State(tracked.state),
        zone=ground.zone,
        name=book.label("procedure", tracked.category),
        stages=stages,
        registered_at=tracked.registered_at,
        complete_at=tracked.complete_at,
        standard_due=tracked.standard_due,
        standard_lapsed=tracked.standard_lapsed_at is not None,
        expected_at=tracked.expected_at,
        expected_reason=book.name("expected_reason", tracked.expected_reason),
        put_right_at=tracked.put_right_at,
        confirm_by=tracked.confirm_by,
        call_back=tracked.call_back_at is not None,
        closing=Closing(tracked.closing) if tracked.closing else None,
        reopen_until=tracked.reopen_until,
        reject_reason=book.name("refuse_reason", reason) or book.name("reject_reason", reason),
        advice=named(row.data.get("descriptions") or {}) if row else "",
        objected=tracked.objected,
        forum=book.utility("forum"),
        lapsed=book.name("stage", _last(tracked, EventKind.LAPSED, "stage")),
        refund=case.surplus if giving and ground.own else 0,
        kept=kept,
    )


def _of(row: TrackedStage, tracked: Tracked) -> list[TrackedEvent]:
    return [event for event in tracked.events if event.task == row.id]


def _last(tracked: Tracked, kind: EventKind, key: str) -> str:
    found = [event.data.get(key) for event in tracked.events if event.kind == kind]
    return str(found[-1] or "") if found else ""


def _bare(event: TrackedEvent) -> TrackedEvent:
    """The line without papers, money and meters."""
    return replace(event, data={key: value for key, value in event.data.items() if key not in OWN})


def log_of(ground: Ground) -> tuple[LogLine, ...]:
    """The log, newest first."""
    lines = [_story_event(event, ground.book) for event in ground.tracked.events]
    return tuple(
        LogLine(line.at, log_line(line, ground.zone, ground.now, Reader.CONSUMER), line.letter)
        for line in reversed(lines)
        if line.kind is not EventKind.NOTED
    )


def _story_event(event: TrackedEvent, book: Book) -> StoryEvent:
    return event_of(
        event.number, event.kind, event.at, event.actor, event.due, event.data, book.name, event.post, application=True
    )


def _facts(ground: Ground) -> tuple[tuple[str, str], ...]:
    """What was applied for."""
    given, book = ground.known.application, ground.book
    load = given.get("load")
    facts = [(_("What you applied for"), book.label("procedure", ground.tracked.category))]
    if len(ground.procedure.papers) > 1 and wanted(ground):
        facts.append((_("Who applies"), book.label("applicant", str(given.get("applicant")))))
    return tuple([*facts, (_("Load"), _("%(load)s kW", load=load))] if load else facts)
