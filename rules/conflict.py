"""Nobody handles or answers for what he is concerned in himself: his posts are taken off the ladder, the next tier answers."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime

from rules.ladder import Rung, Seat
from rules.request import Ground


def without(ground: Ground, concerned: Container[int], at: datetime) -> Ground:
    """The ground without the posts that one of these persons fills at `at`; unchanged where no post would be left."""
    rungs = [_without(rung, concerned, at) for rung in ground.rungs]
    while rungs and not rungs[-1].seats:
        rungs.pop()
    if not rungs:
        return ground
    gone = _posts(ground.rungs) - _posts(rungs)
    return replace(
        ground,
        rungs=rungs,
        candidates=[one for one in ground.candidates if one.post not in gone],
        receivers=ground.receivers - gone,
        stages={code: without(stage, concerned, at) for code, stage in ground.stages.items()},
    )


def _without(rung: Rung, concerned: Container[int], at: datetime) -> Rung:
    seats = tuple(seat for seat in rung.seats if not _held_by(seat, concerned, at))
    return rung if seats == rung.seats else replace(rung, seats=seats, concerned=not seats)


def _held_by(seat: Seat, concerned: Container[int], at: datetime) -> bool:
    return any(one.person in concerned and one.covers(at) for one in seat.fillings)


def _posts(rungs: Sequence[Rung]) -> frozenset[str]:
    return frozenset(seat.post for rung in rungs for seat in rung.seats)
