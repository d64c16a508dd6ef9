"""The story of a connection request: what is happening, by when, and what the applicant must do, in the language in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from languages import your_turn
from languages.applied import Application, OpenStage
from languages.catalog import gettext
from languages.corrections import DECLINED
from languages.forum import go_to
from languages.labels import act_label
from languages.money import money
from languages.spoken import end_of_day, inside, joined, when
from languages.views import Said
from rules.case import Wait
from rules.terms import Act, Cause, Closing, Kind, Proposal, State

_ = gettext


def sentence(application: Application, now: datetime) -> Said:
    """What an applicant is told first. A promise that was not kept is admitted in words."""
    happening, by_when, to_do = TOLD[application.state]
    return Said(happening(application, now), by_when(application, now), to_do(application, now))


def true_until(application: Application, now: datetime) -> datetime:
    """The instant until which what `sentence` said stays true: the next of its instants, or the end of the local day."""
    coming = [at for at in application.instants if at is not None and at > now]
    return min([end_of_day(now, application.zone), *coming])


def question(kind: Kind) -> str:
    """What the applicant is asked at the end."""
    return QUESTIONS.get(kind, lambda: _("Is it done?"))()


QUESTIONS: Mapping[Kind, Callable[[], str]] = {
    Kind.NEW_CONNECTION: lambda: _("Is there light?"),
    Kind.METER_SHIFT: lambda: _("Is there light?"),
}


def _worked(application: Application, now: datetime) -> str:
    visits = [stage for stage in application.stages if stage.wait is Wait.VISIT]
    others = [stage for stage in application.stages if stage.wait is Wait.PERMISSION]
    yours = _waits([*application.yours, *visits], application, now)
    at_work = _meanwhile(application) if yours else _at_work(application)
    return " ".join(filter(None, [*yours, at_work, *_waits(others, application, now)])) or _we_have_it(application)


def _waits(stages: list[OpenStage], application: Application, now: datetime) -> list[str]:
    return [your_turn.happening(stage, application.zone, now) for stage in stages]


def _we_have_it(application: Application) -> str:
    if application.state is State.RECEIVED:
        return _("We have your application. An officer looks at the papers.")
    return _("We are working on your application.")


def _meanwhile(application: Application) -> str:
    if not application.ours:
        return ""
    late = _latest(application)
    if late.beyond or late.tier > 1:
        return _climbed(late)
    return _("Meanwhile we work on: %(stages)s.", stages=_names(application.ours))


def _names(stages: list[OpenStage]) -> str:
    return joined(_("“%(stage)s”", stage=stage.name) for stage in stages)


def _latest(application: Application) -> OpenStage:
    return max(application.ours, key=lambda stage: (stage.beyond, stage.tier))


def _at_work(application: Application) -> str:
    if not application.ours:
        return ""
    late = _latest(application)
    if late.beyond or late.tier > 1:
        return _climbed(late)
    if late.expired:
        return _("The demand note was not paid in time. It is no longer valid.")
    if len(application.ours) > 1 or not late.worker:
        return _("We are working on: %(stages)s.", stages=_names(application.ours))
    return _("The %(officer)s is working on: “%(stage)s”.", officer=inside(late.worker), stage=late.name)


def _climbed(stage: OpenStage) -> str:
    if stage.beyond:
        return _("We are late. It is with our last officer, the %(role)s.", role=inside(stage.answers))
    opening = (DECLINED[Proposal.REJECT] if stage.kept else OPENINGS.get(stage.moved, lambda: _("We are late.")))()
    return _("%(why)s The %(role)s must act now.", why=opening, role=inside(stage.answers))


OPENINGS: Mapping[Cause | None, Callable[[], str]] = {
    Cause.NOT_TAKEN_UP: lambda: _("Nobody took it up in time."),
    Cause.OFFICER: lambda: _("It was sent to the officer above."),
    Cause.CONSUMER: lambda: _("You asked for the officer above."),
    Cause.NOT_REPAIRED: lambda: _("You said it is not done."),
    Cause.REOPENED: lambda: _("You opened it again."),
    Cause.REJECTION: lambda: _("It was proposed not to accept it."),
    Cause.OBJECTION: lambda: _("You did not agree."),
    Cause.COMPLAINT: lambda: _("You complained about it."),
    Cause.MISSED: lambda: _("The visit did not happen a second time."),
}


def _promised(application: Application, now: datetime) -> str:
    """Until when he may, what was promised and whether it was kept, and what is expected."""
    limited = [stage for stage in application.yours if stage.until is not None]
    first = min(limited, key=lambda stage: stage.until or now, default=None)
    yours = your_turn.by_when(first, application.zone, now) if first else ""
    return " ".join(filter(None, [yours, _standard(application, now), _expected(application, now)]))


def _standard(application: Application, now: datetime) -> str:
    if application.complete_at is None:
        return _("Our time begins when all papers are here.")
    if application.standard_due is None:
        return ""
    due = when(application.standard_due, application.zone, now=now)
    if application.standard_lapsed or application.standard_due <= now:
        return _("We promised %(when)s. We did not keep it.", when=due)
    return _("At the latest: %(when)s.", when=due)


def _expected(application: Application, now: datetime) -> str:
    if application.expected_at is None or application.expected_at <= now:
        return ""
    told = when(application.expected_at, application.zone, now=now)
    if application.expected_reason:
        return _("We expect it %(when)s (%(reason)s).", when=told, reason=application.expected_reason)
    return _("We expect it %(when)s.", when=told)


def _to_do(application: Application, now: datetime) -> str:
    waiting = [*application.yours, *(stage for stage in application.stages if stage.wait is Wait.VISIT)]
    asked = [your_turn.to_do(stage, application.zone, now) for stage in waiting]
    if asked:
        return " ".join(asked)
    if any(stage.expired for stage in application.ours):
        return _("Do not pay it now. Wait for a new one.")
    if application.forum and any(stage.beyond for stage in application.ours):
        return go_to(application.forum)
    return _("You need to do nothing.")


def _done(application: Application, now: datetime) -> str:
    if application.put_right_at is None:
        return _("We were told that it is done.")
    return _("It is done: %(when)s.", when=when(application.put_right_at, application.zone, now=now))


def _answer_by(application: Application, now: datetime) -> str:
    if application.call_back:
        return _("We have no answer from you. We will ring you.")
    if application.confirm_by is None:
        return ""
    return _("Please answer by %(when)s.", when=when(application.confirm_by, application.zone, now=now))


def _say_yes_or_no(application: Application, now: datetime) -> str:
    return _("%(question)s Answer yes or no.", question=question(application.kind))


def _closed(application: Application, now: datetime) -> str:
    return CLOSED.get(application.closing, lambda: _("It is done. The application is closed."))()


CLOSED: Mapping[Closing | None, Callable[[], str]] = {
    Closing.WORD: lambda: _("You said it is done. The application is closed."),
    Closing.SILENCE: lambda: _("We asked you and heard nothing. The application is closed."),
    Closing.UNREACHED: lambda: _("We could not reach you. The application is closed."),
}


def _may_still(application: Application, now: datetime) -> str:
    """The instant up to which he may open it again or disagree; "" when that is past."""
    until = application.reopen_until
    return "" if until is None or until <= now else when(until, application.zone, now=now)


def _reopen_by(application: Application, now: datetime) -> str:
    until = _may_still(application, now)
    said = _("You can open it again until %(when)s.", when=until) if until else ""
    return " ".join(filter(None, [_money(application, now), said]))


def _money(application: Application, now: datetime) -> str:
    """What comes back to him, or may be asked for."""
    if application.refund:
        return _("We give %(money)s back to you.", money=money(application.refund))
    if application.kept:
        return _("You have %(money)s with us. Ask us for it.", money=money(application.kept))
    return ""


def _open_again(application: Application, now: datetime) -> str:
    if _may_still(application, now):
        return _("Not done? Open it again.")
    return _("You need to do nothing.")


def _turned_down(application: Application, now: datetime) -> str:
    if not application.reject_reason:
        return _("This application was not accepted.")
    return _("This application was not accepted: %(reason)s.", reason=application.reject_reason)


def _object_by(application: Application, now: datetime) -> str:
    until = "" if application.objected else _may_still(application, now)
    said = _("You can disagree until %(when)s.", when=until) if until else ""
    return " ".join(filter(None, [_money(application, now), said]))


def _object_or_leave(application: Application, now: datetime) -> str:
    said = [application.advice] if application.advice else []
    if not application.objected and _may_still(application, now):
        said.append(_("Not right? Press “%(button)s”.", button=act_label(Act.OBJECT)))
    if application.forum:
        said.append(go_to(application.forum))
    return " ".join(said) or _("You need to do nothing.")


def _lapsed(application: Application, now: datetime) -> str:
    if not application.lapsed:
        return _("The time ran out. The application has ended.")
    return _("The time for “%(stage)s” ran out. The application has ended.", stage=application.lapsed)


Line = Callable[[Application, datetime], str]
WORKING: tuple[Line, Line, Line] = (_worked, _promised, _to_do)
TOLD: Mapping[State, tuple[Line, Line, Line]] = {
    State.RECEIVED: WORKING,
    State.COMPLETE: WORKING,
    State.DONE: (_done, _answer_by, _say_yes_or_no),
    State.CLOSED: (_closed, _reopen_by, _open_again),
    State.WITHDRAWN: (
        lambda application, now: _("You took this application back."),
        _money,
        lambda application, now: _("You need to do nothing."),
    ),
    State.REJECTED: (_turned_down, _object_by, _object_or_leave),
    State.LAPSED: (_lapsed, _money, lambda application, now: _("Do you still want it? Apply again.")),
}
