"""The life of a complaint as a table: the rule reads it, and so does the page that draws it."""

from __future__ import annotations

from collections.abc import Mapping

from rules.terms import State

WORKED: frozenset[State] = frozenset({State.RECEIVED, State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD})
"""States in which the ladder runs."""

OPEN: frozenset[State] = WORKED | {State.RESOLVED}
"""States that count as open on queues and boards."""

LEADS_TO: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.ASSIGNED, State.RESOLVED, State.WITHDRAWN}),
    State.ASSIGNED: frozenset({State.IN_PROGRESS, State.ON_HOLD, State.RESOLVED, State.WITHDRAWN, State.REJECTED}),
    State.IN_PROGRESS: frozenset({State.ASSIGNED, State.ON_HOLD, State.RESOLVED, State.WITHDRAWN, State.REJECTED}),
    State.ON_HOLD: frozenset({State.ASSIGNED, State.IN_PROGRESS, State.RESOLVED, State.WITHDRAWN}),
    State.RESOLVED: frozenset({State.IN_PROGRESS, State.CLOSED, State.WITHDRAWN}),
    State.CLOSED: frozenset({State.IN_PROGRESS}),
    State.WITHDRAWN: frozenset(),
    State.REJECTED: frozenset({State.IN_PROGRESS}),
}


class IllegalMove(ValueError):
    """A request was asked to go where its state does not lead."""


def move(now: State, to: State) -> State:
    """`to`, if a request may go there from `now`; IllegalMove otherwise."""
    if to not in LEADS_TO[now]:
        raise IllegalMove(f"{now} does not lead to {to}")
    return to
