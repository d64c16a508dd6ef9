"""What an applicant alone reads on his page: his papers, his demand note, his meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from languages.catalog import gettext, named
from languages.connections import fault_advice, fault_label, note_label
from languages.papers import document_state
from languages.spoken import isolate
from models.tracked_stages import TrackedStage
from models.tracking import Tracked
from rules.case import Fault, NoteState
from rules.completeness import lacking
from rules.papers import DocumentState
from rules.procedure import Does
from rules.terms import EventKind
from web.consumer.stages import Ground, wanted

_ = gettext


@dataclass(frozen=True)
class PaperTold:
    """One paper: how it stands ("done", "waiting", "problem"), in words, and what to do; `document` can be opened, "" if not."""

    code: str
    name: str
    meant: str
    state: str
    stands: str
    advice: str
    document: str
    may_send: bool


@dataclass(frozen=True)
class NoteTold:
    """The demand note that counts; money in minor units. `expires_at` None: it can always be paid."""

    number: str
    state: str
    stands: str
    lines: tuple[tuple[str, int], ...]
    total: int
    paid: int
    to_pay: int
    issued_at: datetime
    expires_at: datetime | None

    @property
    def payable(self) -> bool:
        """Whether money is still wanted for it."""
        return self.state == NoteState.OPEN and self.to_pay > 0


def papers_told(ground: Ground, rows: Sequence[TrackedStage]) -> tuple[PaperTold, ...]:
    """Every paper of this applicant; what is missing or faulted can be sent while papers are looked at."""
    looked_at = any(ground.procedure.stages[row.stage].does is Does.DOCUMENTS for row in rows)
    wrong = lacking(ground.procedure, ground.known)
    return tuple(_paper(code, wrong.get(code), looked_at, ground) for code in wanted(ground))


def _paper(code: str, found: Fault | None, looked_at: bool, ground: Ground) -> PaperTold:
    row, paper = ground.book.row("paper", code), ground.known.case.paper(code)
    return PaperTold(
        code=code,
        name=ground.book.label("paper", code),
        meant=named(row.data.get("descriptions") or {}) if row else "",
        state="done" if found is None else "waiting" if found is Fault.MISSING else "problem",
        stands=fault_label(found) if found else document_state(paper.state) if paper else "",
        advice=fault_advice(found) if found and found is not Fault.MISSING else "",
        document=paper.id if paper is not None and paper.state is not DocumentState.LOST else "",
        may_send=looked_at and (paper is None or paper.state is not DocumentState.ACCEPTED),
    )


def note_told(ground: Ground) -> NoteTold | None:
    """The demand note that counts; None where there is none."""
    case, note = ground.known.case, ground.known.case.note
    if note is None:
        return None
    return NoteTold(
        number=note.number,
        state=note.state.value,
        stands=note_label(note.state),
        lines=tuple((ground.book.label("fee", line.code), line.amount) for line in note.lines),
        total=note.total,
        paid=min(max(case.balance, 0), note.total),
        to_pay=case.to_pay,
        issued_at=note.issued_at,
        expires_at=note.expires_at,
    )


def fitted(tracked: Tracked) -> str:
    """The meter as it was fitted last; "" while none is."""
    done = [event.data for event in tracked.events if event.kind == EventKind.STAGE_DONE and event.data.get("meter")]
    if not done or done[-1].get("seal") is None:
        return ""
    meter, seal, reading = (isolate(str(done[-1].get(key, ""))) for key in ("meter", "seal", "reading"))
    return _("Meter %(meter)s, seal %(seal)s, first reading %(reading)s.", meter=meter, seal=seal, reading=reading)
