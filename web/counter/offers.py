"""What may be taken from a consumer by word of mouth, from how his request stands. The pen has the last word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.callers import Overview
from models.requests import ServiceRequest
from rules.policy import UNPLACED
from rules.states import OPEN
from rules.terms import Act, State

AT_ONCE = frozenset(
    {Act.CONFIRM, Act.NOT_REPAIRED, Act.SUPPLY_BACK, Act.ESCALATE, Act.CALLED_AGAIN, Act.CALLED, Act.MISSED, Act.CLAIM}
)
"""What needs no more than its button."""

ASKED = frozenset(
    {
        Act.SOLVED, Act.WITHDRAW, Act.ADD, Act.OBJECT, Act.REOPEN, Act.CHANGE_PHONE, Act.PRESENT, Act.RAISE, Act.COMPLAIN, Act.SLOT,
        Act.PAY, Act.TRANSFER,
    }
)  # fmt: skip
"""What needs words, a reason, a number, a claim, a category, a date or an amount beside it."""

PICTURES: Mapping[Act, str] = {
    Act.CONFIRM: "check",
    Act.NOT_REPAIRED: "circle-x",
    Act.SUPPLY_BACK: "zap",
    Act.SOLVED: "circle-check",
    Act.PRESENT: "user-check",
    Act.ESCALATE: "trending-up",
    Act.REOPEN: "undo-2",
    Act.ADD: "message-square-text",
    Act.TRANSFER: "map-pin",
    Act.WITHDRAW: "undo-2",
    Act.OBJECT: "scale",
    Act.CALLED_AGAIN: "bell",
    Act.CALLED: "phone",
    Act.CHANGE_PHONE: "phone",
    Act.RAISE: "triangle-alert",
    Act.COMPLAIN: "bell",
    Act.SLOT: "calendar-check",
    Act.PAY: "indian-rupee",
    Act.CLAIM: "indian-rupee",
    Act.DOCUMENT: "file-plus",
    Act.MISSED: "user-x",
}
"""One picture an action."""

WORKED: tuple[Act, ...] = (Act.CALLED_AGAIN, Act.SUPPLY_BACK, Act.ADD, Act.CHANGE_PHONE, Act.WITHDRAW)
OFFERED: Mapping[State, tuple[Act, ...]] = {
    State.RECEIVED: (*WORKED, Act.SOLVED),
    State.ASSIGNED: (*WORKED, Act.SOLVED),
    State.IN_PROGRESS: WORKED,
    State.ON_HOLD: (Act.PRESENT, *WORKED),
    State.RESOLVED: (Act.CONFIRM, Act.NOT_REPAIRED, Act.CALLED_AGAIN, Act.ADD, Act.CHANGE_PHONE, Act.WITHDRAW),
    State.CLOSED: (Act.REOPEN, Act.CHANGE_PHONE),
    State.REJECTED: (Act.OBJECT, Act.CHANGE_PHONE),
}
"""What the state alone allows, the likeliest first."""


@dataclass(frozen=True)
class Offers:
    """`answers` are taken from the consumer, first the ones he is asked for; `raising`: it can be raised to safety."""

    answers: tuple[Act, ...] = ()
    called: bool = False
    raising: bool = False


def offered(row: ServiceRequest, may: Collection[str], now: datetime) -> Offers:
    """What the counter may take for this request at `now`; `may`: what the consumer may do himself."""
    state = State(row.state)
    if row.confidential:
        return Offers((Act.ADD,) if state in OPEN else ())
    acts = [act for act in OFFERED.get(state, ()) if _still(act, row, now)]
    if Act.SUPPLY_BACK not in may:
        acts = [act for act in acts if act is not Act.SUPPLY_BACK]
    if Act.ESCALATE in may:
        acts.insert(0, Act.ESCALATE)
    if row.area_class == UNPLACED and state in OPEN and state is not State.RESOLVED:
        acts.insert(0, Act.TRANSFER)
    calling = state is State.RESOLVED and row.call_back_at is not None
    return Offers(tuple(acts), calling, state in OPEN and not row.safety)


def _still(act: Act, row: ServiceRequest, now: datetime) -> bool:
    """Whether an act of the state is not over yet."""
    if row.over or (act is Act.SOLVED and (row.safety or row.repeats or row.reopened)):
        return False
    if act is Act.OBJECT and row.objected:
        return False
    if act in (Act.REOPEN, Act.OBJECT):
        return row.reopen_until is not None and now < row.reopen_until
    return True


def may_print(file: Overview, person: int, posts: Collection[str]) -> bool:
    """Whether this agent may print a slip, which speaks for the consumer.

    Never one who does the work or answers for it; of a confidential request only who wrote it down.
    """
    row = file.request
    if row.over or file.involved & set(posts):
        return False
    return not row.confidential or row.filed_by == person
