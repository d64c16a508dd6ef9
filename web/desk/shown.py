"""A request as its page shows it to an officer: named, told in sentences, with what he may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages import labels
from languages.catalog import named
from languages.ladder import ladder_line, why_and_next
from languages.spoken import due_in
from languages.story import log_line
from languages.views import Hold, Reader, Rung, Story, StoryEvent, event_of
from models.casefile import CaseFile, Line, Said
from models.people import Post
from models.posts import FilledPost
from models.requests import ServiceRequest
from rules.policy import Policy, ladder_of
from rules.states import WORKED
from rules.terms import Actor, Channel, Closing, EventKind, NoticeKind, State
from web.book import Book
from web.desk import elsewhere
from web.desk.actions import Offers, offered, receivers
from web.desk.forms import Choices
from web.desk.ladder import rungs, timing_for


@dataclass(frozen=True)
class Due:
    """How one clock stands: `mark` is late, soon, running or still; it is said in words and by a picture, not by colour alone."""

    at: datetime | None
    words: str
    mark: str


@dataclass(frozen=True)
class ShownLine:
    """One line of the timeline. `internal` lines are not shown to the consumer; `who` is None for the system."""

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


def clock(at: datetime | None, now: datetime, *, soon: float = 3600) -> Due:
    """How a due instant stands; `soon` are the seconds before it that count as soon."""
    if at is None:
        return Due(None, "", "still")
    left = (at - now).total_seconds()
    return Due(at, due_in(at, now), "late" if left <= 0 else "soon" if left <= soon else "running")


def tier_clock(request: ServiceRequest, due: datetime | None, now: datetime) -> Due:
    """The clock of the task; where it stands still, what is waited for."""
    if due is None and request.state in (State.ON_HOLD, State.RESOLVED):
        return Due(None, labels.state_label(State(request.state), Reader.OFFICER), "still")
    return clock(due, now)


def story_event(line: Line, book: Book) -> StoryEvent:
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
    )


def shown_line(line: Line, book: Book, zone: tzinfo, now: datetime) -> ShownLine:
    """A line of the timeline in the language in use."""
    event = line.event
    text = log_line(story_event(line, book), zone, now, Reader.OFFICER)
    kind = EventKind(event.kind)
    who = line.who or (labels.actor_label(Actor.CONSUMER) if event.actor == Actor.CONSUMER else None)
    heading = labels.event_label(kind)
    return ShownLine(
        event.number, event.kind, heading, text, event.at, event.due, event.actor, who, line.words, not event.public
    )


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
        events=[story_event(line, book) for line in file.lines],
    )


def given_to(file: CaseFile, book: Book, policy: Policy, now: datetime) -> tuple[Post, ...]:
    """The posts to which the work may be given: never one that answers higher up, to which it is sent with a reason."""
    tier = file.task.tier if file.task else 1
    above = frozenset(rung.role for rung in ladder_of(policy, timing_for(file, policy)).tiers[tier:])
    return tuple(receivers(book.now.posts, file.request, file.task, now, above))


def choices(file: CaseFile, book: Book, zone: tzinfo, now: datetime) -> Choices:
    """The codes and times the forms of this request may name; `book` holds its policy."""
    policy = book.policies[file.request.policy_version]
    category = book.row("category", file.request.category)
    causes = [str(code) for code in category.data.get("causes", ())] if category else []
    return Choices(
        now=now,
        zone=zone,
        registered=file.request.registered_at,
        causes=causes or [row.code for row in book.all("cause")],
        hold_reasons=[row.code for row in book.all("hold_reason")],
        expected_reasons=[row.code for row in book.all("expected_reason")],
        receivers=[post.code for post in given_to(file, book, policy, now)],
        categories=elsewhere.categories(file.request, policy, book),
        offices=elsewhere.offices(file.request, book, now),
        reject_reasons=[row.code for row in book.all("reject_reason")],
        dangers=elsewhere.dangers(file.request, policy, book),
    )


def offers_for(file: CaseFile, policy: Policy, posts: tuple[FilledPost, ...], person: int | None = None) -> Offers:
    """What somebody with these posts is offered on this request."""
    timing = timing_for(file, policy)
    held = any(hold.stops_standard for hold in file.holds)
    tiers = len(ladder_of(policy, timing).tiers)
    return offered(posts, file.request, file.task, tiers=tiers, holdable=timing.holdable, held=held, person=person)


def sheet(
    file: CaseFile, posts: tuple[FilledPost, ...], book: Book, zone: tzinfo, now: datetime, person: int | None = None
) -> Sheet:
    """The page of a request in the language in use; `book` holds its policy."""
    request, task, policy = file.request, file.task, book.policies[file.request.policy_version]
    ladder = rungs(file, policy, book)
    place = book.locality(request.locality)
    return Sheet(
        file=file,
        request=request,
        category=book.label("category", request.category),
        state=labels.state_label(State(request.state), Reader.OFFICER),
        office=book.label("office", request.office),
        locality=named(place.names) if place else "",
        channel=labels.channel_label(Channel(request.channel)),
        handler=book.title(task.handler) if task else "",
        answerable=book.title(task.answerable) if task else "",
        tier_due=tier_clock(request, task.due if task and task.done_at is None else None, now),
        standard=standard_clock(request, now),
        next=why_and_next(story(file, book, zone, ladder), now),
        ladder=tuple(ShownRung(rung, tier, ladder_line(rung, zone, now)) for tier, rung in enumerate(ladder, 1)),
        lines=tuple(shown_line(line, book, zone, now) for line in reversed(file.lines)),
        said=file.said,
        offers=offers_for(file, policy, posts, person),
        choices=choices(file, book, zone, now),
        receivers=given_to(file, book, policy, now),
        closing=labels.closing_label(Closing(request.closing)) if request.closing else "",
    )


def standard_clock(request: ServiceRequest, now: datetime) -> Due | None:
    """The regulated standard; None where there is none. Once the request is put right it no longer runs."""
    if request.standard_due is None:
        return None
    if request.state in (State.CLOSED, State.WITHDRAWN, State.REJECTED):
        return Due(request.standard_due, "", "late" if request.within_standard is False else "still")
    return clock(request.standard_due, now)


def notice_words(said: Said) -> tuple[str, str]:
    """What a message was about, and how far it got."""
    notification = said.notification
    return labels.notice_label(NoticeKind(notification.kind)), labels.delivery_label(notification.state)
