"""How a connection request ends early: all it took is undone, once, in the same transition, and money goes back by a task of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from rules.case import Note, NoteState, Wait
from rules.clocks import settle
from rules.procedure import Does, Lapse
from rules.request import CONSUMER, HANDLER, Hold, Task
from rules.stages import AGAIN, following, open_stage, procedure_of, stage_of
from rules.states import WORKED
from rules.terms import Closing, EventKind, NoticeKind, State
from rules.turn import Turn


def undo_all(turn: Turn) -> None:
    """Give back whatever the request took and did not give back yet: slots, meters, demand notes."""
    case = turn.request.case
    undone = case.held
    for taking in undone:
        taking.undone_at = turn.at
    for note in case.notes:
        note.state = NoteState.CANCELLED
    if undone:
        turn.event(EventKind.UNDONE, public=False, taken=[taking.what for taking in undone])


def let_go(turn: Turn, what: str) -> None:
    """Undo what of this sort is still taken."""
    for taking in turn.request.case.held:
        if taking.what == what:
            taking.undone_at = turn.at


def end_tasks(turn: Turn) -> None:
    """Every open stage ends without its outcome, its wait with it; money that goes back stays somebody's task."""
    for task in turn.request.open_tasks:
        if task.stage != procedure_of(turn).refund:
            if task.hold is not None:
                task.hold.end = turn.at
            task.done_at, task.outcome = turn.at, AGAIN


def refund_what_is_too_much(turn: Turn) -> None:
    """Open the stage in which money is given back, where more was paid than is owed; tell it anew when the sum changes.

    Whoever was about to give back another sum looks again; where nothing is left to give back, the stage ends.
    """
    code, surplus, focused = procedure_of(turn).refund, turn.request.case.surplus, turn.focused
    task = next((task for task in turn.request.open_tasks if task.stage == code), None)
    if code is None or surplus == (0 if task is None else task.data.get("amount")):
        return
    if task is None:
        turn.request.over = False
        open_stage(turn, procedure_of(turn).stages[code])
    else:
        turn.focus(task.id)
    turn.task.data["amount"] = surplus
    turn.event(EventKind.REFUND_DUE, amount=surplus)
    if surplus:
        turn.tell(NoticeKind.REFUND_DUE, CONSUMER, amount=surplus)
    else:
        turn.task.done_at, turn.task.outcome = turn.at, AGAIN
    turn.focus(focused)


def ran_out(turn: Turn, hold: Hold, due: datetime) -> None:
    """Somebody else's turn ran out: the clock goes on, or the request lapses, as the procedure says."""
    turn.event(EventKind.HOLD_ENDED, due=due, reason=hold.reason)
    settle(turn)
    if hold.reason == Wait.PAYMENT:
        _note_expired(turn, due)
    of_the_stage = hold.reason in set(Wait) - {Wait.VISIT}
    lapse = stage_of(turn).lapse if of_the_stage and turn.request.state in WORKED else Lapse.OFFICER
    if lapse is not Lapse.OFFICER:
        return lapsed(turn, due, refund=lapse is Lapse.REFUND)
    turn.tell(NoticeKind.RESUMED, CONSUMER, HANDLER, reason=hold.reason, due=turn.task.due)
    return None


def _note_expired(turn: Turn, due: datetime) -> None:
    note = turn.request.case.note
    if note is None or note.state is not NoteState.OPEN:
        return
    note.state = NoteState.EXPIRED
    lapses = stage_of(turn).lapse is not Lapse.OFFICER
    turn.event(EventKind.NOTE_EXPIRED, due=due, note=note.number)
    turn.tell(NoticeKind.NOTE_EXPIRED, CONSUMER, HANDLER, note=note.number, lapses=lapses or None)


