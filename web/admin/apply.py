"""To which open requests new timings are applied: the choice as a form sends it, and what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from languages.catalog import gettext as _
from languages.spoken import joined
from models.people import Zone
from models.policy_versions import current
from models.retiming import Choice, NoSuchChoice
from models.runs import FASTEST, SLOWEST, USUAL
from rules.terms import Codes
from web.book import Book
from web.typed import own_number

NEW_ONLY = "new"


async def choices(session: AsyncSession, book: Book, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the form offers, tiers, categories and zones; and what of it was chosen."""
    policy = await current(session)
    zones = (await session.exec(select(Zone.code).order_by(Zone.code))).all()
    most = max((len(timing.tiers) for timing in policy.timings.values()), default=1)
    return {
        "apply_tiers": list(range(1, most)),
        "apply_categories": [code for code, timing in policy.timings.items() if not timing.confidential],
        "apply_procedures": book.in_order("procedure", policy.procedures),
        "apply_zones": list(zones),
        "rates": {"slowest": SLOWEST, "fastest": FASTEST, "usual": USUAL},
        "picked": {key: (typed or {}).get(key, "") for key in ("apply_category", "apply_zone", "rate")},
    }


def chosen(form: Mapping[str, str]) -> Choice | None:
    """What the form says; None for new requests only. ValueError with the reason for what it cannot mean."""
    which = form.get("apply", NEW_ONLY)
    if which == NEW_ONLY:
        return None
    tier = own_number(which.removeprefix("tier"))
    if which != "all" and (tier is None or not which.startswith("tier")):
        raise ValueError(_("Choose which open requests the new timings count for."))
    return Choice(tier, form.get("apply_category") or None, form.get("apply_zone") or None)


def choice_words(choice: Choice, book: Book) -> str:
    """Which open requests a choice means, in a row of words."""
    words = [
        book.matter(choice.category) if choice.category else _("every sort"),
        book.label("zone", choice.zone) if choice.zone else _("every zone"),
    ]
    if choice.tier:
        words.append(_("not above officer %(place)d", place=choice.tier))
    return joined(words)


def counts_for(author: Codes, book: Book) -> str:
    """For which requests timings count once they are approved, as their author chose."""
    if version := author.get("takes_back"):
        return _("New ones, and the open ones that have version %(number)d.", number=version)
    apply = dict(author.get("apply") or {})
    if not apply:
        return _("New ones only")
    rate = int(apply.pop("rate"))
    which = choice_words(Choice(**apply), book)
    return _("New ones, and open ones: %(which)s. %(rate)d requests a minute.", which=which, rate=rate)


def unknown(wrong: NoSuchChoice) -> dict[str, str]:
    """What was chosen and does not exist, by the field of the form."""
    return {
        "tier": {"apply": _("Choose which open requests the new timings count for.")},
        "category": {"apply_category": _("There is no such sort.")},
        "zone": {"apply_zone": _("There is no such zone.")},
    }[wrong.field]


def rate_of(form: Mapping[str, str]) -> int:
    """How many a minute; the usual rate where nothing is said. ValueError for what is no such number."""
    said = form.get("rate", "").strip()
    if not said:
        return USUAL
    rate = own_number(said)
    if rate is None or not SLOWEST <= rate <= FASTEST:
        raise ValueError(_("Write a number from %(least)d to %(most)d.", least=SLOWEST, most=FASTEST))
    return rate
