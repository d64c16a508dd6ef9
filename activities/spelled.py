"""A notification's codes and instants spelled out in the language in use: what every message rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from activities.named import Named
from activities.notice import Notice, Place, Recipient
from languages.catalog import gettext
from languages.exceptional import excused
from languages.spoken import day, inside, isolate, reference, when
from languages.views import Reader
from rules.terms import Kind

DATED = frozenset({"due", "fell_due", "standard_due", "standard_was", "standard_then"})
"""Instants that are a day, where a matter is heard."""


class Spelled:
    """One notification with the names as they are now; "" where something is not known or must not be said."""

    def __init__(self, notice: Notice, names: Named, place: Place) -> None:
        self.notice = notice
        self.names = names
        self.place = place
        self.data: Mapping[str, Any] = notice.data
        self.confidential = bool(notice.data.get("confidential"))

    @property
    def ref(self) -> str:
        """The reference as one run of digits, as text messages carry it."""
        return self.notice.reference

    @property
    def number(self) -> str:
        """The reference as shown, kept from turning round."""
        return isolate(reference(self.notice.reference))

    @property
    def kind(self) -> Kind:
        """What is asked for; a complaint where it is not said."""
        code = self.data.get("kind")
        return Kind(code) if code in set(Kind) else Kind.COMPLAINT

    @property
    def application(self) -> bool:
        """Whether it is a connection request."""
        return self.kind is not Kind.COMPLAINT

    @property
    def what(self) -> str:
        """What it is called at the beginning of a sentence."""
        return gettext("Application") if self.application else gettext("Complaint")

    @property
    def thing(self) -> str:
        """What it is called within a sentence."""
        return inside(self.what)

    @property
    def category(self) -> str:
        """The category's name, or what was applied for; never a confidential one's."""
        return self.label("category", "procedure" if self.application else "category") or self.what

    def label(self, key: str, kind: str) -> str:
        """The name of the code under `key`; "" when confidential."""
        code = self.data.get(key)
        return "" if self.confidential or not isinstance(code, str) else self.names.label(kind, code)

    def reason(self, kind: str, key: str = "reason") -> str:
        """A reason or cause by name; an application is refused for reasons of its own."""
        own = "refuse_reason" if self.application and kind == "reject_reason" else kind
        return self.label(key, own) or self.label(key, kind)

    def at(self, *keys: str) -> str:
        """The first of these instants that is known, as people say it: a day, where a matter is heard."""
        for key in keys:
            if self.data.get(key):
                if self.heard and key in DATED:
                    return self.day(key)
                return when(datetime.fromisoformat(self.data[key]), self.place.zone)
        return ""

    @property
    def heard(self) -> bool:
        """Whether the matter is heard rather than repaired."""
        return "heard" in self.data and not self.confidential

    @property
    def recovery(self) -> bool:
        """Whether this is about the task that holds recovery of disputed dues."""
        return "recovery" in self.data

    @property
    def exceptional(self) -> str:
        """That an exceptional event excuses the delay; "" where none does."""
        what = self.data.get("exceptional")
        return excused(str(what)) if what and not self.confidential else ""

    def day(self, key: str) -> str:
        """The day of this instant, as people say it; "" when it is not known."""
        said = self.data.get(key)
        return day(datetime.fromisoformat(said), self.place.zone) if said else ""

    @property
    def reader(self) -> Reader:
        """As whom the recipient reads."""
        return Reader.CONSUMER if self.notice.to is Recipient.CONSUMER else Reader.OFFICER
