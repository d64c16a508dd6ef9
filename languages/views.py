"""What a story is told from: small values with the names already looked up, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from languages.events import Label as Label
from languages.events import Skipped as Skipped
from languages.events import StoryEvent as StoryEvent
from languages.events import event_of as event_of
from languages.events import skipped_of as skipped_of
from languages.forum import go_to
from rules.ladder import Skip
from rules.terms import Closing, EventKind, State


class Reader(StrEnum):
    """Who reads: a consumer about his own complaint, or an officer about somebody's."""

    CONSUMER = "consumer"
    OFFICER = "officer"


@dataclass(frozen=True)
class Longer:
    """A category with a longer standard that was proposed and is not decided: its name and date (None: no date at all)."""

    category: str
    then: datetime | None = None


@dataclass(frozen=True)
class Hold:
    """The open pause: what is waited for, and the instant it ends by itself (None: no limit)."""

    reason: str
    limit: datetime | None = None


@dataclass(frozen=True)
class Story:
    """How a request stands, for telling. Titles and names are in the reader's language; instants are aware, None: not known.

    `role_title` answers at this tier, `next_title` after it ("" at the top), `handler_title` does the work, `decider_title`
    must agree to what is proposed ("" when nothing is). `call_back`: we must ring the consumer. `objected`: he did so once.
    `put_off`: what fell due waits in line for the next tier, which is given very many, and goes on not before that.
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
    put_off: datetime | None = None
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
    safety: bool = False
    longer: Longer | None = None
    decider_title: str = ""
    reject_reason: str = ""
    objected: bool = False
    call_back: bool = False
    events: Sequence[StoryEvent] = ()


HANDS = frozenset(
    {
        EventKind.ASSIGNED,
        EventKind.ACCEPTED,
        EventKind.NOT_TAKEN_UP,
        EventKind.ESCALATED,
        EventKind.TAKEN_OVER,
        EventKind.GIVEN,
        EventKind.TRANSFERRED,
    }
)
"""Lines by which it came into other hands."""


def just_transferred(story: Story) -> bool:
    """Whether it last came into other hands by going to another office."""
    last = max((event for event in story.events if event.kind in HANDS), key=lambda event: event.number, default=None)
    return last is not None and last.kind is EventKind.TRANSFERRED


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

    def sends_to(self, forum: str) -> bool:
        """Whether what he can do is to go to this forum."""
        return bool(forum) and go_to(forum) in self.to_do


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
