"""Procedures: how a connection request is worked, stage by stage, as values a utility writes in its profile.

A stage is known by its code, never by its position. Which stages are open follows from which are done: `opening` and `ended`.
Read and written as TOML by `rules.procedure_toml`; `rules.procedure_check` refuses one with a hole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules.durations import Duration
from rules.policy import Timing
from rules.terms import Codes, Kind


class Does(StrEnum):
    """What ends a stage."""

    DOCUMENTS = "documents"
    """Every wanted paper is accepted; its end is the instant the request is complete."""
    VISIT = "visit"
    """A visit at a slot the applicant chose, with its checklist."""
    DECISION = "decision"
    """One of the stage's outcomes; `refused` ends the request with a reason."""
    NOTE = "note"
    """A demand note is issued by the fee rule."""
    PAYMENT = "payment"
    """The demand note is paid in full."""
    PERMISSION = "permission"
    """A third party's leave is recorded."""
    WORK = "work"
    """The checklist is complete."""
    METER = "meter"
    """A meter from stock is fitted: number, seal and first reading."""
    READING = "reading"
    """The last reading is taken and the meter comes back to stock."""
    BILL = "bill"
    """The final bill: dues less the security held; what is left is to be paid, or given back."""
    REFUND = "refund"
    """Money is given back."""
    CERTIFICATE = "certificate"
    """A certificate is issued (no dues)."""
    HANDOVER = "handover"
    """It is done (energised, changed, shifted, disconnected), and the applicant may be asked."""


PHOTOGRAPHED_STAGES = frozenset({Does.VISIT, Does.WORK, Does.METER, Does.READING, Does.HANDOVER})
"""What is done at the consumer's place, where a photo may be taken of it."""


class Billed(StrEnum):
    """How a final bill came out; the outcomes of every stage that does a bill, without being written."""

    DUE = "due"
    """Something is left to be paid."""
    CREDIT = "credit"
    """Something is left over; the refund stage of the procedure gives it back."""
    EVEN = "even"


REFUSED = "refused"
"""The outcome of a decision that ends the request."""


class Whose(StrEnum):
    """Whose turn a stage is from the moment it opens; all but the office's are held from the start."""

    OFFICE = "office"
    APPLICANT = "applicant"
    THIRD_PARTY = "third_party"


class Lapse(StrEnum):
    """What happens when somebody else's turn runs out."""

    OFFICER = "officer"
    """The clock goes on and the officer decides."""
    LAPSED = "lapsed"
    """The request lapses; what it took is undone and what was paid is kept for the applicant to claim."""
    REFUND = "refund"
    """The request lapses and what was paid is given back."""


@dataclass(frozen=True)
class Stage:
    """One stage. It opens when every stage of `after` is done or skipped; with `when` (a stage and its outcome) only if that came out.

    `limit`, `remind` and `lapse` rule every wait for somebody else in this stage: how long, how long before its end he is
    reminded, and what then. `back` is the stage that a "no" to the question reopens. `timing.standard` is always None.
    """

    code: str
    does: Does
    timing: Timing
    after: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    whose: Whose = Whose.OFFICE
    limit: Duration | None = None
    remind: Duration | None = None
    lapse: Lapse = Lapse.OFFICER
    checklist: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    back: str | None = None


@dataclass(frozen=True)
class Fee:
    """A line of a demand note: `amount` in minor units (paise), once or `per_kw`, for loads above `above_kw` and up to `up_to_kw`."""

    code: str
    amount: int
    per_kw: bool = False
    above_kw: Decimal | None = None
    up_to_kw: Decimal | None = None
    applicants: tuple[str, ...] = ()
    refundable: bool = False


@dataclass(frozen=True)
class Law:
    """The regulated time of a whole request, in force from `since` to before `until` (None: open), where area, voltage and load fit."""

    time: Duration
    calendar: str
    area: str | None = None
    above_kw: Decimal | None = None
    up_to_kw: Decimal | None = None
    voltage: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Loads:
    """The loads that may be asked for, in kW: from the least to the most, in steps."""

    least: Decimal
    most: Decimal
    step: Decimal


@dataclass(frozen=True)
class Slots:
    """The visits an office can make: spans of a day ("10:00-13:00"), how many at once, and how far ahead."""

    spans: tuple[str, ...] = ("10:00-13:00", "14:00-17:00")
    at_once: int = 2
    days_ahead: int = 10


@dataclass(frozen=True)
class Procedure:
    """How requests of one sort are worked. `papers` are the documents wanted by sort of applicant; `loads` None: no load is asked for.

    `note_valid`: how long a demand note may be paid. `confirm` None: the applicant is not asked at the end.
    `refund`: the stage in which money is given back when a request ends early; it opens then and only then.
    """

    code: str
    kind: Kind
    stages: Mapping[str, Stage]
    papers: Mapping[str, tuple[str, ...]]
    standards: tuple[Law, ...] = ()
    fees: tuple[Fee, ...] = ()
    loads: Loads | None = None
    note_valid: Duration | None = None
    confirm: Duration | None = None
    slots: Slots = field(default_factory=Slots)
    refund: str | None = None
    account: bool = False
    """Whether the request is about a connection that exists, whose account must be given."""

    def wanted(self, application: Codes) -> tuple[str, ...]:
        """The papers this sort of applicant must bring; none where the application does not say of which sort he is."""
        return self.papers.get(str(application.get("applicant")), ())


def outcomes_of(stage: Stage) -> tuple[str, ...]:
    """How a stage may come out: as it is written, or as every final bill may."""
    return tuple(Billed) if stage.does is Does.BILL else stage.outcomes


def opening(procedure: Procedure, done: Mapping[str, str | None], open_now: Collection[str]) -> Iterator[Stage]:
    """The stages that open now. `done` maps each stage that ended to its outcome (None where it has none)."""
    for stage in procedure.stages.values():
        if stage.code in done or stage.code in open_now or stage.code == procedure.refund:
            continue
        if _wanted(stage, done) is True and all(_behind(procedure, code, done) for code in stage.after):
            yield stage


def ended(procedure: Procedure, done: Mapping[str, str | None]) -> bool:
    """Whether every stage is done or skipped."""
    return all(_behind(procedure, code, done) for code in procedure.stages if code != procedure.refund)


def coming(procedure: Procedure, done: Mapping[str, str | None], opened: Collection[str]) -> Iterator[str]:
    """The stages that may still open, in the procedure's order: not those another way was taken past."""
    for code in procedure.stages:
        if code not in opened and code != procedure.refund and not _behind(procedure, code, done):
            yield code


def _wanted(stage: Stage, done: Mapping[str, str | None]) -> bool | None:
    """Whether this way was taken; None while that is not decided."""
    if stage.when is None:
        return True
    decider, outcome = stage.when
    return done[decider] == outcome if decider in done else None


def _behind(procedure: Procedure, code: str, done: Mapping[str, str | None]) -> bool:
    """Whether a stage is done, or will never open because another way was taken, or its decider was skipped itself."""
    if code in done:
        return True
    stage = procedure.stages[code]
    if stage.when is None:
        return False
    decider = stage.when[0]
    if decider not in done:
        return procedure.stages[decider].when is not None and _behind(procedure, decider, done)
    return done[decider] != stage.when[1]
