"""The story of a request: what is happening, by when, and what the consumer needs to do, in the language in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from languages import decided
from languages.catalog import gettext
from languages.corrections import DECLINED
from languages.forum import go_to
from languages.history import log_line, why_moved
from languages.labels import act_label, refusal
from languages.ladder import ladder_line, next_step, why_and_next
from languages.promises import promise
from languages.spoken import end_of_day, inside, when
from languages.views import (
    Hold,
    Label,
    Longer,
    Reader,
    Rung,
    RungState,
    Said,
    Skipped,
    Story,
    StoryEvent,
    event_of,
    last_move,
    skipped_of,
)
from rules.states import WORKED
from rules.terms import Act, Cause, Closing, EventKind, Proposal, State

__all__ = [
    "Hold",
    "Label",
    "Longer",
    "Reader",
    "Rung",
    "RungState",
    "Said",
    "Skipped",
    "Story",
    "StoryEvent",
    "event_of",
    "ladder_line",
    "log_line",
    "next_step",
    "refusal",
    "sentence",
    "skipped_of",
    "true_until",
    "why_and_next",
    "why_moved",
]

_ = gettext


def sentence(story: Story, now: datetime) -> Said:
    """What a consumer is told first. A promise that was not kept is admitted in words."""
    if story.confidential:
        return Said(_looked_into(story), "", _("You need to do nothing."))
    return Said(HAPPENING[story.state](story, now), BY_WHEN[story.state](story, now), TO_DO[story.state](story, now))


def true_until(story: Story, now: datetime) -> datetime:
    """The instant until which what `sentence` said stays true: the next of its instants, or the end of the local day."""
    limit = story.hold.limit if story.hold else None
    instants = (
        story.due,
        story.put_off,
        story.standard_due,
        story.expected_at,
        limit,
        story.confirm_by,
        story.reopen_until,
    )
    return min([end_of_day(now, story.zone), *(at for at in instants if at is not None and at > now)])


def _looked_into(story: Story) -> str:
    if story.state is State.RECEIVED:
        return _("We have your report.")
    return _("Your report is being looked into.") if story.state in WORKED else _("The matter is closed.")


def _received(story: Story, now: datetime) -> str:
    return _("We have your complaint. It goes to an officer now.")


def _assigned(story: Story, now: datetime) -> str:
    return _moved(story) or _told(story) or _("Your complaint is with the %(officer)s.", officer=_officer(story))


def _in_progress(story: Story, now: datetime) -> str:
    working = _("The %(officer)s is working on your complaint.", officer=_officer(story))
    return _moved(story) or decided.elsewhere(story) or working


def _told(story: Story) -> str:
    return decided.danger(story, _officer(story)) or decided.elsewhere(story)


def _officer(story: Story) -> str:
    return inside(story.handler_title or story.role_title)


def _moved(story: Story) -> str:
    """Why and to whom it went, once it has climbed; "" on the first tier."""
    if story.beyond:
        return _("We are late. It is with our last officer, the %(role)s.", role=inside(story.role_title))
    if story.put_off is not None:
        return _("We are late. It waits in line for the %(next)s.", next=inside(story.next_title))
    if story.tier == 1:
        return _("We are late with your complaint. We are still working on it.") if story.standard_lapsed else ""
    move = last_move(story)
    kept = move is not None and move.cause is Cause.REJECTION and _declined_since(story, move)
    opening = (DECLINED[Proposal.REJECT] if kept else OPENINGS.get(move.cause if move else None, _late))()
    return _("%(why)s The %(role)s must act now.", why=opening, role=inside(story.role_title))


def _declined_since(story: Story, move: StoryEvent) -> bool:
    """Whether not to accept it was proposed, and not agreed to."""
    declined = (event for event in story.events if event.kind is EventKind.DECLINED and event.what is Proposal.REJECT)
    return any(event.number > move.number for event in declined)


def _late() -> str:
    return _("We are late.")


OPENINGS: Mapping[Cause | None, Callable[[], str]] = {
    Cause.TIMER: _late,
    Cause.NOT_TAKEN_UP: lambda: _("Nobody took it up in time."),
    Cause.OFFICER: lambda: _("It was sent to the officer above."),
    Cause.CONSUMER: lambda: _("You asked for the officer above."),
    Cause.NOT_REPAIRED: lambda: _("You said it is not put right."),
    Cause.REOPENED: lambda: _("You opened it again."),
    Cause.REJECTION: lambda: _("It was proposed not to accept it."),
    Cause.OBJECTION: lambda: _("You did not agree."),
}


def _on_hold(story: Story, now: datetime) -> str:
    if story.hold and story.hold.reason:
        return _("We are waiting for you: %(reason)s.", reason=story.hold.reason)
    return _("We are waiting for you.")


def _resolved(story: Story, now: datetime) -> str:
    if story.put_right_at is None:
        return _("We were told that it is put right.")
    return _("We were told that it was put right: %(when)s.", when=when(story.put_right_at, story.zone, now=now))


def _closed(story: Story, now: datetime) -> str:
    return CLOSED.get(story.closing, lambda: _("The complaint is closed."))()


CLOSED: Mapping[Closing | None, Callable[[], str]] = {
    Closing.WORD: lambda: _("You said it is put right. The complaint is closed."),
    Closing.SILENCE: lambda: _("We asked you and heard nothing. The complaint is closed."),
    Closing.UNREACHED: lambda: _("We could not reach you. The complaint is closed."),
    Closing.FIRST_CONTACT: lambda: _("It was put right while you were with us. The complaint is closed."),
}


def _wait(story: Story, now: datetime) -> str:
    if story.hold is None or story.hold.limit is None:
        return _("We go on as soon as you tell us.")
    return _("We wait until %(when)s. Then we go on.", when=when(story.hold.limit, story.zone, now=now))


def _answer_by(story: Story, now: datetime) -> str:
    if story.call_back:
        return _("We have no answer from you. We will ring you.")
    if story.confirm_by is None:
        return ""
    return _("Please answer by %(when)s.", when=when(story.confirm_by, story.zone, now=now))


def _reopen_by(story: Story, now: datetime) -> str:
    if story.reopen_until is None or story.reopen_until <= now:
        return ""
    return _("You can open it again until %(when)s.", when=when(story.reopen_until, story.zone, now=now))


def _nothing(story: Story, now: datetime) -> str:
    return ""


def _need_nothing(story: Story, now: datetime) -> str:
    return _("You need to do nothing.")


def _wait_or_climb(story: Story, now: datetime) -> str:
    if story.beyond and story.forum:
        return go_to(story.forum)
    if story.standard_lapsed and story.next_title:
        return _("You can now ask the %(next)s to act.", next=inside(story.next_title))
    if story.safety:
        return _("Keep away from it, and keep others away.")
    return _need_nothing(story, now)


def _say_done(story: Story, now: datetime) -> str:
    return _("Done? Press “%(button)s”.", button=act_label(Act.PRESENT))


def _say_yes_or_no(story: Story, now: datetime) -> str:
    return _("Is it put right? Answer yes or no.")


def _open_again(story: Story, now: datetime) -> str:
    if _reopen_by(story, now):
        return _("Not put right? Open it again.")
    return _need_nothing(story, now)


Line = Callable[[Story, datetime], str]
WORKING: Mapping[State, Line] = dict.fromkeys((State.RECEIVED, State.ASSIGNED, State.IN_PROGRESS), promise)
HAPPENING: Mapping[State, Line] = {
    State.RECEIVED: _received,
    State.ASSIGNED: _assigned,
    State.IN_PROGRESS: _in_progress,
    State.ON_HOLD: _on_hold,
    State.RESOLVED: _resolved,
    State.CLOSED: _closed,
    State.WITHDRAWN: lambda story, now: _("You took this complaint back."),
    State.REJECTED: decided.turned_down,
}
BY_WHEN: Mapping[State, Line] = {
    **WORKING,
    State.ON_HOLD: _wait,
    State.RESOLVED: _answer_by,
    State.CLOSED: _reopen_by,
    State.WITHDRAWN: _nothing,
    State.REJECTED: decided.object_by,
}
TO_DO: Mapping[State, Line] = {
    **dict.fromkeys(WORKING, _wait_or_climb),
    State.ON_HOLD: _say_done,
    State.RESOLVED: _say_yes_or_no,
    State.CLOSED: _open_again,
    State.WITHDRAWN: _need_nothing,
    State.REJECTED: decided.object_or_leave,
}
