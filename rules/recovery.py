"""Recovery of dues is held while they are disputed: a task of its own for the revenue post, told to the consumer only when it is done."""

from __future__ import annotations

from rules.given import need
from rules.giving import give_out
from rules.request import ANSWERABLE, CONSUMER, HANDLER, RECOVERY, Sent
from rules.terms import EventKind, NoticeKind, Refused
from rules.turn import Turn


def hold_recovery(turn: Turn) -> None:
    """Open the task, where the category has one; the consumer hears nothing of it yet."""
    if RECOVERY in turn.whole.stages:
        give_out(
            turn,
            RECOVERY,
            f"{turn.request.reference}/{RECOVERY}",
            turn.request.brought_at or turn.request.registered_at,
        )
        turn.tell(NoticeKind.ASSIGNED, HANDLER, ANSWERABLE, tier=turn.task.tier)
        turn.focus(None)


def recovery_held(turn: Turn, sent: Sent) -> None:
    """Recovery is held: from now on the consumer may count on it."""
    need(sent.words, Refused.OUT_OF_RANGE)
    turn.task.done_at, turn.task.outcome = turn.at, "held"
    turn.event(EventKind.RECOVERY_HELD)
    turn.tell(NoticeKind.RECOVERY_HELD, CONSUMER)
