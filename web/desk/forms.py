"""What an officer sends with an action: read from the form, checked, and turned into codes and words for the tray."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from languages.catalog import gettext as _
from rules.procedure import Stage
from rules.terms import Act, Codes

LONGEST_WORDS = 2000
EVENING = 18
PRESETS: Mapping[str, timedelta] = {"1h": timedelta(hours=1), "2h": timedelta(hours=2), "4h": timedelta(hours=4)}
"""Expected times of one tap; "evening" and "tomorrow" stand beside them."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,60}")


def new_token() -> str:
    """A form's own token: sent twice, it counts once."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Choices:
    """The codes a form may name, and the instant and zone its times are read against.

    Of a connection request also the stage it is about, the papers that are wanted, and those of them that lack.
    """

    now: datetime
    zone: tzinfo
    registered: datetime | None = None
    causes: Collection[str] = ()
    hold_reasons: Collection[str] = ()
    expected_reasons: Collection[str] = ()
    receivers: Collection[str] = ()
    categories: Collection[str] = ()
    offices: Collection[str] = ()
    places: Collection[str] = ()
    reject_reasons: Collection[str] = ()
    dangers: Collection[str] = ()
    stage: Stage | None = None
    papers: Collection[str] = ()
    lacking: Collection[str] = ()


@dataclass
class Filled:
    """A form as typed, what is wrong with it by field, and what it means for the tray."""

    act: Act
    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    data: Codes = field(default_factory=dict)
    words: str | None = None

    def wrong(self, name: str, message: str) -> None:
        """Note what is wrong with a field; the first word about it stays."""
        self.errors.setdefault(name, message)

    def text(self, name: str) -> str:
        """A field as typed, without space around it; "" when it was not sent."""
        return self.typed.get(name, "").strip()


Reading = Callable[[Filled, Choices], None]


def read(
    act: Act, typed: Mapping[str, str], choices: Choices, of_a_stage: Mapping[Act, Reading] | None = None
) -> Filled:
    """The form of an action, read; `errors` is empty when it may go to the tray. `of_a_stage`: forms beyond a complaint's."""
    form = Filled(act, typed)
    (of_a_stage or {}).get(act, READ.get(act, _nothing))(form, choices)
    return form


def _nothing(form: Filled, choices: Choices) -> None:
    """An action that needs no more than its button."""


def written(form: Filled, *, needed: str = "") -> None:
    """The free text; `needed` says what to write when it may not be left out."""
    words = form.text("words")
    if len(words) > LONGEST_WORDS:
        form.wrong("words", _("Write at most %(number)d characters.", number=LONGEST_WORDS))
    if needed and not words:
        form.wrong("words", needed)
    form.words = words or None


def choice(form: Filled, name: str, codes: Collection[str], missing: str) -> None:
    """A code of a list; `missing` says what to do when it is none of them."""
    code = form.text(name)
    if code not in codes:
        form.wrong(name, missing)
    form.data[name] = code


def instant(text: str, zone: tzinfo) -> datetime | None:
    """The UTC instant of a local date and time as a browser sends it; None when it is none."""
    try:
        return datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def local(at: datetime, zone: tzinfo) -> str:
    """An instant as the browser's date and time field takes it."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def exact(form: Filled, name: str, choices: Choices, *, later: bool) -> datetime | None:
    """The instant typed into a field, after now for `later`, else not after it; None when left out or wrong."""
    typed = form.text(name)
    at = instant(typed, choices.zone)
    if typed and at is None:
        form.wrong(name, _("Write a date and a time."))
    elif at and later and at <= choices.now:
        form.wrong(name, _("Choose a time that is still to come."))
    elif at and not later and at > choices.now + timedelta(minutes=1):
        form.wrong(name, _("Choose a time that is not in the future."))
    return at


def preset(name: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The instant of a one-tap time; None for a name that is none, or an evening that has begun."""
    if name in PRESETS:
        return now + PRESETS[name]
    today = now.astimezone(zone).replace(hour=EVENING, minute=0, second=0, microsecond=0)
    if name == "evening":
        return today.astimezone(UTC) if today > now else None
    if name == "tomorrow":
        return (today + timedelta(days=1)).replace(hour=12).astimezone(UTC)
    return None


def _expect(form: Filled, choices: Choices) -> None:
    choice(form, "reason", choices.expected_reasons, _("Choose why it takes until then."))
    quick = form.text("quick")
    at = preset(quick, choices.now, choices.zone) if quick else exact(form, "until", choices, later=True)
    if at is None:
        form.wrong("until", _("Choose when it will be done."))
    else:
        form.data["until"] = at.isoformat()


def _hold(form: Filled, choices: Choices) -> None:
    choice(form, "reason", choices.hold_reasons, _("Choose what you are waiting for."))
    written(form)
    at = exact(form, "limit", choices, later=True)
    if at:
        form.data["limit"] = at.isoformat()


def _resolve(form: Filled, choices: Choices) -> None:
    choice(form, "cause", choices.causes, _("Choose what the cause was."))
    written(form, needed=_("Write what was done."))
    at = exact(form, "put_right", choices, later=False)
    if at is None:
        form.wrong("put_right", _("Say when it was put right."))
    else:
        form.data["put_right"] = within_its_minute(at, choices).isoformat()


def within_its_minute(at: datetime, choices: Choices) -> datetime:
    """`at`, or where it names the very minute of now or of the registered instant, that instant: the field has no seconds."""
    for exact in (choices.now, choices.registered):
        if exact and at <= exact < at + timedelta(minutes=1):
            return exact
    return at


def _give(form: Filled, choices: Choices) -> None:
    choice(form, "post", choices.receivers, _("Choose to whom it goes."))
    written(form)


def _direct(form: Filled, choices: Choices) -> None:
    written(form, needed=_("Write what is to be done."))
    at = exact(form, "by", choices, later=True)
    if at:
        form.data["by"] = at.isoformat()


def _correct(form: Filled, choices: Choices) -> None:
    choice(form, "category", choices.categories, _("Choose what it really is."))
    written(form)


def placed(form: Filled, codes: Collection[str]) -> None:
    """Where it is of which nobody knew the place: one of these localities, or an office after its @."""
    code = form.text("locality")
    if code not in codes:
        form.wrong("locality", _("Choose the place."))
    form.data = {"office": code[1:]} if code.startswith("@") else {"locality": code}


def _transfer(form: Filled, choices: Choices) -> None:
    if choices.places:
        placed(form, choices.places)
        return written(form)
    choice(form, "office", choices.offices, _("Choose to which office it belongs."))
    return written(form)


def _reject(form: Filled, choices: Choices) -> None:
    choice(form, "reason", choices.reject_reasons, _("Choose why it cannot be accepted."))
    written(form, needed=_("Write what you found."))


READ: Mapping[Act, Reading] = {
    Act.NOTE: lambda form, _choices: written(form, needed=_("Write the note.")),
    Act.MESSAGE: lambda form, _choices: written(form, needed=_("Write the message.")),
    Act.EXPECT: _expect,
    Act.HOLD: _hold,
    Act.RESOLVE: _resolve,
    Act.GIVE: _give,
    Act.DIRECT: _direct,
    Act.ESCALATE: lambda form, _choices: written(form, needed=_("Write why it should go up now.")),
    Act.CORRECT: _correct,
    Act.TRANSFER: _transfer,
    Act.REJECT: _reject,
    Act.DISAGREE: lambda form, _choices: written(form),
    Act.RAISE: lambda form, choices: choice(form, "category", choices.dangers, _("Choose what the danger is.")),
}
