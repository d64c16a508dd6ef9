"""Trust in the clock: how late timers were, what waits longest, within which bounds, and who is told when one breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from languages import alarms as words
from languages.catalog import LANGUAGES, OWN_NAMES
from languages.catalog import gettext as _
from languages.spoken import duration
from models import alarms, trust
from models.alarms import Alarms, Settings
from models.database import database_now
from models.trust import Lateness, Reading
from rules.alarms import MOST_ADDRESSES, Bounds, OutOfBounds, Watched, broken, read, settings
from rules.durations import BadDuration, Duration
from web.consumer.steps import is_email
from web.database import Bounded
from web.deps import Db, Now, Parts
from web.desk.session import Person, ReadsAdmin, Tunes
from web.forms import Form
from web.onewindow import Onewindow
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
LONGEST_ADDRESS = 200


@dataclass(frozen=True)
class Found:
    """Everything the page shows, of one instant."""

    readings: Mapping[Watched, Reading]
    lateness: Mapping[str, Lateness]
    alarms: Alarms


async def found(session: AsyncSession) -> Found:
    """All of it, by the database's clock."""
    now = await database_now(session)
    late = {name: await trust.lateness(session, now, window) for name, window in trust.WINDOWS.items()}
    return Found(await trust.readings(session, now), late, await alarms.current(session))


@router.get("/admin/clock")
async def clock(request: Request, person: ReadsAdmin, db: Db, parts: Parts, saved: bool = False) -> Response:
    """The page."""
    return await shown(request, person, db, parts, saved=saved)


@router.post("/admin/clock")
async def save(request: Request, person: Tunes, form: Form, db: Db, parts: Parts, now: Now) -> Response:
    """Set bounds and addresses; with anything wrong nothing is saved and the form comes back as typed."""
    errors: dict[str, str] = {}
    asked = settings_in(form, errors)
    if errors:
        return await shown(request, person, db, parts, typed=form, errors=errors)
    await db.write(alarms.keep, asked, person.id, now)
    return see_other("/admin/clock?saved=1")


async def shown(
    request: Request, person: Person, db: Bounded, parts: Onewindow, *,
    typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, saved: bool = False,
) -> Response:  # fmt: skip
    """The page as it stands, or with a form that came back."""
    here = await db.read(found)
    kept = alarms.settings_of(here.alarms)
    return page(
        request, "admin/clock.html", status=422 if errors else 200, person=person, here=here, saved=saved,
        lines=lines(here, kept.bounds), bad=broken(trust.values(here.readings), kept.bounds), words=words,
        heads=window_words(), columns=column_words(), settings=list(settings()), hints=hints(), kept=kept,
        typed=typed or as_typed(kept), errors=errors or {}, spoken={code: OWN_NAMES[code] for code in LANGUAGES},
        may="tune" in person.rights, moment=parts.clock(),
    )  # fmt: skip


def lines(here: Found, bounds: Bounds) -> list[tuple[Watched, Reading, float]]:
    """Each thing watched with its reading and its bound."""
    return [(what, here.readings[what], bounds.limit(what)) for what in Watched]


def window_words() -> dict[str, str]:
    """The windows as a table's headings."""
    return {"hour": _("Last hour"), "day": _("Last 24 hours"), "month": _("Last 30 days")}


def column_words() -> list[str]:
    """What each column of the distribution counts."""
    edges = [_("up to %(length)s", length=words.span_of(edge)) for edge in trust.EDGES]
    return [*edges, _("later than %(length)s", length=words.span_of(trust.EDGES[-1]))]


def hints() -> dict[str, str]:
    """What may be written into each field."""
    return {setting.name: _within(setting) for setting in settings()}


def _within(setting: Field[Any]) -> str:
    least, most = setting.metadata["at_least"], setting.metadata["at_most"]
    return _("From %(least)s to %(most)s.", least=_said(least), most=_said(most))


def _said(value: Duration | int) -> str:
    return duration(value) if isinstance(value, Duration) else str(value)


def as_typed(kept: Settings) -> dict[str, str]:
    """The settings as the form has them."""
    bounds = {setting.name: str(getattr(kept.bounds, setting.name)) for setting in fields(Bounds)}
    return {**bounds, "addresses": "\n".join(kept.addresses), "language": kept.language}


def settings_in(form: Mapping[str, str], errors: dict[str, str]) -> Settings:
    """The settings a form means; what is wrong goes into `errors` by field."""
    bounds: dict[str, Any] = {}
    for setting in settings():
        try:
            bounds[setting.name] = read(setting, form.get(setting.name, ""))
        except BadDuration:
            errors[setting.name] = _("This is no length of time. Write it like 30s, 5m or 2h.")
        except OutOfBounds:
            errors[setting.name] = _within(setting)
    addresses = tuple(dict.fromkeys(form.get("addresses", "").replace(",", " ").split()))
    wrong = [one for one in addresses if not is_email(one) or len(one) > LONGEST_ADDRESS]
    if wrong:
        errors["addresses"] = _("This is no e-mail address: %(address)s", address=wrong[0][:LONGEST_ADDRESS])
    elif len(addresses) > MOST_ADDRESSES:
        errors["addresses"] = _("Write at most %(most)d addresses.", most=MOST_ADDRESSES)
    language = form.get("language", "")
    return Settings(Bounds(**bounds), addresses, language if language in LANGUAGES else "en")
