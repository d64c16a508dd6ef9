"""One officer proposes, another must agree: what is asked, and before whom it is put."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rules.escalation import barred
from rules.ladder import answers
from rules.request import CONSUMER, Elsewhere
from rules.terms import Codes, EventKind, NoticeKind, Proposal, Refused
from rules.turn import Refusal, Turn

LENGTHENING = frozenset({Proposal.CORRECT, Proposal.LOWER})
"""What may move the consumer's date: he is told both."""


def elsewhere(turn: Turn) -> Elsewhere:
    """Where the request would go; Refusal(UNKNOWN_CODE) for a category or office that does not exist."""
    if turn.ground.elsewhere is None:
        raise Refusal(Refused.UNKNOWN_CODE)
    return turn.ground.elsewhere


def propose(turn: Turn, what: Proposal, **data: Any) -> bool:
    """Ask the next tier, at the top whoever answers there; the clocks run on.

    True where nobody need be asked: the top itself proposes, and does not do the work.
    """
    task = turn.task
    none_pending(turn)
    found = answers(turn.ground.rungs, task.tier + 1, turn.at, barred(turn))
    if found is not None:
        ask_post(turn, what, found.post, **data)
        return False
    if turn.sent is None or turn.sent.post != task.answerable:
        ask_post(turn, what, task.answerable, **data)
        return False
    if turn.sent.post == task.handler:
        raise Refusal(Refused.AT_THE_TOP)
    return True


def none_pending(turn: Turn) -> None:
    """Refuse a second proposal while one is pending."""
    if turn.request.proposal:
        raise Refusal(Refused.ALREADY_PROPOSED)


def ask_post(turn: Turn, what: Proposal, post: str, **data: Any) -> None:
    """Put a proposal before `post`."""
    hidden = turn.ground.elsewhere is not None and turn.ground.elsewhere.ground.timing.confidential
    number = turn.event(EventKind.PROPOSED, public=not hidden, what=what, post=post, **data)
    by: Codes = {} if turn.sent is None else {"by": turn.sent.person, "from": turn.sent.post}
    if turn.whole.procedure is not None:
        by["task"] = turn.task.id
    tier = turn.task.tier
    kept = {"number": number, **({"hidden": True} if hidden else {})}
    turn.request.proposal = {"what": what.value, "post": post, "tier": tier, **by, **_plain(data), **kept}
    turn.tell_post(NoticeKind.PROPOSED, post, what=what, **data)
    if told_to_the_consumer(turn.request.proposal):
        turn.tell(NoticeKind.PROPOSED, CONSUMER, what=what, **data)


def told_to_the_consumer(proposal: Codes) -> bool:
    """Whether he hears of it, and then of how it was decided: of what may move his date, unless it would become confidential."""
    return proposal["what"] in LENGTHENING and not proposal.get("hidden")


def deciders(proposal: Codes, tier: int, answerable: str) -> frozenset[str]:
    """The posts that may decide: the one it was put before, and who answers now, if that is higher up than when it was asked.

    Never the one that proposed it. A quarrel of two offices is decided by the post above both alone.
    """
    posts = {str(proposal["post"])}
    if proposal["what"] != Proposal.TRANSFER and tier > proposal.get("tier", 1):
        posts.add(answerable)
    return frozenset(posts - {proposal.get("from")})


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in data.items() if v is not None}
