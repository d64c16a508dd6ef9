"""The names people read, as they are now, and the policies requests are pinned to: kept in memory by edition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from languages.catalog import LANGUAGES, named
from languages.connections import own_label
from models.names import NOTHING, Everything, everything, newest_edition
from models.people import Locality, Office, Post, Zone
from models.policy import Names, PolicyVersion
from models.policy_versions import NoPolicy, newest
from rules.policy import Policy, Timing, timing_of
from rules.terms import Kind


class Sorted(Protocol):
    """Whatever says what is asked for: a request, or a line of a list."""

    @property
    def kind(self) -> str: ...

    @property
    def category(self) -> str: ...


class Book:
    """Look-ups over the administrator's tables; read again whenever their edition rises."""

    def __init__(self) -> None:
        self.now: Everything = NOTHING
        self.policies: dict[int, Policy] = {}
        self.dates: dict[int, datetime] = {}
        """Since when each policy held is known."""
        self.newest = 0

    @property
    def edition(self) -> int:
        """The edition this book was read at; 0 before the first reading."""
        return self.now.edition

    async def refresh(self, session: AsyncSession) -> bool:
        """Read everything again if the edition rose; whether it did."""
        if await newest_edition(session) == self.edition:
            return False
        read = await everything(session)
        try:
            row = await newest(session)
        except NoPolicy:
            return False
        self._hold(row)
        self.newest = row.number
        self.now = read
        return True

    async def hold_policy(self, session: AsyncSession, number: int) -> Policy:
        """The policy of this number, read once: it never changes. LookupError when there is none."""
        if number not in self.policies:
            found = await session.get(PolicyVersion, number)
            if found is None:
                raise LookupError(f"no policy version {number}")
            self._hold(found)
        return self.policies[number]

    def _hold(self, row: PolicyVersion) -> None:
        self.policies[row.number], self.dates[row.number] = row.policy, row.at

    def timing(self, number: int, category: str, area_class: str) -> Timing:
        """The times and flags of a category in a policy already held."""
        return timing_of(self.policies[number], category, area_class)

    def row(self, kind: str, code: str) -> Names | None:
        """The row of a code, or None."""
        return self.now.names.get((kind, code))

    def name(self, kind: str, code: str | None) -> str:
        """What people read for a code, "" where nobody named it; for a post its title, for an office its name."""
        if kind == "post":
            return self.title(code)
        if kind == "office":
            office = self.office(code)
            return named(office.names) if office else ""
        if kind == "zone":
            zone = self.zone(code)
            return named(zone.names) if zone else ""
        row = self.row(kind, code or "")
        return named(row.labels) if row else own_label(kind, code or "")

    def label(self, kind: str, code: str | None) -> str:
        """What people read for a code; the code itself in plain words when nobody named it."""
        return self.name(kind, code) or (code or "").replace("_", " ").replace("-", " ")

    def matter(self, code: str) -> str:
        """What a category of complaints, or a sort of application, is called."""
        return self.name("category", code) or self.label("procedure", code)

    def sort(self, request: Sorted) -> str:
        """What is asked for: the category of a complaint, the procedure of a connection request."""
        return self.label("category" if request.kind == Kind.COMPLAINT else "procedure", request.category)

    def all(self, kind: str) -> list[Names]:
        """Every row of a kind in the profile's order."""
        return self.now.by_kind.get(kind, [])

    def place(self, kind: str, code: str) -> int:
        """Where a code stands in the profile's order; last where nobody named it."""
        row = self.row(kind, code)
        return len(self.all(kind)) if row is None else row.place

    def in_order(self, kind: str, codes: Iterable[str]) -> list[str]:
        """Codes in the profile's order; those nobody named last."""
        return sorted(codes, key=lambda code: self.place(kind, code))

    def categories(self) -> list[Names]:
        """The categories of complaints that are offered now: a retired one has a name and no timings."""
        policy = self.policies.get(self.newest)
        return [row for row in self.all("category") if policy is None or row.code in policy.timings]

    def offers(self, category: str) -> bool:
        """Whether something can be filed under this category now."""
        return any(row.code == category for row in self.categories())

    def office(self, code: str | None) -> Office | None:
        """An office, or None."""
        return self.now.offices.get(code or "")

    def zone(self, code: str | None) -> Zone | None:
        """A zone, or None."""
        return self.now.zones.get(code or "")

    def locality(self, code: str | None) -> Locality | None:
        """A locality, or None."""
        return self.now.localities.get(code or "")

    def post(self, code: str | None) -> Post | None:
        """A post, or None."""
        return self.now.posts.get(code or "")

    def posts(self) -> list[Post]:
        """Every post, by code."""
        return [post for _, post in sorted(self.now.posts.items())]

    def title(self, code: str | None) -> str:
        """A post's title; its role's label when it has none of its own; "" when there is no such post."""
        post = self.post(code)
        return (named(post.titles) or self.label("role", post.role)) if post else ""

    def utility(self, what: str) -> str:
        """A text of the utility itself (name, phone, safety_phone, forum ...); "" when the profile has none."""
        row = self.row("utility", what)
        return (named(row.labels) or str(row.data.get("value", ""))) if row else ""

    def value(self, what: str, otherwise: Any = None) -> Any:
        """A setting of the utility (zone, country, languages ...) as it was written."""
        row = self.row("utility", what)
        return row.data.get("value", otherwise) if row else otherwise

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages the utility speaks."""
        spoken = [code for code in self.value("languages", ()) if code in LANGUAGES]
        return tuple(spoken) or LANGUAGES
