"""Who is away in the next days: stretches in which a post has nobody, and those in which somebody is missing from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.ladder import Filling, Seat, Skip
from rules.roster import stints

LOOKED_AHEAD = timedelta(days=7)


class Why(StrEnum):
    """What is said of a stretch: nobody is in the post, nobody is on its roster then, one is on leave, one has charge."""

    VACANT = "vacant"
    ROSTER = "roster"
    LEAVE = "leave"
    CHARGE = "charge"


@dataclass(frozen=True)
class Absence:
    """One stretch: `person` is who is away, or has charge; `instead` are those in the post meanwhile, none when it is empty.

    It lasts over what was looked at where `until` is None.
    """

    post: str
    why: Why
    since: datetime
    until: datetime | None
    person: int | None = None
    instead: tuple[int, ...] = ()


def absences(seat: Seat, at: datetime, until: datetime) -> Iterator[Absence]:
    """What there is to know of a post from `at` to `until`, in no order."""
    yield from _empty(seat, at, until)
    for filling in seat.fillings:
        yield from _missing(seat, filling, at, until)
        if filling.how == "charge" and filling.since < until and (filling.until is None or filling.until > at):
            yield Absence(seat.post, Why.CHARGE, filling.since, filling.until, filling.person)


def _empty(seat: Seat, at: datetime, until: datetime) -> Iterator[Absence]:
    """Nobody is there: by the roster where somebody is in the post by one, else because it is vacant. Leave is said of its person."""
    for stint in stints(seat, at, until):
        if stint.why is Skip.VACANT:
            by_roster = any(
                one.roster is not None and one.since < stint.until and (one.until is None or one.until > stint.since)
                for one in seat.fillings
            )
            end = None if stint.until == until else stint.until
            yield Absence(seat.post, Why.ROSTER if by_roster else Why.VACANT, stint.since, end)


def _missing(seat: Seat, filling: Filling, at: datetime, until: datetime) -> Iterator[Absence]:
    for start, end in filling.away:
        first = max(start, filling.since)
        last = min((one for one in (end, filling.until) if one is not None), default=None)
        if first >= until or (last is not None and (last <= at or last <= first)):
            continue
        there = stints(seat, max(first, at), min(last or until, until))
        instead = dict.fromkeys(one.person for one in there if one.person not in (None, filling.person))
        yield Absence(seat.post, Why.LEAVE, first, last, filling.person, tuple(p for p in instead if p is not None))
