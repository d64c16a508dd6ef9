"""Who answers at a tier now: who fills its post at this instant, and who must not because he already answered below."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.calendar import Calendar

HEARING = "hearing"
"""The ladder of a matter that is heard, not repaired: it is spoken of by dates, without hours."""


class Skip(StrEnum):
    """Why a tier was passed over: nobody fills its post now, or only one who was already answerable or is concerned."""

    VACANT = "vacant"
    ON_LEAVE = "on_leave"
    SAME_PERSON = "same_person"
    CONCERNED = "concerned"


@dataclass(frozen=True)
class Filling:
    """One person in a post from `since` to `until` (None: open), in person, by roster or in additional charge.

    `roster` narrows it to the spans of that calendar; `away` are stretches of that person's leave (end None: open).
    """

    person: int
    how: str
    since: datetime
    until: datetime | None = None
    roster: Calendar | None = None
    away: tuple[tuple[datetime, datetime | None], ...] = ()

    def covers(self, at: datetime) -> bool:
        """Whether the post is this person's at `at`, present or not."""
        if at < self.since or (self.until is not None and at >= self.until):
            return False
        return self.roster is None or self.roster.is_open(at)

    def is_away(self, at: datetime) -> bool:
        """Whether the person is on leave at `at`."""
        return any(start <= at and (end is None or at < end) for start, end in self.away)


@dataclass(frozen=True)
class Seat:
    """A post of a tier and who fills it."""

    post: str
    fillings: tuple[Filling, ...] = ()
    never_vacant: bool = False


@dataclass(frozen=True)
class Rung:
    """A tier of a ladder at one office: its role and the posts of that role that answer for the office.

    `concerned`: it has no seats because whoever fills them is concerned in the request himself.
    """

    tier: int
    role: str
    seats: tuple[Seat, ...]
    concerned: bool = False


@dataclass(frozen=True)
class Passed:
    """A tier that was passed over, its post (empty if the office has none), and why."""

    tier: int
    post: str
    role: str
    why: Skip


@dataclass(frozen=True)
class Answering:
    """The tier and post that answer now, who fills it (None: nobody, but the post is never vacant), what was passed over."""

    tier: int
    role: str
    post: str
    person: int | None
    passed: tuple[Passed, ...] = ()

    @property
    def line(self) -> str:
        """In whose line one stands who comes to him: the person's, whatever posts he fills; the post's where nobody does."""
        return self.post if self.person is None else f"person {self.person}"


ORDER = {"person": 0, "roster": 1, "charge": 2}


def present(seat: Seat, at: datetime, barred: Container[int] = ()) -> int | Skip | None:
    """The person in `seat` at `at`, or why there is none. In person comes before roster before additional charge."""
    covering = sorted((f for f in seat.fillings if f.covers(at)), key=lambda f: ORDER.get(f.how, 3))
    here = [f for f in covering if not f.is_away(at)]
    for filling in here:
        if filling.person not in barred:
            return filling.person
    if here:
        return Skip.SAME_PERSON
    return Skip.ON_LEAVE if covering else Skip.VACANT


def answers(rungs: Sequence[Rung], tier: int, at: datetime, barred: Container[int] = ()) -> Answering | None:
    """Who answers from `tier` upward at `at`; None past the last tier.

    A tier whose post nobody fills, or only a person in `barred` (already answerable lower down), is passed over at once;
    a post declared never vacant answers even so.
    """
    passed: list[Passed] = []
    for rung in rungs[tier - 1 :]:
        found = _in(rung, at, barred)
        if isinstance(found, Answering):
            return Answering(found.tier, found.role, found.post, found.person, tuple(passed))
        passed.append(found)
    if not passed or not rungs[-1].seats:
        return None
    last = rungs[-1]
    return Answering(last.tier, last.role, last.seats[0].post, None, tuple(passed[:-1]))


def _in(rung: Rung, at: datetime, barred: Container[int]) -> Answering | Passed:
    why, where = Skip.CONCERNED if rung.concerned else Skip.VACANT, rung.seats[0].post if rung.seats else ""
    for seat in rung.seats:
        who = present(seat, at, barred)
        if isinstance(who, int):
            return Answering(rung.tier, rung.role, seat.post, who)
        if seat.never_vacant:
            return Answering(rung.tier, rung.role, seat.post, None)
        if isinstance(who, Skip) and who is not Skip.VACANT:
            why, where = who, seat.post
    return Passed(rung.tier, where, rung.role, why)
