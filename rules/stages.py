"""The stages of a connection request: each opens as a task of its own, waits for whose turn it is, and ends by its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from rules.case import Wait
from rules.clocks import after, settle
from rules.closing import ask, closed
from rules.giving import give_out
from rules.procedure import Does, Procedure, Stage, Whose, ended, opening
from rules.request import ANSWERABLE, CONSUMER, HANDLER, Hold
from rules.terms import Actor, Closing, EventKind, NoticeKind, Proposal, State
from rules.turn import Turn
from rules.visits import offers

A_DAY = timedelta(days=1)
AGAIN = "again"
"""The outcome of a stage that was done and must be done once more."""


def procedure_of(turn: Turn) -> Procedure:
    """The procedure of the request; a connection request has one."""
    assert turn.whole.procedure is not None
    return turn.whole.procedure


def stage_of(turn: Turn) -> Stage:
    """The stage of the task this is about."""
    return procedure_of(turn).stages[turn.task.stage]


def load_of(turn: Turn) -> Decimal | None:
    """The load asked for in kW; None where none is."""
    load = turn.request.application.get("load")
    return None if load is None else Decimal(str(load))


def done(turn: Turn) -> dict[str, str | None]:
    """The stages that ended, with their outcomes."""
    ended_tasks = [task for task in turn.request.tasks if task.done_at is not None and task.outcome != AGAIN]
    return {task.stage: task.outcome for task in ended_tasks}


def open_what_follows(turn: Turn) -> None:
    """Open every stage whose turn has come; when all are done the applicant is asked, or it closes."""
    procedure = procedure_of(turn)
    while (stage := next(following(turn), None)) is not None:
        open_stage(turn, stage)
    if ended(procedure, done(turn)) and turn.request.state is State.COMPLETE:
        _all_done(turn)


def following(turn: Turn) -> Iterator[Stage]:
    """The stages whose turn has come. Opening one may end it and open others: look anew after each."""
    return opening(procedure_of(turn), done(turn), [task.stage for task in turn.request.open_tasks])


def open_stage(turn: Turn, stage: Stage, tier: int = 1, brought: datetime | None = None) -> None:
    """Give a stage out from `tier` on; where it is somebody else's turn, wait for him. No officer is told of one just `brought` forward."""
    times = sum(task.stage == stage.code for task in turn.request.tasks)
    first = not turn.request.tasks
    id = f"{turn.request.reference}/{stage.code}" + (f"/{times + 1}" if times else "")
    give_out(turn, stage.code, id, brought or (turn.request.registered_at if first else turn.at), tier)
    if brought is None:
        turn.tell(NoticeKind.ASSIGNED, HANDLER, ANSWERABLE, stage=stage.code, tier=turn.task.tier)
    if stage.does is Does.VISIT:
        offer_slots(turn)
    elif stage.whose is Whose.THIRD_PARTY:
        wait(turn, Wait.PERMISSION)
    elif stage.does is Does.PAYMENT:
        await_payment(turn)


def await_payment(turn: Turn) -> None:
    """The demand note is to be paid while it is good; one that asks for nothing more ends the stage at once."""
    if turn.request.case.to_pay == 0:
        return finish(turn)
    note = turn.request.case.note
    wait(turn, Wait.PAYMENT, until=None if note is None else note.expires_at)
    return None


def wait(turn: Turn, why: Wait, *, until: datetime | None = None, stops_standard: bool = True) -> None:
    """It is somebody else's turn, at most for as long as the stage says; he is reminded before."""
    stage = stage_of(turn)
    end = until or (None if stage.limit is None else after(stage.limit, turn.at))
    remind = None if end is None or stage.remind is None else end - (after(stage.remind, turn.at) - turn.at)
    remind = remind if remind is not None and remind > turn.at else None
    author = turn.sent.person if turn.sent is not None and turn.sent.actor is Actor.OFFICER else None
    turn.task.holds.append(
        Hold(why, turn.at, limit_at=end, stops_standard=stops_standard, author=author, remind_at=remind)
    )
    turn.event(EventKind.HELD, reason=why, limit=end)


def wait_for_visit(turn: Turn, start: datetime) -> None:
    """A date was chosen: the tier's clock waits for it. The promised time does not: the office offered the dates."""
    remind = start - A_DAY if start - A_DAY > turn.at else None
    turn.task.holds.append(Hold(Wait.VISIT, turn.at, limit_at=start, stops_standard=False, remind_at=remind))


def go_on(turn: Turn) -> None:
    """End the wait: it is the office's turn again."""
    if (hold := turn.task.hold) is not None:
        hold.end = turn.at
        settle(turn)


def offer_slots(turn: Turn, *, why: Wait = Wait.SLOT, held: bool = True, beyond: str | None = None) -> None:
    """Offer three dates, after `beyond` if that is given; with `held`, the clocks wait for the choice."""
    begin = turn.at if beyond is None else max(turn.at, datetime.fromisoformat(beyond))
    free = offers(procedure_of(turn).slots, turn.ground.calendar, begin, turn.request.office, turn.whole.taken)
    turn.task.data["slots"] = [{"key": s.key, "start": s.start.isoformat(), "end": s.end.isoformat()} for s in free]
    turn.task.data.pop("slot", None)
    turn.event(EventKind.SLOTS_OFFERED, slots=turn.task.data["slots"])
    turn.tell(NoticeKind.SLOTS, CONSUMER, slots=turn.task.data["slots"])
    if held and free:
        wait(turn, why)


def chosen_start(turn: Turn) -> datetime | None:
    """When the chosen visit begins; None while none is chosen."""
    return _chosen(turn, "start")


def chosen_end(turn: Turn) -> datetime | None:
    """When the chosen visit should be over; None while none is chosen."""
    return _chosen(turn, "end")


def _chosen(turn: Turn, which: str) -> datetime | None:
    slot = turn.task.data.get("slot")
    return None if slot is None else datetime.fromisoformat(slot[which])


def finish(turn: Turn, outcome: str | None = None, **data: Any) -> None:
    """The stage is done; what follows opens. Whoever proposed to reject the request there and went on instead took that back."""
    task = turn.task
    go_on(turn)
    proposal = turn.request.proposal
    if proposal.get("what") == Proposal.REJECT and proposal.get("task") == task.id:
        turn.request.proposal = {}
    task.done_at, task.outcome = turn.at, outcome
    turn.event(EventKind.STAGE_DONE, stage=task.stage, outcome=outcome, **data)
    if stage_of(turn).does not in SAID_OTHERWISE:
        turn.tell(NoticeKind.STAGE_DONE, CONSUMER, stage=task.stage, outcome=outcome)
    if turn.request.state in {State.RECEIVED, State.COMPLETE}:
        open_what_follows(turn)


SAID_OTHERWISE = frozenset({Does.NOTE, Does.PAYMENT, Does.BILL, Does.REFUND, Does.HANDOVER})
"""Stages whose end the consumer hears of in words of its own."""


def _all_done(turn: Turn) -> None:
    request, procedure = turn.request, procedure_of(turn)
    request.resolved_at = turn.at
    request.put_right_at = request.put_right_at or turn.at
    turn.to(State.DONE)
    turn.event(EventKind.DONE, put_right=request.put_right_at)
    if procedure.confirm is None:
        closed(turn, Closing.NOT_ASKED)
    else:
        ask(turn, procedure.confirm)
