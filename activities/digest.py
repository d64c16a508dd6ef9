"""What one officer is told together: complaints by category and place, how many since when, and the oldest due instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.facts import Facts
from activities.named import Named
from activities.notice import Notice, Place
from languages.catalog import gettext, ngettext
from languages.spoken import clock, when

OVER = frozenset({"closed", "withdrawn", "rejected", "lapsed"})
BY_SMS = 3
"""How many groups a text message names."""


@dataclass(frozen=True)
class Waiting:
    """One notice that waited, and since when (by the wall clock)."""

    notice: Notice
    queued: datetime


class Digest:
    """What the template of a digest may say; a complaint counts once, by its newest notice."""

    number = ""
    stop = ""
    bound = ""

    def __init__(self, waiting: Sequence[Waiting], names: Named, place: Place) -> None:
        self.names = names
        self.place = place
        self.today = max(one.queued for one in waiting).astimezone(place.zone).date()
        newest: dict[str, Facts] = {}
        first: dict[str, datetime] = {}
        for one in waiting:
            newest[one.notice.reference] = Facts(one.notice, names, place)
            first[one.notice.reference] = min(one.queued, first.get(one.notice.reference, one.queued))
        self.first = first
        self.over = [facts for facts in newest.values() if facts.data.get("state") in OVER]
        self.open = [facts for facts in newest.values() if facts.data.get("state") not in OVER]
        self.utility = Facts(waiting[0].notice, names, place).utility
        self.phone = Facts(waiting[0].notice, names, place).phone

    @property
    def link(self) -> str:
        """The officer's queue."""
        return f"{self.place.public_url}/desk"

    @property
    def title(self) -> str:
        """How many complaints wait."""
        if any(facts.application for facts in self.open):
            return ngettext(
                "%(num)d request is waiting for you", "%(num)d requests are waiting for you", len(self.open)
            )
        return ngettext(
            "%(num)d complaint is waiting for you", "%(num)d complaints are waiting for you", len(self.open)
        )

    @property
    def closed(self) -> str:
        """How many of them were over meanwhile; "" for none."""
        if not self.over:
            return ""
        if any(facts.application for facts in self.over):
            return ngettext("%(num)d request is over.", "%(num)d requests are over.", len(self.over))
        return ngettext("%(num)d complaint is over.", "%(num)d complaints are over.", len(self.over))

    @property
    def lines(self) -> list[str]:
        """One line for each category and place, the one with the oldest due instant first."""
        groups: dict[str, list[Facts]] = defaultdict(list)
        for facts in self.open:
            groups[heading(facts)].append(facts)
        return [self.line(name, groups[name]) for name in sorted(groups, key=lambda name: self._urgency(groups[name]))]

    @property
    def short(self) -> list[str]:
        """The first of these lines, and how many more there are."""
        lines = self.lines
        more = len(lines) - BY_SMS
        left = [ngettext("And %(num)d more line.", "And %(num)d more lines.", more)] if more > 0 else []
        return lines[:BY_SMS] + left

    def line(self, name: str, group: Sequence[Facts]) -> str:
        """One group in words; a complaint alone is named by its number."""
        due = self.said(oldest_due(group))
        if len(group) == 1:
            if not due:
                return gettext("%(what)s: %(number)s.", what=name, number=group[0].number)
            return gettext("%(what)s: %(number)s, due %(due)s.", what=name, number=group[0].number, due=due)
        many = how_many(group)
        since = self.said(min(self.first[facts.ref] for facts in group))
        if not due:
            return gettext("%(what)s: %(many)s since %(since)s.", what=name, many=many, since=since)
        return gettext(
            "%(what)s: %(many)s since %(since)s, oldest due %(due)s.", what=name, many=many, since=since, due=due
        )

    def said(self, at: datetime | None) -> str:
        """An instant: its time alone if it lies on the day of the digest; "" for None."""
        if at is None:
            return ""
        same_day = at.astimezone(self.place.zone).date() == self.today
        return clock(at, self.place.zone) if same_day else when(at, self.place.zone)

    def _urgency(self, group: Sequence[Facts]) -> tuple[bool, float, int]:
        due = oldest_due(group)
        return due is None, due.timestamp() if due else 0.0, -len(group)


def how_many(group: Sequence[Facts]) -> str:
    """How many complaints or applications these are; one group holds one sort."""
    if group[0].application:
        return ngettext("%(num)d application", "%(num)d applications", len(group))
    return ngettext("%(num)d complaint", "%(num)d complaints", len(group))


def heading(facts: Facts) -> str:
    """Category and place: the feeder, else the locality, else the office; nothing of a confidential one."""
    where = facts.feeder or facts.locality or facts.office
    return gettext("%(category)s, %(place)s", category=facts.category, place=where) if where else facts.category


def oldest_due(group: Sequence[Facts]) -> datetime | None:
    """The earliest due instant; None when none has one."""
    return min((datetime.fromisoformat(facts.data["due"]) for facts in group if facts.data.get("due")), default=None)
