"""What anyone with the number may read of a request that was, or may become, a confidential one."""

from __future__ import annotations

from dataclasses import replace

from models.tracking import Tracked, TrackedEvent
from rules.terms import EventKind
from web.book import Book

LEFT_BY = frozenset({EventKind.CORRECTED, EventKind.RAISED})
"""Lines by which a request gets another category."""


def openly(tracked: Tracked, book: Book) -> Tracked:
    """The request without what happened while it was confidential, and without the name of a confidential category."""
    left = [event.number for event in tracked.events if _left_confidence(event, tracked, book)]
    since = left[-1] if left else 0
    kept = [event for event in tracked.events if event.number >= since or event.kind == EventKind.REGISTERED]
    return replace(tracked, events=tuple(_unnamed(event, tracked, book) for event in kept))


def is_confidential(category: str | None, tracked: Tracked, book: Book) -> bool:
    """Whether nobody with the number alone may read of this category."""
    policy = book.policies[tracked.policy_version]
    if category is None or category not in policy.timings:
        return False
    return book.timing(policy.version, category, tracked.area_class).confidential


def _left_confidence(event: TrackedEvent, tracked: Tracked, book: Book) -> bool:
    return event.kind in LEFT_BY and is_confidential(event.data.get("from_category"), tracked, book)


def _unnamed(event: TrackedEvent, tracked: Tracked, book: Book) -> TrackedEvent:
    hidden = [key for key in ("category", "from_category") if is_confidential(event.data.get(key), tracked, book)]
    if not hidden:
        return event
    return replace(event, data={key: value for key, value in event.data.items() if key not in hidden})
