"""A request as its page shows it to an officer: named, told in sentences, with what he may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages import labels
from languages.catalog import named
from languages.ladder import ladder_line, why_and_next
from languages.spoken import due_in
from languages.story import log_line
from languages.views import Hold, Reader, Rung, RungState, Story, StoryEvent, event_of
from models.casefile import CaseFile, Line, Said
from models.people import Post
from models.posts import FilledPost
from models.requests import ServiceRequest
from rules.states import WORKED
from rules.terms import Actor, Channel, Closing, EventKind, Kind, NoticeKind, State
from web.book import Book
from web.desk.actions import Offers
from web.desk.allowed import choices, given_to, offers_for
from web.desk.forms import Choices
from web.desk.ladder import rungs
from web.exceptional import told_of


@dataclass(frozen=True)
class Due:
    """How one clock stands: `mark` is late, soon, running or still; it is said in words and by a picture, not by colour alone."""

    at: datetime | None
    words: str
    mark: str


@dataclass(frozen=True)
class ShownLine:
    """One line of the timeline. `internal` lines are not shown to the consumer; `who` is None for the system.

    `stage` is the one it belongs to, "" for a complaint's and where it concerns the whole request; `document`: the photo that came;
    `letter`: it holds words for the consumer.
    """

    number: int
    kind: str
    heading: str
    text: str
    at: datetime
    due: datetime | None
    actor: str
    who: str | None
    words: str | None
    internal: bool
    stage: str = ""
    document: str = ""
    letter: bool = False


@dataclass(frozen=True)
class ShownRung:
    """One tier of the ladder with its sentence."""

    rung: Rung
    tier: int
    line: str


@dataclass(frozen=True)
class Sheet:
    """Everything the page of a request shows."""

    file: CaseFile
    request: ServiceRequest
    category: str
    state: str
    office: str
    locality: str
    channel: str
    handler: str
    answerable: str
    tier_due: Due
    standard: Due | None
    next: str
    ladder: tuple[ShownRung, ...]
    lines: tuple[ShownLine, ...]
    said: tuple[Said, ...]
    offers: Offers
    choices: Choices
    receivers: tuple[Post, ...]
    closing: str
    exceptional: str

    @property
    def above(self) -> str:
        """The title of the tier above; "" at the top."""
        return next((one.rung.title for one in self.ladder if one.rung.state == RungState.COMING), "")


def clock(at: datetime | None, now: datetime, *, soon: float = 3600) -> Due:
    """How a due instant stands; `soon` are the seconds before it that count as soon."""
    if at is None:
        return Due(None, "", "still")
    left = (at - now).total_seconds()
    return Due(at, due_in(at, now), "late" if left <= 0 else "soon" if left <= soon else "running")


def tier_clock(state: str, due: datetime | None, now: datetime) -> Due:
    """The clock of the task; where it stands still, what is waited for."""
    if due is None and state in (State.ON_HOLD, State.RESOLVED):
        return Due(None, labels.state_label(State(state), Reader.OFFICER), "still")
    return clock(due, now)


def story_event(line: Line, book: Book, *, application: bool = False) -> StoryEvent:
    """An event with its names looked up."""
    event = line.event
    return event_of(
        event.number,
        event.kind,
        event.at,
        event.actor,
        event.due,
        event.data,
        book.label,
        event.post,
        application=application,
    )


def shown_line(
    line: Line, book: Book, zone: tzinfo, now: datetime, stages: Mapping[str, str] | None = None
) -> ShownLine:
    """A line of the timeline in the language in use; `stages` are the names of a connection request's, by task."""
    event = line.event
    told = story_event(line, book, application=stages is not None)
    text = log_line(told, zone, now, Reader.OFFICER)
    kind = EventKind(event.kind)
    who = line.who or (labels.actor_label(Actor.CONSUMER) if event.actor == Actor.CONSUMER else None)
    heading = labels.event_label(kind)
    stage = (stages or {}).get(event.task_id or "", "")
    return ShownLine(
        event.number, event.kind, heading, text, event.at, event.due, event.actor, who, line.words,
        not event.public and event.actor != Actor.CONSUMER,
        stage, str(event.data.get("document", "")), told.letter,
    )  # fmt: skip


