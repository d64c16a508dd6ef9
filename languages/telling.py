"""One line of history on its way into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages.dealings import Dealing, Visit
from languages.spoken import between, inside, when
from languages.views import Reader, StoryEvent


@dataclass(frozen=True)
class Telling:
    """An event, and to whom and when it is told."""

    event: StoryEvent
    zone: tzinfo
    now: datetime | None
    to: Reader

    @property
    def title(self) -> str:
        """Who has it now, as written inside a sentence."""
        return inside(self.event.title) if self.event.title else ""

    def spoken(self, at: datetime | None) -> str:
        """An instant in full; "" for None."""
        return "" if at is None else when(at, self.zone, now=self.now)

    @property
    def dealing(self) -> Dealing:
        """What a connection request's line tells beyond a complaint's."""
        return self.event.dealing

    def visit(self, date: Visit) -> str:
        """A date for a visit in full."""
        return between(date.start, date.end, self.zone, now=self.now)

    def by_reader(self, consumer: str, officer: str) -> str:
        """One wording for the consumer himself, one for officers."""
        return consumer if self.to is Reader.CONSUMER else officer
