"""Following a request by its number: how it stands and what happened, without anything personal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from languages.catalog import gettext
from models.public_api import PublicRequest, public_request
from models.tracking import Tracked, TrackedEvent
from rules import terms
from rules.procedure import coming
from rules.reference import look
from rules.terms import EventKind, State
from web.api.bodies import PublicEvent, PublicStage, Status
from web.api.description import UNCHANGED, problems_of, unchanged
from web.api.problems import NOT_A_REFERENCE, UNKNOWN_REFERENCE, Api, Problem
from web.book import Book
from web.consumer.track import NOT_A_NUMBER, missed
from web.consumer.visitor import Address
from web.deps import Db, Parts

router = APIRouter(prefix="/api/v1", route_class=Api, tags=["requests"])

LOOKED_INTO = {
    State.RECEIVED.value: State.RECEIVED.value,
    State.CLOSED.value: State.CLOSED.value,
    State.WITHDRAWN.value: State.CLOSED.value,
    State.REJECTED.value: State.CLOSED.value,
}
"""What is told of a confidential request's state; of any other state, that it is being looked into."""

STILL_WORKED = frozenset({State.RECEIVED.value, State.COMPLETE.value})
TURNS = {
    EventKind.REGISTERED.value: EventKind.REGISTERED.value,
    EventKind.ASSIGNED.value: EventKind.ASSIGNED.value,
    EventKind.CLOSED.value: EventKind.CLOSED.value,
    EventKind.WITHDRAWN.value: EventKind.CLOSED.value,
    EventKind.REJECTED.value: EventKind.CLOSED.value,
    EventKind.OBJECTED.value: EventKind.REOPENED.value,
    EventKind.REOPENED.value: EventKind.REOPENED.value,
}
"""The lines of a confidential request's history that are told, and as what."""


@router.get(
    "/requests/{reference}",
    operation_id="follow",
    summary="How a request stands",
    response_model=Status,
    responses={304: UNCHANGED, **problems_of(NOT_A_REFERENCE, UNKNOWN_REFERENCE, plain=(429, 503))},
)
async def follow(
    reference: Annotated[str, Path(max_length=64, description="Nine digits; blanks and hyphens do not matter")],
    request: Request,
    response: Response,
    db: Db,
    parts: Parts,
    who: Address,
) -> Status | Response:
    """How a request stands and what happened. Ask again with the ETag: 304 while nothing changed."""
    typed = look(reference)
    if typed.kind != "reference":
        raise Problem(NOT_A_REFERENCE, gettext(NOT_A_NUMBER[typed.kind]))
    found = await db.read(public_request, typed.value)
    if found is None:
        await missed(parts, who)
        raise Problem(UNKNOWN_REFERENCE, gettext("Check the number or the address and try again."))
    told = status_of(found, parts.book)
    headers = {"ETag": tag_of(found, told), "Cache-Control": "private, no-cache"}
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return told


def tag_of(found: PublicRequest, told: Status) -> str:
    """By event number; a confidential one's by what is told, so that it betrays no other event."""
    return f'W/"c{len(told.events)}-{told.state}"' if found.confidential else f'W/"{found.tracked.number}"'


def status_of(found: PublicRequest, book: Book) -> Status:
    """What is told of a request."""
    tracked = found.tracked
    if found.confidential:
        return confidential(found.kind, tracked)
    task = tracked.task
    first = tracked.events[0] if tracked.events else None
    return Status(
        reference=tracked.reference,
        kind=terms.Kind(found.kind),
        category=tracked.category,
        state=tracked.state,
        channel=first.data.get("channel") if first else None,
        filed_by=(book.title(first.post) or None) if first else None,
        tier=task.tier if task else None,
        tier_role=found.role,
        registered_at=tracked.registered_at,
        next_due=task.due if task and task.open else None,
        standard_due=tracked.standard_due,
        expected_at=tracked.expected_at,
        complete_at=found.complete_at,
        stages=list(stages(found, book)),
        events=[
            PublicEvent(number=event.number, kind=event.kind, at=event.at, due_at=event.due) for event in tracked.events
        ],
    )


def stages(found: PublicRequest, book: Book) -> Iterator[PublicStage]:
    """The stages opened so far, then those of its procedure that may still come."""
    for opened in found.stages:
        task = opened.task
        state = "done" if task.done_at is not None else "waiting" if opened.waits_for else "open"
        yield PublicStage(
            stage=task.stage,
            state=state,  # type: ignore[arg-type]
            tier=task.tier,
            tier_role=opened.answers,
            handler_role=opened.handles,
            due=None if task.done_at else task.due,
            done_at=task.done_at,
            waits_for=opened.waits_for,
        )
    policy = book.policies.get(found.policy_version)
    procedure = policy.procedures.get(found.tracked.category) if policy and found.stages else None
    if procedure is not None and found.tracked.state in STILL_WORKED:
        done = {opened.task.stage: opened.task.outcome for opened in found.stages if opened.task.done_at is not None}
        for code in coming(procedure, done, [opened.task.stage for opened in found.stages]):
            yield PublicStage(
                stage=code, state="coming", tier=None, tier_role=None, handler_role=None, due=None, done_at=None, waits_for=None,
            )  # fmt: skip


def confidential(kind: str, tracked: Tracked) -> Status:
    """Received, being looked into, closed: nothing else is told, and the lines are numbered anew to leave no gaps."""
    return Status(
        reference=tracked.reference,
        kind=terms.Kind(kind),
        category=None,
        state=LOOKED_INTO.get(tracked.state, State.IN_PROGRESS.value),
        channel=None,
        filed_by=None,
        tier=None,
        tier_role=None,
        registered_at=tracked.registered_at,
        next_due=None,
        standard_due=None,
        expected_at=None,
        events=[line(number, event) for number, event in enumerate(turns(tracked), 1)],
    )


def turns(tracked: Tracked) -> list[TrackedEvent]:
    """The beginnings and ends of a confidential request."""
    return [event for event in tracked.events if event.kind in TURNS]


def line(number: int, event: TrackedEvent) -> PublicEvent:
    """One of them."""
    return PublicEvent(number=number, kind=TURNS[event.kind], at=event.at, due_at=None)
