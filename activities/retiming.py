"""The pen's part in new timings: one request of the list, brought under the version the list names, in the pen's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.ground import Fillings, Policies, ground_of
from models.requests import ServiceRequest
from models.retiming import Outcome
from models.storm import lines
from rules.request import Ground, Request
from rules.retiming import Unfit, escalated, retime, retimed
from rules.terms import Refused
from rules.turn import Refusal, Turn

OUTCOMES = {
    Refused.STALE: Outcome.CHANGED,
    Refused.UNKNOWN_CODE: Outcome.UNFIT,
    Refused.ILLEGAL: Outcome.CLOSED,
}


async def brought_under(
    session: AsyncSession,
    row: ServiceRequest,
    request: Request,
    sent: Submission,
    ground: Ground,
    policies: Policies,
    at: datetime,
) -> tuple[Turn, Fillings]:
    """The turn that applies the version `sent` names, and who fills the posts under it; Refusal where it is not applied."""
    try:
        new, filled = await ground_of(session, row, await policies.of(session, int(sent.data["after"])), at)
    except KeyError:
        raise Refusal(Refused.UNKNOWN_CODE) from None
    turn = _judged(row, request, sent, ground, new, at)
    if turn.wanted:
        of = {**ground.lines, **await lines(session, turn.wanted, at)}
        turn = _judged(row, request, sent, replace(ground, lines=of), replace(new, lines=of), at)
    return _pinned(row, sent, turn), filled


def applied(row: ServiceRequest, request: Request, sent: Submission, ground: Ground, new: Ground, at: datetime) -> Turn:
    """The turn that brings a request under the version `sent` names; Refusal where it cannot be.

    The promised time goes on in the calendar of the version it was given under.
    """
    return _pinned(row, sent, _judged(row, request, sent, ground, new, at))


def _judged(row: ServiceRequest, request: Request, sent: Submission, ground: Ground, new: Ground, at: datetime) -> Turn:
    before, after = int(sent.data["before"]), int(sent.data["after"])
    if row.policy_version != before:
        raise Refusal(Refused.STALE)
    try:
        turn = retime(Turn.of(request, ground, at), new, before=before, version=after)
    except (Unfit, KeyError):
        raise Refusal(Refused.UNKNOWN_CODE) from None
    if not retimed(turn):
        raise Refusal(Refused.ILLEGAL)
    return turn


def _pinned(row: ServiceRequest, sent: Submission, turn: Turn) -> Turn:
    if row.standard_version is None and turn.request.standard is not None:
        row.standard_version = row.policy_version
    row.policy_version = int(sent.data["after"])
    return turn


def outcome(sent: Submission, turn: Turn | None) -> str:
    """What became of it, for the list."""
    if turn is None:
        return OUTCOMES.get(Refused(sent.refused or Refused.STALE), Outcome.CHANGED).value
    return (Outcome.ESCALATED if escalated(turn) else Outcome.MOVED).value


def tell_by(before: Request, turn: Turn | None) -> datetime | None:
    """When a request wakes now, if that is earlier than it was: until then its workflow must hear of it."""
    wakes = None if turn is None else turn.request.wake_at
    return wakes if wakes is not None and (before.wake_at is None or wakes < before.wake_at) else None
