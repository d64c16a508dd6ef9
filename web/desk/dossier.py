"""A connection request as its page shows it: the way through its stages, the open ones, papers, money, and what it took."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from languages.connections import fault_label, note_label, payment_label, taking_label
from languages.papers import document_state
from languages.spoken import bdi, when
from models.casefile import CaseFile
from models.papers import Document
from models.posts import FilledPost
from models.requests import Hold, Task
from rules.case import Fault, Line, Note, Taking
from rules.fees import lines_of
from rules.papers import KEPT, TAKEN_BY_OFFICERS
from rules.procedure import Does, Procedure, Stage
from rules.stages import AGAIN
from rules.terms import Act
from web.book import Book
from web.desk.applied import load_of
from web.desk.shown import Sheet, sheet
from web.desk.stage_offers import finishing, papers_of

SHOWN_PAPERS = frozenset(state.value for state in KEPT)


@dataclass(frozen=True)
class Step:
    """One stage on the way: `mark` is done, open, coming or skipped; `outcome` how it came out, `since`/`until` when."""

    name: str
    mark: str
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Paper:
    """A paper that is wanted: how it stands, what is wrong with it, and every file handed in for it, the newest first."""

    code: str
    name: str
    state: str
    words: str
    fault: str
    files: tuple[Document, ...]


@dataclass(frozen=True)
class ShownNote:
    """A demand note with its lines named; `paid` is what came in for it."""

    note: Note
    state: str
    lines: tuple[tuple[str, int], ...]
    paid: int


@dataclass(frozen=True)
class Open:
    """An open stage: how it stands in `sheet`, what it waits for, and what its form asks."""

    task: Task
    name: str
    stage: Stage
    sheet: Sheet
    wait: str
    pause: Hold | None
    ending: str
    token: str
    visit: tuple[datetime, datetime] | None
    lines: tuple[tuple[str, int], ...]

    @property
    def mine(self) -> bool:
        """Whether the reader has something to do here."""
        return bool(self.sheet.offers.main or self.sheet.offers.rest)


@dataclass(frozen=True)
class Dossier:
    """Everything of a connection request beyond what a complaint's page shows."""

    steps: tuple[Step, ...]
    stages: tuple[Open, ...]
    papers: tuple[Paper, ...]
    notes: tuple[ShownNote, ...]
    payments: tuple[tuple[str, int, datetime, str], ...]
    taken: tuple[tuple[str, str, datetime, datetime | None], ...]
    balance: int
    to_pay: int
    surplus: int
    asked_at: str = ""

    @property
    def deciding(self) -> Open | None:
        """The open stage at which something is proposed; None where nothing is, or its stage is over."""
        return next((one for one in self.stages if one.task.id == self.asked_at), None)

    def offered_at(self, task: str) -> tuple[Act, ...]:
        """What the reader can do with one of its tasks; nothing where its stage is over."""
        return next((one.sheet.offers.all for one in self.stages if one.task.id == task), ())


def dossier(
    file: CaseFile, posts: tuple[FilledPost, ...], book: Book, zone: tzinfo, now: datetime, person: int | None = None
) -> Dossier:
    """The page of a connection request in the language in use; `book` holds its policy."""
    procedure = book.policies[file.request.policy_version].procedures[file.request.category]
    stages = [_open(file.at(task), procedure, posts, book, zone, now, person) for task in file.open_tasks]
    case = file.gathered
    return Dossier(
        steps=tuple(_steps(file, procedure, book)),
        stages=tuple(sorted(stages, key=lambda one: not one.mine)),
        papers=tuple(_papers(file, procedure, book)),
        notes=tuple(_note(note, file, book) for note in reversed(case.notes)),
        payments=tuple((payment_label(paid.by), paid.amount, paid.at, paid.note or "") for paid in case.payments),
        taken=tuple(
            (taking_label(one.what), _key(one, zone, now), one.taken_at, one.undone_at) for one in case.takings
        ),
        balance=case.balance,
        to_pay=case.to_pay,
        surplus=case.surplus,
        asked_at=str(file.request.proposal.get("task", "")),
    )


def _key(taking: Taking, zone: tzinfo, now: datetime) -> str:
    """What was taken, as people know it: a date by its time, anything else by its number."""
    if taking.what != "slot":
        return bdi(taking.key)
    return when(datetime.fromisoformat(taking.key.split("/")[1]), zone, now=now)


def _open(
    file: CaseFile,
    procedure: Procedure,
    posts: tuple[FilledPost, ...],
    book: Book,
    zone: tzinfo,
    now: datetime,
    person: int | None,
) -> Open:
    assert file.task is not None
    stage = procedure.stages[file.task.stage]
    slot = file.task.data.get("slot")
    visit = tuple(datetime.fromisoformat(slot[which]) for which in ("start", "end")) if slot else None
    applicant = str(file.request.application.get("applicant", ""))
    lines = lines_of(procedure, load_of(file.request), applicant) if stage.does is Does.NOTE else []
    return Open(
        task=file.task,
        name=book.label("stage", stage.code),
        stage=stage,
        sheet=sheet(file, posts, book, zone, now, person),
        wait=book.label("hold_reason", file.pause.reason) if file.pause else "",
        pause=file.pause,
        ending=finishing(stage.does),
        token=secrets.token_urlsafe(16),
        visit=(visit[0], visit[1]) if visit else None,
        lines=_named(lines, book),
    )


def _named(lines: list[Line], book: Book) -> tuple[tuple[str, int], ...]:
    return tuple((book.label("fee", line.code), line.amount) for line in lines)


def _steps(file: CaseFile, procedure: Procedure, book: Book) -> Iterator[Step]:
    tasks = {task.stage: task for task in file.tasks}
    done = {task.stage: task.outcome for task in file.tasks if task.done_at is not None and task.outcome != AGAIN}
    for stage in procedure.stages.values():
        task, name = tasks.get(stage.code), book.label("stage", stage.code)
        if task is not None:
            outcome = done.get(stage.code) or ""
            mark = "open" if task.done_at is None else "done" if stage.code in done else "coming"
            yield Step(name, mark, book.label("outcome", outcome) if outcome else "", task.entered, task.done_at)
        elif stage.code != procedure.refund:
            yield Step(name, "skipped" if _passed_by(stage, done) else "coming")


def _passed_by(stage: Stage, done: Mapping[str, str | None]) -> bool:
    """Whether another way was taken."""
    return stage.when is not None and stage.when[0] in done and done[stage.when[0]] != stage.when[1]


def _papers(file: CaseFile, procedure: Procedure, book: Book) -> Iterator[Paper]:
    wanted = papers_of(file, procedure)
    others = [one.paper for one in file.documents if one.paper not in {*wanted, *TAKEN_BY_OFFICERS}]
    for code in dict.fromkeys([*wanted, *others]):
        newest = file.gathered.paper(code)
        files = [one for one in reversed(file.documents) if one.paper == code and one.state in SHOWN_PAPERS]
        fault = newest.fault if newest else Fault.MISSING
        yield Paper(
            code=code,
            name=book.label("paper", code),
            state=newest.state.value if newest else "missing",
            words=document_state(newest.state) if newest else fault_label(Fault.MISSING),
            fault=fault_label(fault) if newest and fault else "",
            files=tuple(files),
        )


def _note(note: Note, file: CaseFile, book: Book) -> ShownNote:
    paid = sum(payment.amount for payment in file.gathered.payments if payment.note == note.number)
    return ShownNote(note, note_label(note.state), _named(note.lines, book), paid)