def stage_names(file: CaseFile, book: Book) -> Mapping[str, str] | None:
    """The names of the stages by task; None for a complaint."""
    if file.request.kind == Kind.COMPLAINT:
        return None
    return {task.id: book.label("stage", task.stage) for task in file.tasks}


def story(file: CaseFile, book: Book, zone: tzinfo, ladder: list[Rung]) -> Story:
    """What the sentence about this request is told from."""
    request, task = file.request, file.task
    above = next((rung.title for rung in ladder if rung.state == "coming"), "")
    hold = file.open_hold
    return Story(
        state=State(request.state),
        zone=zone,
        tier=task.tier if task else 1,
        role_title=book.title(task.answerable) if task else "",
        next_title=above,
        handler_title=book.title(task.handler) if task else "",
        due=task.due if task else None,
        put_off=task.turn_at if task else None,
        standard_due=request.standard_due,
        standard_lapsed=request.standard_lapsed_at is not None,
        hold=Hold(book.label("hold_reason", hold.reason), hold.limit_at) if hold else None,
        put_right_at=request.put_right_at,
        confirm_by=request.confirm_by,
        closed_at=request.closed_at,
        reopen_until=request.reopen_until,
        beyond=bool(task and task.beyond_at),
        safety=request.safety,
        decider_title=book.title(request.proposal.get("post")) if request.state in WORKED else "",
        objected=request.objected,
        call_back=request.call_back_at is not None,
        events=[story_event(line, book, application=request.kind != Kind.COMPLAINT) for line in file.lines],
    )


def sheet(
    file: CaseFile, posts: tuple[FilledPost, ...], book: Book, zone: tzinfo, now: datetime, person: int | None = None
) -> Sheet:
    """The page of a request in the language in use; `book` holds its policy."""
    request, task, policy = file.request, file.task, book.policies[file.request.policy_version]
    ladder, names = rungs(file, policy, book), stage_names(file, book)
    place = book.locality(request.locality)
    return Sheet(
        file=file,
        request=request,
        category=book.sort(request),
        state=labels.state_label(State(request.state), Reader.OFFICER),
        office=book.label("office", request.office),
        locality=named(place.names) if place else "",
        channel=labels.channel_label(Channel(request.channel)),
        handler=book.title(task.handler) if task else "",
        answerable=book.title(task.answerable) if task else "",
        tier_due=tier_clock(request.state, task.due if task and task.done_at is None else None, now),
        standard=standard_clock(request, now),
        next=why_and_next(story(file, book, zone, ladder), now),
        ladder=tuple(ShownRung(rung, tier, ladder_line(rung, zone, now)) for tier, rung in enumerate(ladder, 1)),
        lines=tuple(shown_line(line, book, zone, now, names) for line in reversed(file.every.lines)),
        said=file.said,
        offers=offers_for(file, policy, posts, now, person),
        choices=choices(file, book, zone, now),
        receivers=given_to(file, book, policy, now),
        closing=labels.closing_label(Closing(request.closing)) if request.closing else "",
        exceptional=told_of(request, book, now).words,
    )


def standard_clock(request: ServiceRequest, now: datetime) -> Due | None:
    """The regulated standard; None where there is none. Once the request is put right it no longer runs."""
    if request.standard_due is None:
        return None
    if request.state in (State.CLOSED, State.WITHDRAWN, State.REJECTED, State.LAPSED):
        return Due(request.standard_due, "", "late" if request.within_standard is False else "still")
    return clock(request.standard_due, now)


def notice_words(said: Said) -> tuple[str, str]:
    """What a message was about, and how far it got."""
    notification = said.notification
    return labels.notice_label(NoticeKind(notification.kind)), labels.delivery_label(notification.state)
