"""The names messages use, as the administrator's tables have them now, in the language in use."""

from __future__ import annotations

from collections.abc import Mapping

from languages.catalog import named
from languages.connections import own_label
from models.names import Everything


class Named:
    """Look-ups over one reading of the tables; everything unknown is ""."""

    def __init__(self, everything: Everything, feeders: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """`feeders`: the names of each by its code."""
        self.everything = everything
        self.feeders = feeders or {}

    def label(self, kind: str, code: str) -> str:
        """The name of a code: an office's or post's own, else the one in the list of that kind."""
        if kind == "post":
            return self.post(code)
        if kind == "office":
            office = self.everything.offices.get(code)
            return named(office.names) if office else ""
        if kind == "locality":
            place = self.everything.localities.get(code)
            return named(place.names) if place else ""
        if kind == "feeder":
            return named(self.feeders.get(code, {}))
        row = self.everything.names.get((kind, code))
        return named(row.labels) if row else own_label(kind, code)

    def description(self, kind: str, code: str) -> str:
        """The sentence beside a name that says what is meant; "" where there is none."""
        row = self.everything.names.get((kind, code))
        return named(row.data.get("descriptions", {})) if row else ""

    def phone_of(self, office: str) -> str:
        """An office's telephone number."""
        found = self.everything.offices.get(office)
        return found.phone if found else ""

    def post(self, code: str) -> str:
        """A post's title; its role's where it has none of its own."""
        post = self.everything.posts.get(code)
        return (named(post.titles) or self.label("role", post.role)) if post else ""

    def role_of(self, code: str) -> str:
        """The title of a post's role, which names no place."""
        post = self.everything.posts.get(code)
        return self.label("role", post.role) if post else ""

    def utility(self, what: str) -> str:
        """A text of the utility itself: name, phone, forum."""
        row = self.everything.names.get(("utility", what))
        return (named(row.labels) or str(row.data.get("value", ""))) if row else ""

    @property
    def forum_phone(self) -> str:
        """The telephone number of the forum above the utility."""
        row = self.everything.names.get(("utility", "forum"))
        return str(row.data.get("phone", "")) if row else ""

    def spoken_by(self, channel: str) -> str | None:
        """The one language the utility has set for a channel; None when it speaks the recipient's."""
        row = self.everything.names.get(("utility", "channels"))
        plan = row.data.get("value", {}).get(channel, {}) if row else {}
        language = plan.get("language")
        return language if isinstance(language, str) else None
