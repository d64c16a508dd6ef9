"""The team board: what is counted of each post and person, and who is named for good work or for help."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from rules.board import FEW
from rules.calendar import Calendar
from rules.policy import Policy, calendar_of, recovery_timing, timing_of
from rules.request import RECOVERY
from rules.terms import Kind


class Count(StrEnum):
    """One number of the board; each is the length of a list of requests."""

    OPEN = "open"
    ANSWERS = "answers"
    NOT_BEGUN = "not_begun"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    BEGUN = "begun"
    ESCALATED = "escalated"
    WITHIN = "within"
    WORD = "word"
    SILENCE = "silence"
    UNREACHED = "unreached"


NOW = (Count.OPEN, Count.ANSWERS, Count.NOT_BEGUN, Count.DUE_TODAY, Count.OVERDUE)
"""What there is at this instant; all others happened within the period."""

ENDED = (Count.WITHIN, Count.WORD, Count.SILENCE, Count.UNREACHED)
"""How what was put right came to be closed: three figures that are never added, the first with what of it was in time."""

NAMED = 3
"""So many are named at most, for good work and for help."""


class Period(StrEnum):
    """How far back is counted."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "90-days"

    @property
    def length(self) -> timedelta:
        """Its length."""
        return timedelta(days={Period.WEEK: 7, Period.MONTH: 30, Period.QUARTER: 90}[self])


@dataclass(frozen=True)
class Group:
    """The open tasks of one handler for which one post answers: how many, how they stand, since when the oldest waits (None: not asked)."""

    handler: str
    answerable: str
    open: int
    not_begun: int
    due_today: int
    overdue: int
    oldest: datetime | None = None


@dataclass(frozen=True)
class Load:
    """What lies with some posts now; `oldest` None when nothing does, or it was not asked."""

    counts: Mapping[Count, int]
    oldest: datetime | None


def load(groups: Iterable[Group], posts: Collection[str]) -> Load:
    """What lies with these posts together, each task once: open and not begun by who does the work, due by either side."""
    ours = [one for one in groups if one.handler in posts or one.answerable in posts]
    done_here = [one for one in ours if one.handler in posts]
    counts = {
        Count.OPEN: sum(one.open for one in done_here),
        Count.ANSWERS: sum(one.open for one in ours if one.handler not in posts),
        Count.NOT_BEGUN: sum(one.not_begun for one in done_here),
        Count.DUE_TODAY: sum(one.due_today for one in ours),
        Count.OVERDUE: sum(one.overdue for one in ours),
    }
    return Load(counts, min((one.oldest for one in ours if one.oldest), default=None))


def middle(times: Sequence[timedelta]) -> timedelta | None:
    """The average of some times; None of none."""
    return sum(times, timedelta()) / len(times) if times else None


def calendar_at(policy: Policy, kind: str, category: str, area_class: str, stage: str) -> Calendar:
    """The calendar in which the clock of a request's stage runs. KeyError where the policy knows no such."""
    if kind != Kind.COMPLAINT:
        return calendar_of(policy, policy.procedures[category].stages[stage].timing)
    timing = timing_of(policy, category, area_class)
    beside = recovery_timing(timing) if stage == RECOVERY else None
    return calendar_of(policy, beside or timing)


@dataclass(frozen=True)
class Named:
    """Who did well and who needs help, each with how much of what was closed on the consumer's word was in time.

    `few` have too little to say anything of them.
    """

    well: tuple[str, ...]
    help: tuple[str, ...]
    few: int


def named(ended: Mapping[str, Mapping[Count, int]]) -> Named:
    """Whom to name: by the share of what the consumer himself called put right that was put right within its limit.

    Only where at least five were; above the share of all together is good work, under it asks for help.
    """
    counted = {who: (counts.get(Count.WITHIN, 0), counts.get(Count.WORD, 0)) for who, counts in ended.items()}
    enough = {who: Fraction(*pair) for who, pair in counted.items() if pair[1] >= FEW}
    few = sum(0 < word < FEW for _, word in counted.values())
    if not enough:
        return Named((), (), few)
    all_of = Fraction(sum(counted[who][0] for who in enough), sum(counted[who][1] for who in enough))
    order = sorted(enough, key=lambda who: (-enough[who], -counted[who][1], who))
    well = [who for who in order if enough[who] >= all_of and enough[who]]
    behind = [who for who in reversed(order) if enough[who] < all_of]
    return Named(tuple(well[:NAMED]), tuple(behind[:NAMED]), few)