def lapsed(turn: Turn, due: datetime, *, refund: bool) -> None:
    """The request lapses: what it took is undone; with `refund`, what was paid goes back without being asked for.

    So it does where money was going back to him already.
    """
    stage, handling = turn.task.stage, [task.id for task in turn.request.open_tasks]
    refund = refund or any(task.stage == procedure_of(turn).refund for task in turn.request.open_tasks)
    told = {"stage": stage, "refund": (refund and turn.request.case.balance > 0) or None}
    turn.to(State.LAPSED)
    turn.event(EventKind.LAPSED, due=due, stage=stage)
    turn.tell(NoticeKind.LAPSED, CONSUMER, **told)
    turn.tell_handlers(NoticeKind.LAPSED, handling, **told)
    turn.request.closing, turn.request.closed_at = Closing.LAPSED, turn.at
    turn.request.proposal = {}
    undo_all(turn)
    end_tasks(turn)
    if refund:
        refund_what_is_too_much(turn)
    over(turn)


def withdrawn(turn: Turn) -> None:
    """The applicant took it back: nothing of it is left behind."""
    undo_all(turn)
    refund_what_is_too_much(turn)
    over(turn)


def over(turn: Turn) -> None:
    """Nothing can happen any more, unless somebody still has something to do."""
    turn.request.over = not turn.request.open_tasks


def reopen(turn: Turn) -> None:
    """ "No light": the stage that the last one names is done once more, by the next tier, and all that follows it."""
    stages = procedure_of(turn).stages
    ended = [task for task in turn.request.tasks if task.stage != procedure_of(turn).refund]
    handed = [task for task in ended if stages[task.stage].does is Does.HANDOVER]
    last = (handed or ended)[-1]
    back = stages[stages[last.stage].back or last.stage]
    again = _after(turn, back.code) | {back.code}
    _done_again(turn, [task for task in turn.request.tasks if task.stage in again])
    open_stage(turn, back, tier=last.tier + 1)
    turn.task.data["denied"] = turn.at.isoformat()


def taken_up_again(turn: Turn) -> None:
    """The applicant objected: every stage that was not done opens once more, a tier above; what was undone is done again.

    Money that was to go back to him counts for the new demand note.
    """
    stages, refund = procedure_of(turn).stages, procedure_of(turn).refund
    for task in turn.request.open_tasks:
        task.done_at, task.outcome = turn.at, AGAIN
    worked = [task for task in turn.request.tasks if task.stage != refund]
    last = max(task.done_at for task in worked if task.done_at is not None)
    tier = max(task.tier for task in worked if task.done_at == last)
    _done_again(turn, [task for task in turn.request.tasks if stages[task.stage].does in UNDONE])
    turn.to(State.RECEIVED if turn.request.complete_at is None else State.COMPLETE)
    while (stage := next(following(turn), None)) is not None:
        open_stage(turn, stage, tier=tier + 1)


UNDONE = frozenset({Does.NOTE, Does.PAYMENT, Does.BILL, Does.METER})
"""Stages whose work is undone when a request ends early."""


def _done_again(turn: Turn, tasks: Collection[Task]) -> None:
    """These stages are done once more; what they asked money for is asked for anew, and what was paid counts."""
    stages = procedure_of(turn).stages
    asked = [task.done_at for task in tasks if stages[task.stage].does in {Does.NOTE, Does.BILL}]
    since = min((at for at in asked if at is not None), default=None)
    for task in tasks:
        task.outcome = AGAIN
    if since is not None:
        revoke(turn, [note for note in turn.request.case.notes if note.issued_at >= since])


def revoke(turn: Turn, notes: Collection[Note]) -> None:
    """These demand notes no longer count."""
    for note in notes:
        note.state = NoteState.CANCELLED
    numbers = {note.number for note in notes}
    for taking in turn.request.case.held:
        if taking.key in numbers:
            taking.undone_at = turn.at


def _after(turn: Turn, code: str) -> set[str]:
    stages = procedure_of(turn).stages
    found: set[str] = set()
    while more := {s.code for s in stages.values() if s.code not in found and (found | {code}) & set(s.after)}:
        found |= more
    return found
