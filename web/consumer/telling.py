"""From the columns of a request to what its page says: the story, the tracker, the ladder and the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import ClassVar

from languages import story as told
from languages.catalog import N_, gettext
from languages.labels import state_label
from languages.story import Reader, Story, StoryEvent
from models.people import Office
from models.tracking import Tracked, TrackedEvent
from rules.ladder import HEARING
from rules.states import OPEN
from rules.terms import Cause, Closing, EventKind, Proposal, State
from web.book import Book
from web.consumer.hearing import heard, hearing_line
from web.consumer.ladder import Step, ladder_of, next_title
from web.consumer.may import may, tell_again
from web.consumer.openly import is_confidential, openly
from web.exceptional import told_of

STEPS: Sequence[tuple[str, frozenset[State]]] = (
    (N_("Received"), frozenset({State.RECEIVED})),
    (N_("With an officer"), frozenset({State.ASSIGNED})),
    (N_("Work going on"), frozenset({State.IN_PROGRESS, State.ON_HOLD})),
    (N_("Put right"), frozenset({State.RESOLVED})),
    (N_("Closed"), frozenset({State.CLOSED})),
)
ENDED_OTHERWISE = frozenset({State.WITHDRAWN, State.REJECTED})


@dataclass(frozen=True)
class Stage:
    """One of the five stages of the tracker: "done", "now" or "coming"."""

    label: str
    state: str


@dataclass(frozen=True)
class LogLine:
    """One line of the log; `letter`: what was written with it is read after the code."""

    at: datetime
    words: str
    letter: bool


@dataclass(frozen=True)
class Told:
    """Everything the live part of the page shows, in the language in use; true until `until`."""

    template: ClassVar[str] = "consumer/track.html"
    photos: ClassVar[bool] = True
    """Whether photos can be added; an application has its papers instead."""
    reference: str
    number: int
    state: str
    chip: str
    category: str
    late: bool
    said: told.Said
    stages: tuple[Stage, ...]
    ladder: tuple[Step, ...]
    log: tuple[LogLine, ...]
    office: Office | None
    changed: datetime
    until: datetime
    over: bool
    confidential: bool
    may: frozenset[str]
    tell_again: bool
    escalate_from: datetime | None
    version: int
    letter: bool = False
    """Whether what is waited for was also written in words of its own."""
    exceptional: str = ""
    """What an exceptional event means for it; "" where there is none."""


def story_of(tracked: Tracked, book: Book, zone: tzinfo, confidential: bool, above: str) -> Story:
    """The story as `languages.story` tells it; `above` is the title of the next tier, empty at the top."""
    task = tracked.task
    pause = tracked.pause
    return Story(
        state=State(tracked.state),
        zone=zone,
        category=book.label("category", tracked.category),
        office_name=book.name("office", tracked.office),
        tier=task.tier if task else 1,
        role_title=book.title(task.answerable) if task else "",
        next_title=above,
        handler_title=book.title(task.handler) if task else "",
        due=task.due if task and task.open else None,
        put_off=task.turn_at if task else None,
        standard_due=tracked.standard_due,
        standard_lapsed=tracked.standard_lapsed_at is not None,
        expected_at=tracked.expected_at,
        expected_reason=book.name("expected_reason", tracked.expected_reason),
        expected_missed=tracked.expected_missed,
        hold=told.Hold(book.name("hold_reason", pause.reason), pause.limit) if pause else None,
        put_right_at=tracked.put_right_at,
        confirm_by=tracked.confirm_by,
        closed_at=tracked.closed_at,
        closing=Closing(tracked.closing) if tracked.closing else None,
        reopen_until=tracked.reopen_until,
        beyond=task is not None and task.beyond_at is not None,
        forum=book.utility("forum"),
        confidential=confidential,
        safety=tracked.safety,
        longer=longer_of(tracked, book),
        decider_title=book.title(tracked.proposal.get("post")),
        reject_reason=reject_reason(tracked, book),
        objected=tracked.objected,
        call_back=tracked.call_back_at is not None,
        events=events_of(tracked, book),
    )


def longer_of(tracked: Tracked, book: Book) -> told.Longer | None:
    """The category with a longer standard that is proposed, and its date; None when there is none, or nobody may know of it."""
    proposal = tracked.proposal
    category = proposal.get("category", "")
    if proposal.get("what") != Proposal.CORRECT or is_confidential(category, tracked, book):
        return None
    then = proposal.get("standard_then")
    return told.Longer(book.label("category", category), datetime.fromisoformat(then) if then else None)


def reject_reason(tracked: Tracked, book: Book) -> str:
    """Why it was not accepted, in words; "" when it was."""
    reasons = [event.data.get("reason") for event in tracked.events if event.kind == EventKind.REJECTED]
    return book.name("reject_reason", reasons[-1]) if reasons else ""


def events_of(tracked: Tracked, book: Book) -> tuple[StoryEvent, ...]:
    """The public lines, with their names looked up."""
    return tuple(
        told.event_of(event.number, event.kind, event.at, event.actor, event.due, event.data, book.name, event.post)
        for event in tracked.events
    )


def tell(tracked: Tracked, book: Book, zone: tzinfo, now: datetime) -> Told:
    """What the page says at `now`."""
    tracked = openly(tracked, book)
    policy = book.policies[tracked.policy_version]
    timing = book.timing(tracked.policy_version, tracked.category, tracked.area_class)
    steps = () if timing.confidential else ladder_of(tracked, policy, timing, book, now)
    story = story_of(tracked, book, zone, timing.confidential, next_title(steps))
    said = told.sentence(story, now)
    exceptional = told_of(tracked, book, now)
    if timing.ladder == HEARING:
        said = heard(said, story, now)
        steps = tuple(replace(step, line=hearing_line(step.rung, zone, now)) for step in steps)
    return Told(
        reference=tracked.reference,
        number=tracked.number,
        state="received" if timing.confidential else tracked.state,
        chip=gettext("Report") if timing.confidential else state_label(State(tracked.state)),
        category="" if timing.confidential else book.label("category", tracked.category),
        late=story.standard_lapsed and tracked.closed_at is None and not timing.confidential,
        said=said,
        stages=() if timing.confidential else stages_of(story),
        ladder=steps if story.state in OPEN else tuple(s for s in steps if s.rung.state is not told.RungState.COMING),
        log=() if timing.confidential else log_of(story, now),
        office=None if timing.confidential else book.office(tracked.office),
        changed=tracked.events[-1].at if tracked.events else tracked.registered_at,
        until=min(filter(None, (told.true_until(story, now), exceptional.until))),
        over=tracked.over,
        confidential=timing.confidential,
        may=may(story, now, supply=not tracked.safety and timing.supply),
        tell_again=tell_again(story, now),
        escalate_from=tracked.standard_due if story.next_title and not story.standard_lapsed else None,
        version=tracked.policy_version,
        letter=not timing.confidential and story.hold is not None and held_with_words(tracked.events),
        exceptional="" if timing.confidential else exceptional.words,
    )


def held_with_words(events: Iterable[TrackedEvent]) -> bool:
    """Whether the newest wait for the consumer among these lines has words beside it."""
    return [event.data.get("written") for event in events if event.kind == EventKind.HELD][-1:] == [True]


def stages_of(story: Story) -> tuple[Stage, ...]:
    """The tracker: five stages, or where it ended otherwise."""
    if story.state in ENDED_OTHERWISE:
        return (Stage(gettext(STEPS[0][0]), "done"), Stage(state_label(story.state), "now"))
    here = next(place for place, (_, states) in enumerate(STEPS) if story.state in states)
    marks = ["done" if place < here else "now" if place == here else "coming" for place in range(len(STEPS))]
    if story.state is State.CLOSED:
        marks[-1] = "done"
    return tuple(Stage(gettext(label), mark) for (label, _), mark in zip(STEPS, marks, strict=True))


def log_of(story: Story, now: datetime) -> tuple[LogLine, ...]:
    """The log, newest first. That nobody took it up is said by the line that says where it went."""
    went_up = {event.at for event in story.events if event.cause is Cause.NOT_TAKEN_UP}
    lines = [
        LogLine(event.at, told.log_line(event, story.zone, now, Reader.CONSUMER), event.letter)
        for event in story.events
        if event.kind is not EventKind.NOTED and not (event.kind is EventKind.NOT_TAKEN_UP and event.at in went_up)
    ]
    return tuple(reversed(lines))
