"""What a consumer may do with his request at an instant, after proving who he is. The pen has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from languages.story import Story
from rules.terms import State

ACTS: Mapping[State, tuple[str, ...]] = {
    State.RECEIVED: ("supply_back", "add", "withdraw"),
    State.ASSIGNED: ("supply_back", "add", "withdraw"),
    State.IN_PROGRESS: ("supply_back", "add", "withdraw"),
    State.ON_HOLD: ("present", "supply_back", "add", "withdraw"),
    State.RESOLVED: ("confirm", "not_repaired", "add", "withdraw"),
}
CLIMBING = frozenset({State.RECEIVED, State.ASSIGNED, State.IN_PROGRESS})
CONFIDENTIAL = frozenset({"add", "withdraw"})
"""What may be done with a report that shows nothing."""


def may(story: Story, now: datetime, *, supply: bool) -> frozenset[str]:
    """What the consumer may do at `now`; `supply`: that it is back would end it."""
    if story.state in (State.CLOSED, State.REJECTED):
        return _undo(story, now)
    acts = set(ACTS.get(story.state, ()))
    if not supply:
        acts.discard("supply_back")
    lapsed = story.standard_lapsed or (story.standard_due is not None and story.standard_due <= now)
    if story.state in CLIMBING and lapsed and story.next_title:
        acts.add("escalate")
    return frozenset(acts & CONFIDENTIAL if story.confidential else acts)


def _undo(story: Story, now: datetime) -> frozenset[str]:
    """Bring back what was closed or not accepted, while there is time."""
    if story.reopen_until is None or now >= story.reopen_until:
        return frozenset()
    if story.state is State.CLOSED:
        return frozenset({"reopen"})
    return frozenset() if story.objected else frozenset({"object"})


def tell_again(story: Story, now: datetime) -> bool:
    """Whether only a new complaint helps: it ended, and nothing brings it back under its number."""
    ended = story.state in (State.CLOSED, State.REJECTED, State.WITHDRAWN)
    if story.confidential:  # whether it was turned down shows nowhere
        return ended and (story.reopen_until is None or now >= story.reopen_until)
    return ended and not may(story, now, supply=False)
