"""One line for each tier of the ladder, and for officers in one breath: why it moved, why not, what is next."""

from __future__ import annotations

from datetime import datetime, tzinfo

from languages.catalog import gettext
from languages.history import why_moved
from languages.labels import skip_label
from languages.spoken import inside, when
from languages.views import Hold, Reader, Rung, RungState, Story, last_move
from rules.states import ASKED, WORKED
from rules.terms import State

_ = gettext


def ladder_line(rung: Rung, zone: tzinfo, now: datetime | None = None) -> str:
    """What a tier had, has or will have to do, and by when."""
    due = "" if rung.due is None else when(rung.due, zone, now=now)
    match rung.state:
        case RungState.SKIPPED:
            return _("Passed over: %(why)s.", why=skip_label(rung.why)) if rung.why else _("Passed over.")
        case RungState.PAST:
            return _past(rung, due)
        case RungState.NOW:
            return _now(rung, due)
        case RungState.COMING:
            return _coming(rung, zone, now)


def _past(rung: Rung, due: str) -> str:
    if rung.lapsed and due:
        return _("Had time until %(when)s. It was not done.", when=due)
    return _("Had it before.")


def _now(rung: Rung, due: str) -> str:
    if not due:
        return _("Has it now. The clock stands still.")
    if rung.lapsed:
        return _("Had time until %(when)s. Still has to act.", when=due)
    return _("Must act by %(when)s.", when=due)


def _coming(rung: Rung, zone: tzinfo, now: datetime | None) -> str:
    if rung.entered is None:
        return _("Gets it if it is not done.")
    return _("Gets it if it is not done by %(when)s.", when=when(rung.entered, zone, now=now))


def waits_for_hands() -> str:
    """That nobody has it yet."""
    return _("It waits to be given to an officer. That happens by itself.")


def next_step(story: Story, now: datetime) -> str:
    """What happens next by itself, or why nothing moves; "" once it is over."""
    if story.state is State.ON_HOLD:
        return _clock_stands(story, now)
    if story.state in AT_A_STAGE and story.hold is not None:
        return _stage_waits(story.hold, story, now)
    if story.state in ASKED:
        return _being_asked(story, now)
    if story.state is State.CLOSED:
        return _reopening(story, now)
    if story.state is State.REJECTED:
        return _objecting(story, now)
    return _next_tier(story, now) if story.state in WORKED else ""


def _clock_stands(story: Story, now: datetime) -> str:
    reason = story.hold.reason if story.hold else ""
    still = _("It does not move: we wait for the consumer (%(reason)s).", reason=reason)
    if not reason:
        still = _("It does not move: we wait for the consumer.")
    if story.hold is None or story.hold.limit is None:
        return still
    ends = _("The wait ends %(when)s.", when=when(story.hold.limit, story.zone, now=now))
    return f"{still} {ends}"


AT_A_STAGE = frozenset({State.RECEIVED, State.COMPLETE})
"""States in which a connection request's stages are worked; a pause belongs to one of them."""


def _stage_waits(hold: Hold, story: Story, now: datetime) -> str:
    still = _("It does not move: %(reason)s.", reason=hold.reason) if hold.reason else _("It does not move.")
    if hold.limit is None:
        return still
    ends = _("The wait ends %(when)s.", when=when(hold.limit, story.zone, now=now))
    return f"{still} {ends}"


def _being_asked(story: Story, now: datetime) -> str:
    if story.call_back:
        return _("It does not move: the consumer must be rung.")
    still = _("It does not move: the consumer is being asked.")
    if story.confirm_by is None:
        return still
    ends = _("The answer may come until %(when)s.", when=when(story.confirm_by, story.zone, now=now))
    return f"{still} {ends}"


def _reopening(story: Story, now: datetime) -> str:
    if story.reopen_until is None or story.reopen_until <= now:
        return ""
    return _("It can be opened again until %(when)s.", when=when(story.reopen_until, story.zone, now=now))


def _objecting(story: Story, now: datetime) -> str:
    if story.objected or story.reopen_until is None or story.reopen_until <= now:
        return ""
    return _("The consumer can disagree until %(when)s.", when=when(story.reopen_until, story.zone, now=now))


def _deciding(story: Story) -> str:
    if not story.decider_title:
        return ""
    return _("The %(title)s must decide what was proposed.", title=inside(story.decider_title))


def _next_tier(story: Story, now: datetime) -> str:
    if story.beyond:
        return _("The last time is over. The %(role)s is reminded again and again.", role=inside(story.role_title))
    if story.due is None:
        return "" if story.handler_title else waits_for_hands()
    due = when(story.due, story.zone, now=now)
    if story.next_title and story.put_off is not None:
        turn = when(story.put_off, story.zone, now=now)
        title = inside(story.next_title)
        return _(
            "Next: the %(title)s, in its turn: %(when)s. Very many came in the same minute.", title=title, when=turn
        )
    if story.next_title:
        return _("Next: the %(title)s, if it is not done by %(when)s.", title=inside(story.next_title), when=due)
    return _("The %(role)s is the last. The time ends %(when)s.", role=inside(story.role_title), when=due)


def why_and_next(story: Story, now: datetime) -> str:
    """For officers: why it moved last, or why it does not move, and what is next."""
    move = last_move(story)
    why = why_moved(move, story.zone, now, Reader.OFFICER) if move and story.state in WORKED else ""
    return " ".join(filter(None, [why, _deciding(story), next_step(story, now)]))
