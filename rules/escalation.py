"""Answerability moves up: to whoever fills the next tier's post now, and past the last tier to the forum."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rules.clocks import after, settle
from rules.ladder import Answering, Passed, Seat, answers, present
from rules.request import ANSWERABLE, CONSUMER, HANDLER
from rules.terms import Cause, EventKind, NoticeKind, State
from rules.turn import Given, Turn


def at_the_top(turn: Turn) -> bool:
    """Whether nobody above the present tier could answer."""
    return turn.task.tier >= len(turn.ground.rungs)


def next_above(turn: Turn) -> Answering | None:
    """Who would answer next; None at the top."""
    return None if at_the_top(turn) else answers(turn.ground.rungs, turn.task.tier + 1, turn.at, barred(turn))


def consumer_may_send_up(turn: Turn) -> bool | None:
    """As a message says it: True where somebody is above to whom he may send it himself, None where nobody is."""
    tasks = [None] if turn.whole.procedure is None else [one.id for one in turn.request.open_tasks if one.hold is None]
    focused, found = turn.focused, False
    for task in tasks:
        turn.focus(task)
        found = found or next_above(turn) is not None
    turn.focus(focused)
    return (found and not turn.request.confidential) or None


def escalate(turn: Turn, cause: Cause, *, due: datetime | None = None, reason: str | None = None) -> bool:
    """Make the next tier answerable; False, with nothing changed, at the top. `due` is the instant that fell due."""
    return rise(turn, next_above(turn), cause, due=due, reason=reason)


def rise(
    turn: Turn, found: Answering | None, cause: Cause, *, due: datetime | None = None, reason: str | None = None
) -> bool:
    """Make `found`, who is next above, answerable; False, with nothing changed, where there is nobody."""
    if found is None:
        return False
    task = turn.task
    waited = task.storm_at if due is not None and task.storm_due == due else None
    told: dict[str, Any] = {
        "from_tier": task.tier,
        "from_post": task.answerable,
        "from_role": turn.ground.rungs[task.tier - 1].role,
        "tier": found.tier,
        "post": found.post,
        "role": found.role,
        "cause": cause,
        "skipped": skipped(found.passed) or None,
        "reason": reason,
    }
    enter(turn, found)
    turn.unsay(NoticeKind.REMINDER, task.id)
    if not turn.request.safety:
        turn.given.append(Given(found.line, turn.at, task.id))
    turn.event(EventKind.ESCALATED, due=due, put_off=waited, **told)
    settle(turn)  # the message tells this tier's end, whatever else the same transition does after
    # who must decide a rejection hears that it answers with the question
    answerable = () if cause is Cause.REJECTION else (ANSWERABLE,)
    turn.tell(NoticeKind.ESCALATED, CONSUMER, HANDLER, *answerable, fell_due=due, due=task.due, **told)
    return True


def enter(turn: Turn, found: Answering, *, at: datetime | None = None) -> None:
    """Let `found` answer from `at` (now, if None): its clock begins, who answered before is remembered."""
    task = turn.task
    if task.answerable_person is not None and task.answerable_person not in task.answered:
        task.answered.append(task.answerable_person)
    task.tier, task.answerable, task.answerable_person = found.tier, found.post, found.person
    task.entered = at or turn.at
    task.accept_by = task.reminded_at = task.beyond_at = task.top_at = None
    task.storm_at = task.storm_due = task.storm_for = None


def put_into_new_hands(turn: Turn) -> None:
    """Another office or another sort of officer does the work: he has his own time to take it up, however late it is."""
    task, accept = turn.task, turn.ground.timing.accept
    task.accepted_at, task.offered = None, [task.handler]
    task.accept_by = None if accept is None or task.tier > 1 else after(accept, turn.at, turn.ground.calendar)
    if turn.request.state is State.IN_PROGRESS:
        turn.to(State.ASSIGNED)


def barred(turn: Turn) -> frozenset[int]:
    """Persons who must not answer at a higher tier: all who answered lower down, and who does the work now."""
    task = turn.task
    own = {person for person in (task.answerable_person, in_seat(turn, task.handler)) if person is not None}
    return frozenset(task.answered) | own


def in_seat(turn: Turn, post: str) -> int | None:
    """The person who fills `post` now; None for nobody, or a post that is on no rung."""
    for rung in turn.ground.rungs:
        for seat in rung.seats:
            if seat.post == post:
                return _person(seat, turn.at)
    return None


def _person(seat: Seat, at: datetime) -> int | None:
    who = present(seat, at)
    return who if isinstance(who, int) else None


def skipped(passed: tuple[Passed, ...]) -> list[dict[str, object]]:
    """Tiers passed over, as an event keeps them."""
    return [{"tier": p.tier, "post": p.post, "role": p.role, "why": p.why.value} for p in passed]


def beyond(turn: Turn, due: datetime | None) -> None:
    """The last tier's time ran out: the forum is shown, and the top is reminded from now on."""
    turn.task.beyond_at = turn.at
    remind_the_top_later(turn)
    turn.event(EventKind.BEYOND, due=due, tier=turn.task.tier, post=turn.task.answerable)
    turn.tell(NoticeKind.BEYOND, CONSUMER, HANDLER, ANSWERABLE, tier=turn.task.tier, due=due)


def overdue(turn: Turn) -> bool | None:
    """As a message says it: True where the time of whoever answers is over as things stand now, None where it is not."""
    settle(turn)
    return True if turn.task.due is not None and turn.task.due <= turn.at else None


def remind_the_top_later(turn: Turn) -> None:
    """Set the next reminder of one who is at the top of the ladder."""
    turn.task.top_at = after(turn.ground.limits.top_reminder, turn.at, turn.ground.calendar)
