"""What messages about a connection request may say: its stages, papers, dates and money."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from activities.limits import Limits
from languages.application import question
from languages.catalog import gettext, ngettext
from languages.connections import fault_advice, fault_label
from languages.dealings import Dealing, Visit, dealing_of
from languages.money import money
from languages.spoken import between, isolate, joined, when
from languages.stages import listed, still_to_pay
from rules.case import Wait

BY_SMS = 2
"""How many papers a text message names."""


class Applying(Limits):
    """The part of a notification that only a connection request has."""

    @property
    def dealing(self) -> Dealing:
        """Names, dates and money, as a line of history has them; without names when confidential."""
        return dealing_of(self.data, (lambda kind, code: "") if self.confidential else self.names.label)

    @property
    def question(self) -> str:
        """What the consumer is asked at the end."""
        return question(self.kind) if self.application else gettext("Is it put right?")

    @property
    def stage(self) -> str:
        """Which stage of it this is about, in a sentence for officers; "" for a complaint."""
        stage = self.dealing.stage
        return gettext("Stage: %(stage)s.", stage=stage) if stage else ""

    @property
    def head(self) -> str:
        """What a text message to an officer begins with: what it is about, its number, and at which stage it is."""
        if not self.dealing.stage:
            return gettext("%(category)s %(ref)s.", category=self.category, ref=self.ref)
        stage = self.dealing.stage
        return gettext("%(category)s %(ref)s, %(stage)s.", category=self.category, ref=self.ref, stage=stage)

    @property
    def papers(self) -> str:
        """The papers that are wanted, each with what is wrong with it."""
        return listed(self.dealing.lacking)

    @property
    def lines_of_papers(self) -> list[str]:
        """The same, each with what to do about it."""
        return [
            gettext(
                "%(paper)s: %(fault)s. %(advice)s",
                paper=one.paper,
                fault=fault_label(one.fault),
                advice=fault_advice(one.fault),
            )
            for one in self.dealing.lacking
        ]

    @property
    def few_papers(self) -> str:
        """The first of them, and how many more there are."""
        return self._few(listed(self.dealing.lacking[:BY_SMS]))

    @property
    def few_wanted(self) -> str:
        """The same without what is wrong with each."""
        return self._few(joined(one.paper for one in self.dealing.lacking[:BY_SMS]))

    def _few(self, said: str) -> str:
        more = len(self.dealing.lacking) - BY_SMS
        return (
            ngettext("%(papers)s and %(num)d more", "%(papers)s and %(num)d more", more, papers=said)
            if more > 0
            else said
        )

    @property
    def dates(self) -> list[str]:
        """The dates that are offered, in full."""
        return [self._span(slot) for slot in self.dealing.slots]

    @property
    def few_dates(self) -> str:
        """When each of them begins."""
        return joined((when(slot.start, self.place.zone) for slot in self.dealing.slots), "; ")

    @property
    def visit(self) -> str:
        """The date that was chosen."""
        return self._span(self.dealing.slot) if self.dealing.slot else ""

    def _span(self, slot: Visit) -> str:
        return between(slot.start, slot.end, self.place.zone)

    def money(self, key: str) -> str:
        """A sum; "" where it is not known."""
        amount = self.data.get(key)
        return money(amount) if isinstance(amount, int) else ""

    @property
    def left(self) -> str:
        """What is still to be paid, in a sentence."""
        return still_to_pay(self.dealing)

    @property
    def given_back(self) -> bool:
        """Whether the money went to the consumer."""
        return (self.dealing.amount or 0) < 0

    @property
    def after_payment(self) -> str:
        """How it stands after a payment."""
        return gettext("The demand note was no longer valid.") if self.dealing.late else self.left

    @property
    def note(self) -> str:
        """The number of the demand note."""
        return isolate(self.dealing.note) if self.dealing.note else ""

    @property
    def still(self) -> str:
        """For what the consumer is still waited for, in a sentence."""
        said = STILL.get(self.dealing.wait)
        return said() if said else gettext("We are still waiting for you.")

    @property
    def still_until(self) -> str:
        """Until when; of a visit, when it is."""
        until = self.at("limit")
        if self.dealing.wait is Wait.VISIT:
            return gettext("We come on %(when)s.", when=until)
        return gettext("You have time until %(when)s.", when=until)

    @property
    def advice(self) -> str:
        """What one may do whose application was refused."""
        code = self.data.get("reason")
        return self.names.description("refuse_reason", code) if self.application and isinstance(code, str) else ""


STILL: Mapping[Wait | None, Callable[[], str]] = {
    Wait.PAPERS: lambda: gettext("We still need papers from you."),
    Wait.SLOT: lambda: gettext("Please choose a date for the visit."),
    Wait.NO_ACCESS: lambda: gettext("Please choose a new date for the visit."),
    Wait.VISIT: lambda: gettext("Remember our visit. Please be there."),
    Wait.PAYMENT: lambda: gettext("Your demand note is not paid yet."),
    Wait.PERMISSION: lambda: gettext("We still wait for permission from somebody else."),
}
