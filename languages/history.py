"""The lines of a request's history, why it moved or did not, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from languages import corrections, stages
from languages.catalog import gettext
from languages.exceptional import excused
from languages.labels import skip_label
from languages.spoken import inside, isolate
from languages.telling import Telling
from languages.views import Reader, StoryEvent
from rules.terms import Cause, Channel, Closing, EventKind

_ = gettext


def log_line(event: StoryEvent, zone: tzinfo, now: datetime | None = None, to: Reader = Reader.CONSUMER) -> str:
    """One line of the log, without its own instant (which stands beside it)."""
    return LINES[event.kind](Telling(event, zone, now, to))


def why_moved(event: StoryEvent, zone: tzinfo, now: datetime | None = None, to: Reader = Reader.CONSUMER) -> str:
    """To whom it went, why, and each tier that was passed over with the reason."""
    telling = Telling(event, zone, now, to)
    went = _("It went to the %(title)s.", title=telling.title) if event.title else ""
    waited = _("It waited its turn: very many came in the same minute.") if event.put_off else ""
    return " ".join(filter(None, [went, _because(telling), waited, *_skips(event)]))


def _skips(event: StoryEvent) -> list[str]:
    return [
        _("%(title)s was passed over: %(why)s.", title=skipped.title, why=skip_label(skipped.why))
        for skipped in event.skipped
    ]


def _because(telling: Telling) -> str:
    cause = telling.event.cause
    return CAUSES[cause](telling) if cause else ""


def _time_over(telling: Telling) -> str:
    event = telling.event
    if event.due is None or not event.from_title:
        return _("The time allowed was over.")
    return _(
        "The time of the %(title)s was over: %(when)s.", title=inside(event.from_title), when=telling.spoken(event.due)
    )


def _nobody_took_it(telling: Telling) -> str:
    if telling.event.due is None:
        return _("Nobody had taken it up in time.")
    return _("Nobody had taken it up by %(when)s.", when=telling.spoken(telling.event.due))


def _sent_up(telling: Telling) -> str:
    if telling.event.reason:
        return _("An officer sent it up: %(reason)s.", reason=telling.event.reason)
    return _("An officer sent it up.")


CAUSES: Mapping[Cause, Callable[[Telling], str]] = {
    Cause.TIMER: _time_over,
    Cause.NOT_TAKEN_UP: _nobody_took_it,
    Cause.OFFICER: _sent_up,
    Cause.CONSUMER: lambda t: t.by_reader(_("You asked for it."), _("The consumer asked for it.")),
    Cause.NOT_REPAIRED: lambda t: _not_repaired(t),
    Cause.REOPENED: lambda t: _reopened(t),
    Cause.REJECTION: lambda t: _turned_down(t),
    Cause.OBJECTION: lambda t: t.by_reader(_("You did not agree."), _("The consumer did not agree.")),
    Cause.COMPLAINT: lambda t: t.by_reader(_("You complained about it."), _("The consumer complained about it.")),
    Cause.MISSED: lambda t: _("The visit did not happen a second time."),
}


def _turned_down(telling: Telling) -> str:
    if telling.event.reason:
        return _("It was proposed not to accept it: %(reason)s.", reason=telling.event.reason)
    return _("It was proposed not to accept it.")


def _not_repaired(telling: Telling) -> str:
    if telling.event.application:
        return telling.by_reader(_("You said it is not done."), _("The consumer said it is not done."))
    return telling.by_reader(_("You said it is not put right."), _("The consumer said it is not put right."))


def _reopened(telling: Telling) -> str:
    return telling.by_reader(_("You opened it again."), _("The consumer opened it again."))


def _registered(telling: Telling) -> str:
    came = DOORS.get(telling.event.channel, lambda: _("It was received."))()
    if telling.event.brought:
        before = isolate(telling.event.brought)
        return " ".join([came, _("Brought forward. Its number before was %(number)s.", number=before)])
    if telling.title:
        return " ".join([came, _("The %(title)s wrote it down.", title=telling.title)])
    return came


DOORS: Mapping[Channel | None, Callable[[], str]] = {
    Channel.CALL: lambda: _("It was received by telephone."),
    Channel.COUNTER: lambda: _("It was received at the counter."),
    Channel.LETTER: lambda: _("It was received by letter."),
}


def _assigned(telling: Telling) -> str:
    given = (
        _("It was given to the %(title)s.", title=telling.title) if telling.title else _("It was given to an officer.")
    )
    return " ".join([given, *_skips(telling.event)])


def _accepted(telling: Telling) -> str:
    return _("The %(title)s took it up.", title=telling.title) if telling.title else _("It was taken up.")


def _not_taken_up(telling: Telling) -> str:
    if telling.title:
        return _("Nobody took it up in time. It was given to the %(title)s.", title=telling.title)
    return _("Nobody took it up in time.")


def _expected(telling: Telling) -> str:
    told, reason = telling.spoken(telling.event.until), telling.event.reason
    if not told:
        return _("An expected time was given.")
    if reason:
        return _("Expected: %(when)s (%(reason)s).", when=told, reason=reason)
    return _("Expected: %(when)s.", when=told)


def _held(telling: Telling) -> str:
    if telling.dealing.wait is not None:
        return stages.waits(telling)
    reason = telling.event.reason
    if not reason:
        return telling.by_reader(_("We are waiting for you."), _("Waiting for the consumer."))
    if telling.to is Reader.CONSUMER:
        return _("We are waiting for you: %(reason)s.", reason=reason)
    return _("Waiting for the consumer: %(reason)s.", reason=reason)


def _present(telling: Telling) -> str:
    return telling.by_reader(_("You said: I was there, I have done it."), _("The consumer was there, or has done it."))


def _added(telling: Telling) -> str:
    return telling.by_reader(_("You added something."), _("The consumer added something."))


def _reminded(telling: Telling) -> str:
    return _("The %(title)s was reminded.", title=telling.title) if telling.title else _("The officer was reminded.")


def _put_off(telling: Telling) -> str:
    told = telling.spoken(telling.event.until)
    if not (telling.title and told):
        return _("It waits its turn: very many came in the same minute.")
    title = telling.title
    return _("Very many came to the %(title)s in the same minute. Its turn: %(when)s.", title=title, when=told)


def _lapsed(telling: Telling) -> str:
    missed = _("The time limit was missed: %(when)s.", when=telling.spoken(telling.event.due or telling.event.at))
    by = telling.event.exceptional
    return f"{missed} {excused(by)}" if by else missed


def _taken_over(telling: Telling) -> str:
    return (
        _("The %(title)s took over the work.", title=telling.title) if telling.title else _("The work was taken over.")
    )


def _given(telling: Telling) -> str:
    if telling.title:
        return _("The work was given to the %(title)s.", title=telling.title)
    return _("The work was given to another officer.")


def _directed(telling: Telling) -> str:
    if telling.event.until is None:
        return _("The officer was told what to do.")
    return _("The officer was told what to do by %(when)s.", when=telling.spoken(telling.event.until))


def _resolved(telling: Telling) -> str:
    told = telling.spoken(telling.event.until or telling.event.at)
    if telling.event.reason:
        return _("Put right: %(when)s. Cause: %(cause)s.", when=told, cause=telling.event.reason)
    return _("Put right: %(when)s.", when=told)


def _closed(telling: Telling) -> str:
    match telling.event.closing:
        case Closing.WORD:
            return _by_word(telling)
        case Closing.SILENCE:
            return _("No answer came. It was closed.")
        case Closing.UNREACHED:
            return telling.by_reader(
                _("We could not reach you. It was closed."), _("The consumer was not reached. It was closed.")
            )
        case Closing.FIRST_CONTACT:
            return _("It was put right in the first call. It was closed.")
        case _:
            return _("It was closed.")


def _by_word(telling: Telling) -> str:
    said = _("You said it is put right. It was closed.")
    if telling.event.application:
        said = _("You said it is done. It was closed.")
    return telling.by_reader(said, _("Closed on the consumer's word."))


def _withdrawn(telling: Telling) -> str:
    return telling.by_reader(_("You took it back."), _("The consumer took it back."))


LINES: Mapping[EventKind, Callable[[Telling], str]] = {
    EventKind.REGISTERED: _registered,
    EventKind.ASSIGNED: _assigned,
    EventKind.ACCEPTED: _accepted,
    EventKind.NOT_TAKEN_UP: _not_taken_up,
    EventKind.NOTED: lambda t: _("An officer wrote a note."),
    EventKind.ADDED: _added,
    EventKind.MESSAGED: lambda t: t.by_reader(_("We wrote to you."), _("The consumer was written to.")),
    EventKind.EXPECTED: _expected,
    EventKind.EXPECTED_MISSED: lambda t: _("It was not done at the expected time."),
    EventKind.HELD: _held,
    EventKind.RESUMED: lambda t: _("The work goes on."),
    EventKind.HOLD_ENDED: lambda t: _("The wait is over. The work goes on."),
    EventKind.PRESENT: _present,
    EventKind.REMINDED: _reminded,
    EventKind.ESCALATED: lambda t: why_moved(t.event, t.zone, t.now, t.to),
    EventKind.PUT_OFF: _put_off,
    EventKind.BEYOND: lambda t: _("The time of the last officer is over too."),
    EventKind.STANDARD_LAPSED: _lapsed,
    EventKind.TAKEN_OVER: _taken_over,
    EventKind.GIVEN: _given,
    EventKind.DIRECTED: _directed,
    EventKind.RESOLVED: _resolved,
    EventKind.DELIVERED: lambda t: _("The question was delivered."),
    EventKind.NOT_REPAIRED: _not_repaired,
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: _reopened,
    EventKind.WITHDRAWN: _withdrawn,
    **corrections.LINES,
    **stages.LINES,
}
