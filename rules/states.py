"""The lives of a complaint and of a connection request as tables: the rule reads them, and so do the pages that draw them."""

from __future__ import annotations

from collections.abc import Mapping

from rules.terms import Kind, State

WORKED: frozenset[State] = frozenset({State.RECEIVED, State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD, State.COMPLETE})
"""States in which the ladder runs."""

ASKED: frozenset[State] = frozenset({State.RESOLVED, State.DONE})
"""States in which the consumer is asked whether it is so."""

OPEN: frozenset[State] = WORKED | ASKED
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
"""A complaint's life."""

ENDS_EARLY = frozenset({State.WITHDRAWN, State.REJECTED, State.LAPSED})
"""How a connection request ends without what was asked for."""

CONNECTION_LEADS_TO: Mapping[State, frozenset[State]] = {
    State.RECEIVED: ENDS_EARLY | {State.COMPLETE},
    State.COMPLETE: ENDS_EARLY | {State.RECEIVED, State.DONE},
    State.DONE: frozenset({State.COMPLETE, State.CLOSED}),
    State.CLOSED: frozenset({State.COMPLETE}),
    State.WITHDRAWN: frozenset(),
    State.REJECTED: frozenset({State.RECEIVED, State.COMPLETE}),
    State.LAPSED: frozenset(),
}
"""A connection request's life; its stages have their own."""


class IllegalMove(ValueError):
    """A request was asked to go where its state does not lead."""


def move(now: State, to: State, kind: str = Kind.COMPLAINT) -> State:
    """`to`, if a request of this kind may go there from `now`; IllegalMove otherwise."""
    table = LEADS_TO if kind == Kind.COMPLAINT else CONNECTION_LEADS_TO
    if to not in table.get(now, ()):
        raise IllegalMove(f"{now} does not lead to {to}")
    return to
