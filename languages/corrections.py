"""Lines of history about what was proposed and decided, where it was sent, and who was rung."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC

from languages.catalog import gettext
from languages.telling import Telling
from languages.views import Reader, StoryEvent
from rules.terms import EventKind, Proposal

_ = gettext


def _decides(telling: Telling) -> str:
    return _("The %(title)s decides.", title=telling.title) if telling.title else _("The next officer above decides.")


def what_was_proposed(event: StoryEvent, to: Reader) -> str:
    """What was proposed, without who decides."""
    return PROPOSED[event.what](Telling(event, UTC, None, to))


def what_stays(event: StoryEvent) -> str:
    """What it means that a proposal was not agreed to."""
    return DECLINED[event.what]()


def _proposed(telling: Telling) -> str:
    return f"{what_was_proposed(telling.event, telling.to)} {_decides(telling)}"


def _other_category(telling: Telling) -> str:
    if not telling.event.category:
        return _("Another category was proposed.")
    return _("Another category was proposed: %(category)s.", category=telling.event.category)


def _no_danger(telling: Telling) -> str:
    if not telling.event.category:
        return _("It was proposed that there is no danger.")
    return _("It was proposed that there is no danger: %(category)s.", category=telling.event.category)


def _not_to_accept(telling: Telling) -> str:
    if not telling.event.reason:
        return _("It was proposed not to accept it.")
    return _("It was proposed not to accept it: %(reason)s.", reason=telling.event.reason)


def _other_office(telling: Telling) -> str:
    if not telling.event.office:
        return _("It was proposed to send it to another office.")
    return _("It was proposed to send it to the office %(office)s.", office=telling.event.office)


def _was_there(telling: Telling) -> str:
    return telling.by_reader(_("You said: I was there."), _("The consumer says: I was there."))


PROPOSED: Mapping[Proposal | None, Callable[[Telling], str]] = {
    Proposal.CORRECT: _other_category,
    Proposal.LOWER: _no_danger,
    Proposal.REJECT: _not_to_accept,
    Proposal.TRANSFER: _other_office,
    Proposal.HOLD: _was_there,
    None: lambda telling: _("Something was proposed."),
}
DECLINED: Mapping[Proposal | None, Callable[[], str]] = {
    Proposal.CORRECT: lambda: _("The category and the time limit stay as they were."),
    Proposal.LOWER: lambda: _("It stays a danger. The time limit stays too."),
    Proposal.REJECT: lambda: _("It is not turned down. The work goes on."),
    Proposal.TRANSFER: lambda: _("It stays with this office."),
    Proposal.HOLD: lambda: _("The wait was not right. Its time does not count."),
    None: lambda: _("It was not agreed to."),
}


def _raised(telling: Telling) -> str:
    if not telling.event.category:
        return _("There is danger. It comes before everything else now.")
    return _("There is danger: %(category)s. It comes before everything else now.", category=telling.event.category)


def _rang_on(telling: Telling) -> str:
    if not telling.title:
        return _("Nobody had taken it up. The officers were rung again.")
    return _("Nobody had taken it up. The %(title)s was rung.", title=telling.title)


def _corrected(telling: Telling) -> str:
    before, after = telling.event.from_category, telling.event.category
    if not after:
        return _("The category was changed.")
    if telling.to is Reader.OFFICER and before:
        return _("The category was changed: %(before)s, now %(after)s.", before=before, after=after)
    return _("The category is now: %(category)s.", category=after)


def _transferred(telling: Telling) -> str:
    before, after = telling.event.from_office, telling.event.office
    if not after:
        return _("It went to another office.")
    if telling.to is Reader.OFFICER and before:
        return _("It went from the office %(before)s to the office %(after)s.", before=before, after=after)
    return _("It went to another office: %(office)s.", office=after)


def _moved(telling: Telling) -> str:
    before, after = telling.event.from_office, telling.event.office
    if telling.to is Reader.OFFICER and before and after:
        return _("Its place belongs to the office %(after)s now, no longer to %(before)s.", before=before, after=after)
    if not after:
        return _("Its place belongs to another office now.")
    return _("Your place belongs to the office %(office)s now.", office=after)


def _handed_on(telling: Telling) -> str:
    event = telling.event
    if event.zone:
        return _("Its office belongs to the zone %(zone)s now.", zone=event.zone)
    if telling.title:
        return _("The post that had it ended. It was given to the %(title)s.", title=telling.title)
    return _("The post that answered for it ended. Another answers for it now.")


def _rejected(telling: Telling) -> str:
    if not telling.event.reason:
        return _("It was not accepted.")
    return _("It was not accepted: %(reason)s.", reason=telling.event.reason)


def _retimed(telling: Telling) -> str:
    if telling.event.until is None:
        return _("New timings count for it now.")
    return _("New timings count for it now. To be done by %(when)s.", when=telling.spoken(telling.event.until))


LINES: Mapping[EventKind, Callable[[Telling], str]] = {
    EventKind.RAISED: _raised,
    EventKind.RANG_ON: _rang_on,
    EventKind.PROPOSED: _proposed,
    EventKind.DECLINED: lambda t: what_stays(t.event),
    EventKind.UPHELD: lambda t: _("The wait was right. Its time is given back."),
    EventKind.CORRECTED: _corrected,
    EventKind.TRANSFERRED: _transferred,
    EventKind.REJECTED: _rejected,
    EventKind.RETIMED: _retimed,
    EventKind.MOVED: _moved,
    EventKind.HANDED_ON: _handed_on,
    EventKind.OBJECTED: lambda t: t.by_reader(_("You did not agree."), _("The consumer did not agree.")),
    EventKind.CALLED_AGAIN: lambda t: t.by_reader(
        _("You asked about it again."), _("The consumer asked about it again.")
    ),
    EventKind.CALL_BACK: lambda t: t.by_reader(
        _("We have no answer from you. We will ring you."), _("There is no answer yet. The consumer must be rung.")
    ),
    EventKind.CALLED: lambda t: t.by_reader(
        _("We rang you. Nobody answered."), _("The consumer was rung. Nobody answered.")
    ),
    EventKind.CONTACT_REFUSED: lambda t: _("Somebody said: this is not mine. Messages to that number stopped."),
    EventKind.PHONE_CHANGED: lambda t: _("Messages go to another number now."),
    EventKind.RECOVERY_HELD: lambda t: _("The disputed dues are not collected while it is open."),
}
