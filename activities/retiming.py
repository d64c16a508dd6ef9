"""The pen's part in new timings: one request of the list, brought under the version the list names, in the pen's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.events import Submission
from models.ground import Fillings, Policies, ground_of
from models.requests import ServiceRequest
from models.retiming import Outcome
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
    """The turn that applies the version `sent` names, and who fills the posts under it; Refusal where it is not applied.

    The promised time goes on in the calendar of the version it was given under.
    """
    before, after = int(sent.data["before"]), int(sent.data["after"])
    if row.policy_version != before:
        raise Refusal(Refused.STALE)
    try:
        new, filled = await ground_of(session, row, await policies.of(session, after), at)
        turn = retime(request, ground, new, at, before=before, version=after)
    except (Unfit, KeyError):
        raise Refusal(Refused.UNKNOWN_CODE) from None
    if not retimed(turn):
        raise Refusal(Refused.ILLEGAL)
    if row.standard_version is None and turn.request.standard is not None:
        row.standard_version = before
    row.policy_version = after
    return turn, filled


def outcome(sent: Submission, turn: Turn | None) -> str:
    """What became of it, for the list."""
    if turn is None:
        return OUTCOMES.get(Refused(sent.refused or Refused.STALE), Outcome.CHANGED).value
    return (Outcome.ESCALATED if escalated(turn) else Outcome.MOVED).value
