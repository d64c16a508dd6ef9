"""What may be taken from an applicant by word of mouth, or over the counter. The pen has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.casefile import CaseFile
from rules.case import Wait
from rules.officer_acts import ENDED_BY_DOING
from rules.states import ASKED, OPEN
from rules.terms import Act, State
from web.counter.offers import Offers
from web.desk.stage_offers import is_good

WORKED = (Act.COMPLAIN, Act.ADD, Act.CHANGE_PHONE, Act.WITHDRAW)
OFFERED: Mapping[State, tuple[Act, ...]] = {
    State.RECEIVED: WORKED,
    State.COMPLETE: WORKED,
    State.DONE: (Act.CONFIRM, Act.NOT_REPAIRED, Act.ADD, Act.CHANGE_PHONE, Act.WITHDRAW),
    State.CLOSED: (Act.REOPEN, Act.CHANGE_PHONE),
    State.REJECTED: (Act.OBJECT, Act.CHANGE_PHONE),
}
"""What the state alone allows, the likeliest first."""


def offered_for(file: CaseFile, wanted: tuple[str, ...], now: datetime) -> Offers:
    """What the counter may take for this application at `now`; `wanted` are its papers. What is awaited of him comes first."""
    row, state = file.request, State(file.request.state)
    if row.over and not file.gathered.to_pay:
        return Offers()
    own = [act for act in OFFERED.get(state, ()) if _still(act, file, now)] if not row.over else []
    lapsed = row.standard_lapsed_at is not None and state not in ASKED and state in OPEN
    acts = [*_awaited(file, wanted, now), *([Act.ESCALATE] if lapsed else []), *own]
    return Offers(tuple(acts), state is State.DONE and row.call_back_at is not None)


def _still(act: Act, file: CaseFile, now: datetime) -> bool:
    """Whether an act of the state is not over yet."""
    row = file.request
    if act is Act.OBJECT and row.objected:
        return False
    if act in (Act.REOPEN, Act.OBJECT):
        return row.reopen_until is not None and now < row.reopen_until
    return True


def _awaited(file: CaseFile, wanted: tuple[str, ...], now: datetime) -> list[Act]:
    """What the open stages wait for: papers, a date, money, or his word that he was there."""
    acts: list[Act] = []
    if any(not is_good(file.gathered.paper(code)) for code in wanted) and file.request.state == State.RECEIVED:
        acts.append(Act.DOCUMENT)
    for task in file.open_tasks:
        here = file.at(task)
        reason = here.pause.reason if here.pause else None
        if task.data.get("slots") and task.data.get("slot") is None:
            acts.append(Act.SLOT)
        if task.data.get("slot") and datetime.fromisoformat(task.data["slot"]["end"]) <= now:
            acts.append(Act.MISSED)
        if reason is not None and reason not in ENDED_BY_DOING | {Wait.NO_ACCESS}:
            acts.append(Act.PRESENT)
    if file.gathered.to_pay:
        acts.append(Act.PAY)
    return list(dict.fromkeys(acts))
