"""How Temporal's own UI and CLI find requests: the task queue, the search attributes and the priorities."""

from __future__ import annotations

from temporalio.common import Priority, SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

TASK_QUEUE = "onewindow"

KIND = SearchAttributeKey.for_keyword("OnewindowKind")
CATEGORY = SearchAttributeKey.for_keyword("OnewindowCategory")
ZONE = SearchAttributeKey.for_keyword("OnewindowZone")
TIER = SearchAttributeKey.for_int("OnewindowTier")

SAFETY_FIRST = Priority(priority_key=1)
THE_REST = Priority(priority_key=3)


def attributes(kind: str, category: str, zone: str) -> TypedSearchAttributes:
    """The search attributes a request's workflow starts with."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(KIND, kind),
            SearchAttributePair(CATEGORY, category),
            SearchAttributePair(ZONE, zone),
            SearchAttributePair(TIER, 1),
        ]
    )
