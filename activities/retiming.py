"""The pen's part in new timings: one request of the list, brought under the version the list names, in the pen's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.ground import Fillings, Policies, ground_of, reseated
from models.requests import ServiceRequest
from models.retiming import Outcome, settled
from rules.request import Ground, Request
from rules.retiming import Unfit, escalated, retime, retimed
from rules.terms import Refused
from rules.turn import Refusal, Turn

NOBODY: Fillings = {}
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
    """The turn that applies the version `sent` names, and who fills the posts under it; Refusal where it is not applied.

    The promised time goes on in the calendar of the version it was given under.
    """
    before, after = int(sent.data["before"]), int(sent.data["after"])
    if row.policy_version != before:
        raise Refusal(Refused.STALE)
    try:
        policy, filled = await policies.of(session, after), NOBODY
        new = reseated(row, ground, policy, at)
        if new is None:
            new, filled = await ground_of(session, row, policy, at)
        turn = retime(request, ground, new, at, before=before, version=after)
    except (Unfit, KeyError):
        raise Refusal(Refused.UNKNOWN_CODE) from None
    if not retimed(turn):
        raise Refusal(Refused.ILLEGAL)
    if row.standard_version is None and turn.request.standard is not None:
        row.standard_version = before
    row.policy_version = after
    return turn, filled


async def written_down(
    session: AsyncSession, sent: Submission, request: Request, turn: Turn | None, now: datetime
) -> None:
    """What became of it, into the list; and when the request wakes, if that is earlier than it was."""
    by = None
    if turn is None:
        outcome = OUTCOMES.get(Refused(sent.refused or Refused.STALE), Outcome.CHANGED)
    else:
        outcome = Outcome.ESCALATED if escalated(turn) else Outcome.MOVED
        by = tell_by(request, turn)
    await settled(session, int(sent.data["retiming"]), sent.reference, outcome, now, by)


def tell_by(before: Request, turn: Turn) -> datetime | None:
    """When a request wakes now, if that is earlier than it was: until then its workflow must hear of it."""
    wakes = turn.request.wake_at
    return wakes if wakes is not None and (before.wake_at is None or wakes < before.wake_at) else None
