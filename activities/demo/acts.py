"""What goes with an act of the demo's people: reasons, causes and instants, chosen from what the utility has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from activities.demo.words import Work
from models.ground import Fillings
from rules.policy import SUPPLY
from rules.request import UNDER_QUESTION, Ground, Request
from rules.terms import Act, Codes

FIVE_MINUTES = timedelta(minutes=5)
CREW = ("crew-on-the-way", "fault-sought", "crew-on-site", "material-awaited")
DESK = ("record-checked",)
VISIT = ("premises-locked", "date-asked")
PAPERS = ("document-wanted", "payment-wanted")
NO_CAUSE = frozenset({"something-else", "nothing-found"})
AWAKE = (8, 21)
"""Hours of the local day in which consumers answer."""


@dataclass(frozen=True)
class Scene:
    """Where a request plays: the ground of its category and office, who fills the posts, and in which language they write."""

    category: str
    language: str
    ground: Ground
    filled: Fillings
    zone: ZoneInfo
    staff: Mapping[int, str]
    withdraw_reasons: tuple[str, ...]

    @property
    def work(self) -> Work:
        """Where its work is done."""
        timing = self.ground.timing
        if timing.confidential:
            return Work.CONFIDENTIAL
        return Work.FIELD if timing.ladder in (SUPPLY, "safety") else Work.DESK


def data_of(scene: Scene, act: Act, request: Request, at: datetime, dice: Random, reach: float) -> Codes:
    """The data of an act at `at`. `reach`: how far ahead an expected time lies, as a share of what is left of the tier."""
    ground, in_the_field = scene.ground, scene.work is Work.FIELD
    match act:
        case Act.EXPECT:
            reason = _one_of(dice, ground.expected_reasons, CREW if in_the_field else DESK)
            return {"until": _ahead(scene, request, at, reach).isoformat(), "reason": reason}
        case Act.HOLD:
            return {"reason": _one_of(dice, ground.hold_reasons, VISIT if in_the_field else PAPERS)}
        case Act.RESOLVE:
            cause = _one_of(dice, ground.causes - NO_CAUSE or ground.causes)
            return {"cause": cause, "put_right": _put_right(request, at, dice).isoformat()}
        case Act.DIRECT:
            return {"by": _ahead(scene, request, at, 0.4).isoformat()}
        case Act.WITHDRAW:
            return {"reason": dice.choice(scene.withdraw_reasons)}
        case Act.CONFIRM | Act.NOT_REPAIRED:
            return {"question": request.question_number}
    return {}


def _one_of(dice: Random, codes: frozenset[str], liked: tuple[str, ...] = ()) -> str:
    return dice.choice([code for code in liked if code in codes] or sorted(codes))


def _ahead(scene: Scene, request: Request, at: datetime, reach: float) -> datetime:
    """An instant on a round five minutes, so far ahead of what is left of the tier, in working time."""
    due = request.task.due if request.task is not None else None
    left = due - at if due is not None and due > at else timedelta(hours=4)
    then = scene.ground.calendar.next_opening(at + max(left * reach, FIVE_MINUTES))
    return then + FIVE_MINUTES - timedelta(minutes=then.minute % 5, seconds=then.second, microseconds=then.microsecond)


def _put_right(request: Request, at: datetime, dice: Random) -> datetime:
    """Some minutes before it is said, but never before the consumer denied it."""
    denied = [hold.end for hold in request.holds if hold.reason == UNDER_QUESTION and hold.end is not None]
    return max([request.registered_at, *denied, at - timedelta(minutes=dice.uniform(3, 20))])


def daytime(at: datetime, zone: ZoneInfo, dice: Random) -> datetime:
    """`at`, or some time in the next morning if people sleep then."""
    local = at.astimezone(zone)
    if AWAKE[0] <= local.hour < AWAKE[1]:
        return at
    morning = local.replace(hour=AWAKE[0], minute=0) + timedelta(days=local.hour >= AWAKE[1])
    return (morning + timedelta(minutes=dice.uniform(0, 150))).astimezone(UTC)
