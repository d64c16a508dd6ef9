"""What messages say of time: when an officer's own runs out, the time limit by regulation, and what a consumer is promised."""

from __future__ import annotations

from activities.spelled import Spelled
from languages.catalog import gettext
from languages.views import Reader


class Limits(Spelled):
    """A notification's instants in sentences; "" where there is nothing to say."""

    @property
    def beyond(self) -> bool:
        """Whether the time of the last tier, too, is over."""
        return bool(self.data.get("beyond"))

    @property
    def due(self) -> str:
        """When the time of whoever answers runs out; that it is over, where nobody is above."""
        if self.beyond:
            return gettext("It is still not done, its time is over.")
        due = self.at("due")
        return gettext("Due: %(when)s.", when=due) if due else ""

    @property
    def late(self) -> bool:
        """Whether the time limit by regulation is over already."""
        return bool(self.data.get("standard_lapsed"))

    @property
    def promise(self) -> str:
        """The instant by which it must be done; "" once that is over."""
        return "" if self.late else self.at("standard_due")

    @property
    def limit_by_regulation(self) -> str:
        """The time limit by regulation, over or not."""
        limit = self.at("standard_due")
        return gettext("Time limit by regulation: %(when)s.", when=limit) if limit else ""

    @property
    def limit_now(self) -> str:
        """The time limit that holds now, where another one may follow or went before."""
        return gettext("Time limit now: %(when)s.", when=self._limit) if self._limit else self._sorry

    @property
    def limit_stays(self) -> str:
        """That the time limit is the same as before."""
        return gettext("The time limit stays: %(when)s.", when=self._limit) if self._limit else self._sorry

    @property
    def _limit(self) -> str:
        return self.promise if self.reader is Reader.CONSUMER else self.at("standard_due")

    @property
    def _sorry(self) -> str:
        return gettext("We are late. We are sorry.") if self.late and self.reader is Reader.CONSUMER else ""

    @property
    def promised(self) -> str:
        """What is promised, in a sentence: a hearing where there is one; once it is over, that we are late."""
        if self.heard:
            return gettext("Your hearing is on %(day)s at the latest.", day=self.day("due"))
        if not self.promise:
            return self._sorry
        if self.application:
            return gettext("It must be done by %(when)s.", when=self.promise)
        return gettext("We must put it right by %(when)s.", when=self.promise)

    @property
    def not_begun(self) -> str:
        """That nothing is promised while papers are missing; "" of a complaint, and of an application that is complete."""
        return "" if not self.application or self.promise else gettext("Our time begins when all papers are here.")
