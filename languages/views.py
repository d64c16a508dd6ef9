"""What a story is told from: small values with the names already looked up, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, TypeVar

from rules.terms import Actor, Cause, Closing, EventKind, Skip, State

Codes = TypeVar("Codes", bound=StrEnum)

Label = Callable[[str, str], str]
"""The name of a code in the reader's language, by kind and code; "" where there is none.

Kinds: role, post, office, cause, hold_reason, expected_reason, withdraw_reason, escalate_reason.
"""


class Reader(StrEnum):
    """Who reads: a consumer about his own complaint, or an officer about somebody's."""

    CONSUMER = "consumer"
    OFFICER = "officer"


@dataclass(frozen=True)
class Skipped:
    """A tier that was passed over, by its title, and why."""

    title: str
    why: Skip


@dataclass(frozen=True)
class StoryEvent:
    """One line of history. `due`: the instant it fell due; `title`/`from_title`: who answers (or has it) after and before."""

    number: int
    kind: EventKind
    at: datetime
    actor: Actor = Actor.SYSTEM
    due: datetime | None = None
    title: str = ""
    from_title: str = ""
    office: str = ""
    cause: Cause | None = None
    skipped: tuple[Skipped, ...] = ()
    reason: str = ""
    until: datetime | None = None
    closing: Closing | None = None


@dataclass(frozen=True)
class Hold:
    """The open pause: what is waited for, and the instant it ends by itself (None: no limit)."""

    reason: str
    limit: datetime | None = None


@dataclass(frozen=True)
class Story:
    """How a request stands, for telling. Titles and names are in the reader's language; instants are aware, None: not known.

    `role_title` answers at this tier, `next_title` after it ("" at the top), `handler_title` does the work.
    """

    state: State
    zone: tzinfo
    category: str = ""
    office_name: str = ""
    tier: int = 1
    role_title: str = ""
    next_title: str = ""
    handler_title: str = ""
    due: datetime | None = None
    standard_due: datetime | None = None
    standard_lapsed: bool = False
    expected_at: datetime | None = None
    expected_reason: str = ""
    expected_missed: int = 0
    hold: Hold | None = None
    put_right_at: datetime | None = None
    confirm_by: datetime | None = None
    closed_at: datetime | None = None
    closing: Closing | None = None
    reopen_until: datetime | None = None
    beyond: bool = False
    forum: str = ""
    confidential: bool = False
    events: Sequence[StoryEvent] = ()


def last_move(story: Story) -> StoryEvent | None:
    """The newest line by which answerability moved; None while it never did."""
    moves = [event for event in story.events if event.kind is EventKind.ESCALATED]
    return max(moves, key=lambda event: event.number, default=None)


@dataclass(frozen=True)
class Said:
    """What a consumer is told first: what is happening, by when ("" where nothing is awaited), what he needs to do."""

    happening: str
    by_when: str
    to_do: str


class RungState(StrEnum):
    """Where a rung of the ladder stands."""

    PAST = "past"
    NOW = "now"
    COMING = "coming"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Rung:
    """One tier of the ladder as shown: when it began to answer, until when it may act (or would), why it was passed over."""

    title: str
    state: RungState
    entered: datetime | None = None
    due: datetime | None = None
    lapsed: bool = False
    why: Skip | None = None


def event_of(
    number: int,
    kind: str,
    at: datetime,
    actor: str,
    due: datetime | None,
    data: Mapping[str, Any],
    label: Label,
    post: str | None = None,
) -> StoryEvent:
    """A line of history from a row's columns; codes in `data` are named by `label`. `post` is who wrote it."""
    return StoryEvent(
        number=number,
        kind=EventKind(kind),
        at=at,
        actor=Actor(actor),
        due=due,
        title=_first(label, data, ("post", "post"), ("role", "role"), ("handler", "post"))
        or (label("post", post) if post else ""),
        from_title=_first(label, data, ("from_post", "post"), ("from_role", "role"), ("from", "post")),
        office=_first(label, data, ("office", "office")),
        cause=_known(Cause, data.get("cause")),
        skipped=skipped_of(data.get("skipped") or (), label),
        reason=_reason(EventKind(kind), data, label),
        until=_until(data),
        closing=_known(Closing, data.get("closing")),
    )


def skipped_of(tiers: Sequence[Mapping[str, Any]], label: Label) -> tuple[Skipped, ...]:
    """The tiers passed over, from an event's or a notification's data."""
    return tuple(Skipped(_first(label, tier, ("post", "post"), ("role", "role")), Skip(tier["why"])) for tier in tiers)


REASONS: Mapping[EventKind, tuple[str, str]] = {
    EventKind.EXPECTED: ("reason", "expected_reason"),
    EventKind.EXPECTED_MISSED: ("reason", "expected_reason"),
    EventKind.HELD: ("reason", "hold_reason"),
    EventKind.RESOLVED: ("cause", "cause"),
    EventKind.WITHDRAWN: ("reason", "withdraw_reason"),
    EventKind.ESCALATED: ("reason", "escalate_reason"),
}
"""Under which key of its data an event keeps its reason, and which list the code is from."""


def _reason(kind: EventKind, data: Mapping[str, Any], label: Label) -> str:
    key, names = REASONS.get(kind, ("", ""))
    code = data.get(key)
    return label(names, code) if isinstance(code, str) and code else ""


def _first(label: Label, data: Mapping[str, Any], *keys: tuple[str, str]) -> str:
    for key, kind in keys:
        code = data.get(key)
        if isinstance(code, str) and code:
            name = label(kind, code)
            if name:
                return name
    return ""


def _until(data: Mapping[str, Any]) -> datetime | None:
    for key in ("until", "limit", "put_right", "put_right_at", "confirm_by", "by", "expected_at", "due_at"):
        if data.get(key):
            return datetime.fromisoformat(data[key])
    return None


def _known(codes: type[Codes], code: object) -> Codes | None:
    return codes(code) if isinstance(code, str) and code in set(codes) else None
