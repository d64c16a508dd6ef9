"""From the columns of a request to what its page says: the story, the tracker, the ladder and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages import story as told
from languages.catalog import N_, gettext, named
from languages.labels import state_label
from languages.story import Reader, Story, StoryEvent
from models.people import Office
from models.tracking import Tracked
from rules.states import OPEN
from rules.terms import Cause, Closing, EventKind, State
from web.book import Book
from web.consumer.ladder import Step, ladder_of, next_title

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
    """One line of the log."""

    at: datetime
    words: str
    kind: str


@dataclass(frozen=True)
class Told:
    """Everything the live part of the page shows, in the language in use; true until `until`."""

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
    escalate_from: datetime | None


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
        events=events_of(tracked, book),
    )


def events_of(tracked: Tracked, book: Book) -> tuple[StoryEvent, ...]:
    """The public lines, with their names looked up."""
    return tuple(
        told.event_of(event.number, event.kind, event.at, event.actor, event.due, event.data, book.name, event.post)
        for event in tracked.events
    )


def tell(tracked: Tracked, book: Book, zone: tzinfo, now: datetime) -> Told:
    """What the page says at `now`."""
    policy = book.policies[tracked.policy_version]
    timing = book.timing(tracked.policy_version, tracked.category, tracked.area_class)
    steps = () if timing.confidential else ladder_of(tracked, policy, timing, book, now)
    story = story_of(tracked, book, zone, timing.confidential, next_title(steps))
    return Told(
        reference=tracked.reference,
        number=tracked.number,
        state="received" if timing.confidential else tracked.state,
        chip=gettext("Report") if timing.confidential else state_label(State(tracked.state)),
        category="" if timing.confidential else book.label("category", tracked.category),
        late=story.standard_lapsed and tracked.closed_at is None and not timing.confidential,
        said=told.sentence(story, now),
        stages=() if timing.confidential else stages_of(story),
        ladder=steps if story.state in OPEN else tuple(s for s in steps if s.rung.state is not told.RungState.COMING),
        log=() if timing.confidential else log_of(story, now),
        office=None if timing.confidential else book.office(tracked.office),
        changed=tracked.events[-1].at if tracked.events else tracked.registered_at,
        until=told.true_until(story, now),
        over=tracked.over,
        confidential=timing.confidential,
        may=may(story, now),
        escalate_from=None if story.standard_lapsed else tracked.standard_due,
    )


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
        LogLine(event.at, told.log_line(event, story.zone, now, Reader.CONSUMER), event.kind.value)
        for event in story.events
        if event.kind is not EventKind.NOTED and not (event.kind is EventKind.NOT_TAKEN_UP and event.at in went_up)
    ]
    return tuple(reversed(lines))


ACTS: dict[State, tuple[str, ...]] = {
    State.RECEIVED: ("supply_back", "add", "withdraw"),
    State.ASSIGNED: ("supply_back", "add", "withdraw"),
    State.IN_PROGRESS: ("supply_back", "add", "withdraw"),
    State.ON_HOLD: ("present", "supply_back", "add", "withdraw"),
    State.RESOLVED: ("confirm", "not_repaired", "add", "withdraw"),
}
CLIMBING = frozenset({State.RECEIVED, State.ASSIGNED, State.IN_PROGRESS})


def may(story: Story, now: datetime) -> frozenset[str]:
    """What the consumer may do at `now`, after proving who he is. The pen has the last word."""
    if story.state is State.CLOSED:
        return frozenset({"reopen"}) if story.reopen_until and now < story.reopen_until else frozenset()
    acts = set(ACTS.get(story.state, ()))
    lapsed = story.standard_lapsed or (story.standard_due is not None and story.standard_due <= now)
    if story.state in CLIMBING and lapsed and story.next_title:
        acts.add("escalate")
    if story.confidential:
        acts &= {"add", "withdraw"}
    return frozenset(acts)


def office_hours(office: Office | None) -> str:
    """When an office may be visited, in words; empty when it does not say."""
    return named(office.hours) if office else ""
