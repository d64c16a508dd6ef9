"""What a connection request gathers on its way: papers, demand notes, money, and what it took from others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from rules.papers import DocumentState


class Fault(StrEnum):
    """What is wrong with a paper; each has a sentence in every language."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    WRONG = "wrong"
    EXPIRED = "expired"
    NOT_MATCHING = "not_matching"
    NOT_SIGNED = "not_signed"
    LOST = "lost"


class Wait(StrEnum):
    """For what a stage waits while it is not the office's turn: the reason of its hold."""

    PAPERS = "papers"
    SLOT = "slot"
    VISIT = "visit"
    NO_ACCESS = "no_access"
    PAYMENT = "payment"
    PERMISSION = "permission"


class NoteState(StrEnum):
    """How a demand note stands."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass
class Paper:
    """One submitted document: for which paper it stands, and what was found."""

    id: str
    code: str
    state: DocumentState
    fault: Fault | None = None


@dataclass
class Line:
    """One line of a demand note; `amount` in minor units."""

    code: str
    amount: int


@dataclass
class Note:
    """A demand note: its lines add up to `total` (minor units); what was paid is in the payments."""

    number: str
    lines: list[Line]
    total: int
    issued_at: datetime
    expires_at: datetime | None
    state: NoteState = NoteState.OPEN


@dataclass
class Payment:
    """Money that came in (or, below zero, went back): minor units, `by` whom (bank, counter, security, refund), for which note."""

    id: str
    amount: int
    at: datetime
    by: str
    note: str | None = None


@dataclass
class Taking:
    """What the request took and would leave behind: a visit slot, a meter, a demand note."""

    what: str
    key: str
    taken_at: datetime
    undone_at: datetime | None = None


@dataclass
class Case:
    """All of it; empty for a complaint."""

    papers: list[Paper] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    takings: list[Taking] = field(default_factory=list)

    def copied(self) -> Case:
        """The same, to be changed."""
        return Case(
            [replace(paper) for paper in self.papers],
            [replace(note, lines=list(note.lines)) for note in self.notes],
            list(self.payments),
            [replace(taking) for taking in self.takings],
        )

    @property
    def balance(self) -> int:
        """What was paid and not given back."""
        return sum(payment.amount for payment in self.payments)

    @property
    def note(self) -> Note | None:
        """The demand note that counts now: the newest one that was not cancelled."""
        return next((note for note in reversed(self.notes) if note.state is not NoteState.CANCELLED), None)

    @property
    def owed(self) -> int:
        """What the demand notes that count ask for together: paid ones and the open one; not those expired or cancelled."""
        return sum(note.total for note in self.notes if note.state in {NoteState.OPEN, NoteState.PAID})

    @property
    def to_pay(self) -> int:
        """What is still to be paid; of a note that expired too, though it can no longer be paid."""
        note = self.note
        late = note.total if note is not None and note.state is NoteState.EXPIRED else 0
        return max(self.owed + late - self.balance, 0)

    @property
    def surplus(self) -> int:
        """What was paid beyond what is owed."""
        return max(self.balance - self.owed, 0)

    @property
    def held(self) -> list[Taking]:
        """What was taken and not undone."""
        return [taking for taking in self.takings if taking.undone_at is None]

    def paper(self, code: str) -> Paper | None:
        """The newest document for this paper."""
        return next((paper for paper in reversed(self.papers) if paper.code == code), None)
