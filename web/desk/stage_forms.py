"""What an officer sends to end a stage: read from the form by what the stage does, and turned into codes for the tray."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import gettext as _
from rules.case import Fault
from rules.procedure import REFUSED, Does
from rules.terms import Act
from web.desk.forms import Choices, Filled, Reading, choice, exact, within_its_minute, written
from web.typed import minor_units, whole_number

LONGEST = 40


def finish(form: Filled, choices: Choices) -> None:
    """End the stage: its checklist, and what else it asks for; beside a complaint, how the recovery was stopped."""
    if choices.stage is None:
        return written(form, needed=_("Write how the recovery was stopped."))
    _checklist(form, choices)
    return ASKED.get(choices.stage.does, _nothing)(form, choices)


def fault(form: Filled, choices: Choices) -> None:
    """What is wrong with which paper; those left as they are are accepted."""
    faults = {code: form.text(f"fault-{code}") for code in choices.papers if form.text(f"fault-{code}")}
    if any(found not in set(Fault) for found in faults.values()):
        form.wrong("faults", _("Choose what is wrong from the list."))
    if not faults and not choices.lacking:
        form.wrong("faults", _("Choose what is wrong with at least one paper."))
    form.data["faults"] = faults


def _checklist(form: Filled, choices: Choices) -> None:
    assert choices.stage is not None
    ticked = [code for code in choices.stage.checklist if form.text(f"check-{code}")]
    if len(ticked) < len(choices.stage.checklist):
        form.wrong("checks", _("Every line of the list must be ticked. What is not done yet, do first."))
    form.data["checks"] = ticked


def _nothing(form: Filled, choices: Choices) -> None:
    """A stage that needs no more than its list."""


def _decision(form: Filled, choices: Choices) -> None:
    assert choices.stage is not None
    choice(form, "outcome", choices.stage.outcomes, _("Choose how it came out."))
    if form.data["outcome"] == REFUSED:
        choice(form, "reason", choices.reject_reasons, _("Choose why it cannot be accepted."))
        written(form, needed=_("Write what you found."))
    else:
        written(form)


def _money(form: Filled, name: str, *, needed: str = "") -> None:
    typed = form.text(name)
    amount = minor_units(typed) if typed else None
    if typed and amount is None:
        form.wrong(name, _("Write an amount in rupees, like 1500 or 1500.50."))
    elif not typed and needed:
        form.wrong(name, needed)
    if amount is not None:
        form.data[name] = amount


def _reading(form: Filled, *, needed: str) -> None:
    typed = form.text("reading")
    reading = whole_number(typed) if typed else None
    if reading is None:
        form.wrong("reading", _("Write the reading in digits only.") if typed else needed)
    else:
        form.data["reading"] = reading


def _short(form: Filled, name: str, *, needed: str = "") -> None:
    typed = form.text(name)
    if not typed and needed:
        form.wrong(name, needed)
    elif len(typed) > LONGEST:
        form.wrong(name, _("Write at most %(number)d characters.", number=LONGEST))
    form.data[name] = typed


def _meter(form: Filled, choices: Choices) -> None:
    _short(form, "meter", needed=_("Write the number on the meter."))
    _short(form, "seal", needed=_("Write the number on the seal."))
    _reading(form, needed=_("Write what the meter shows."))


def _last_reading(form: Filled, choices: Choices) -> None:
    _short(form, "meter")
    _reading(form, needed=_("Write what the meter shows."))


def _bill(form: Filled, choices: Choices) -> None:
    _money(form, "dues", needed=_("Write what is unpaid; 0 if nothing is."))
    _money(form, "security", needed=_("Write the security held; 0 if there is none."))


def _handover(form: Filled, choices: Choices) -> None:
    at = exact(form, "put_right", choices, later=False)
    if at is None:
        form.wrong("put_right", _("Say when it was done."))
    else:
        form.data["put_right"] = within_its_minute(at, choices).isoformat()


ASKED: Mapping[Does, Reading] = {
    Does.DECISION: _decision,
    Does.NOTE: lambda form, _choices: _money(form, "estimate"),
    Does.PERMISSION: lambda form, _choices: written(form, needed=_("Write who gave permission, and on which paper.")),
    Does.METER: _meter,
    Does.READING: _last_reading,
    Does.BILL: _bill,
    Does.REFUND: lambda form, _choices: written(form, needed=_("Write how the money went back.")),
    Does.HANDOVER: _handover,
}
"""What a stage asks for beside its checklist, by what it does."""

READ: Mapping[Act, Reading] = {Act.FINISH: finish, Act.FAULT: fault}
"""The forms of a connection request alone."""
