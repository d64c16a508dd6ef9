"""One line of history with its names looked up, read from a row's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from languages.connections import own_label
from languages.dealings import NOTHING_MORE, SIDES, Dealing, dealing_of
from rules.ladder import Skip
from rules.terms import Actor, Cause, Channel, Closing, EventKind, Proposal

Codes = TypeVar("Codes", bound=StrEnum)

Label = Callable[[str, str], str]
"""The name of a code in the reader's language, by kind and code; "" where there is none.

Kinds: role, post, office, category, cause, hold_reason, expected_reason, withdraw_reason, escalate_reason, reject_reason,
procedure, stage, paper, outcome, refuse_reason.
"""


@dataclass(frozen=True)
class Skipped:
    """A tier that was passed over, by its title, and why."""

    title: str
    why: Skip


@dataclass(frozen=True)
class StoryEvent:
    """One line of history. `due`: the instant it fell due; `title`/`from_title`: who answers (or has it) after and before.

    `what` was proposed or decided; `category`, `office` are those it has (or would have) now, `from_…` those before.
    `channel`: the door it came by; `brought`: its number in what was used before. `application`: it is no complaint; `letter`: it holds words for the
    consumer alone; `put_off`: it had waited in line for one who was given very many; `dealing` is what a connection request's lines tell beyond this.
    """

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
    what: Proposal | None = None
    category: str = ""
    from_category: str = ""
    from_office: str = ""
    zone: str = ""
    channel: Channel | None = None
    brought: str = ""
    application: bool = False
    put_off: bool = False
    letter: bool = False
    dealing: Dealing = NOTHING_MORE
    exceptional: str = ""
    """The code of the exceptional event that excuses it."""


def event_of(
    number: int,
    kind: str,
    at: datetime,
    actor: str,
    due: datetime | None,
    data: Mapping[str, Any],
    label: Label,
    post: str | None = None,
    *,
    application: bool = False,
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
        what=_known(Proposal, data.get("what")),
        category=_first(label, data, ("category", "category")),
        from_category=_first(label, data, ("from_category", "category")),
        from_office=_first(label, data, ("from_office", "office")),
        zone=_first(label, data, ("zone", "zone")),
        channel=_known(Channel, data.get("channel")),
        brought=str(data.get("brought") or ""),
        application=application,
        put_off=bool(data.get("put_off")),
        letter=kind == EventKind.MESSAGED or bool(data.get("written")),
        dealing=dealing_of(data, label),
        exceptional=str(data.get("exceptional") or ""),
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
    EventKind.PROPOSED: ("reason", "reject_reason"),
    EventKind.REJECTED: ("reason", "reject_reason"),
}
"""Under which key of its data an event keeps its reason, and which list the code is from."""


def _reason(kind: EventKind, data: Mapping[str, Any], label: Label) -> str:
    key, names = REASONS.get(kind, ("", ""))
    if data.get("cause") == Cause.REJECTION:
        names = "reject_reason"
    code = data.get(key)
    if not isinstance(code, str) or not code:
        return ""
    if names == "reject_reason":
        return label(names, code) or label("refuse_reason", code)
    return label(names, code) or own_label(names, code)


def _first(label: Label, data: Mapping[str, Any], *keys: tuple[str, str]) -> str:
    for key, kind in keys:
        code = data.get(key)
        if isinstance(code, str) and code:
            name = label(kind, code)
            if name:
                return name
    return ""


def _until(data: Mapping[str, Any]) -> datetime | None:
    for key in (
        "until",
        "limit",
        "put_right",
        "put_right_at",
        "confirm_by",
        "by",
        "expected_at",
        "due_at",
        "reopen_until",
        "expires_at",
        "standard_due",
    ):
        if data.get(key) and data[key] not in SIDES:
            return datetime.fromisoformat(data[key])
    return None


def _known(codes: type[Codes], code: object) -> Codes | None:
    return codes(code) if isinstance(code, str) and code in set(codes) else None
