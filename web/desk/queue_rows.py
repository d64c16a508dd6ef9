"""One line of the queue as it is shown: named and told in the language in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from languages import labels
from languages.catalog import gettext as _
from languages.catalog import named
from languages.views import Reader
from models.posts import may_see
from models.queue import Row, View
from rules.request import RECOVERY
from rules.states import WORKED
from rules.terms import Kind, State
from web.book import Book
from web.desk.queue_address import Address
from web.desk.session import Person
from web.desk.shown import Due, tier_clock
from web.desk.way import leading


@dataclass(frozen=True)
class ShownRow:
    """One line of the queue. `others`: a colleague's work; `let_lapse`: ours until our time for it was over.

    `gone`: it left the view while the page was open; then no more is shown of it than he may see (`seen`).
    """

    id: str
    task: str
    reference: str
    number: int
    way: str
    wrote: bool
    due: Due
    category: str
    stage: str
    anchor: str
    locality: str
    state: str
    state_words: str
    tier: int
    beyond: bool
    answerable: str
    handler: str
    as_handler: str
    as_answerable: str
    to_agree: str
    others: bool
    let_lapse: bool
    danger: bool
    confidential: bool
    to_ring: bool
    repeats: int
    gone: bool = False
    seen: bool = True


def shown(
    row: Row, person: Person, book: Book, now: datetime, view: View | None, *, gone: bool = False, way: str = ""
) -> ShownRow:
    """A line in the language in use, as it stands in a view of the queue, or among what was found (None)."""
    complaint = row.kind == Kind.COMPLAINT
    own = complaint and row.stage != RECOVERY
    place = book.locality(row.locality)
    state = State(row.state)
    decider = row.proposal.get("post") if state in WORKED and asks_about(row) else None
    ours = bool({row.handler, row.answerable, decider} & set(person.codes))
    return ShownRow(
        id=row.reference if own else f"{row.reference}-{row.stage}",
        task=row.task,
        reference=row.reference,
        number=row.number,
        way=way,
        wrote=row.wrote_at is not None,
        due=task_clock(row, book, now),
        category=book.sort(row),
        stage="" if own else book.label("stage", row.stage),
        anchor="" if complaint else f"#stage-{row.stage}",
        locality=named(place.names) if place else book.label("office", row.office),
        state=state,
        state_words=labels.state_label(state, Reader.OFFICER),
        tier=row.tier,
        beyond=row.beyond_at is not None,
        answerable=book.title(row.answerable),
        handler=book.title(row.handler),
        as_handler=book.title(row.handler) if row.handler in person.codes else "",
        as_answerable=book.title(row.answerable) if row.answerable in person.codes else "",
        to_agree=book.title(decider) if decider in person.codes else "",
        others=not ours and view is not View.ALL,
        let_lapse=not ours and view is View.ALL and not gone,
        danger=row.safety,
        confidential=row.confidential,
        to_ring=row.call_back_at is not None and state is State.RESOLVED,
        repeats=row.repeats,
        gone=gone,
        seen=not gone or visible(row, person),
    )


def visible(row: Row, person: Person) -> bool:
    """Whether he may look at the request of a line."""
    involved = frozenset((row.handler, row.answerable))
    return may_see(person.posts, row.office, row.zone, involved, row.confidential)


def asks_about(row: Row) -> bool:
    """Whether what is proposed concerns this task: of several open ones only that at which it was proposed."""
    return row.proposal.get("task") in (None, row.task)


def task_clock(row: Row, book: Book, now: datetime) -> Due:
    """The clock of a line; where a stage waits, what for. No line is without words."""
    if row.due is None and row.wait:
        return Due(None, book.label("hold_reason", row.wait), "still")
    due = tier_clock(row.state, row.due, now)
    return due if due.words else Due(None, _("No time is running"), "still")


def in_place(
    tasks: Sequence[str],
    rows: Mapping[str, Row],
    still: frozenset[str],
    person: Person,
    book: Book,
    now: datetime,
    asked: Address,
) -> list[ShownRow]:
    """The lines of a page that is open, in the order they had; those that left the view say so."""
    here = asked.query()
    return [
        shown(rows[task], person, book, now, asked.view, gone=task not in still, way=leading(here, at))
        for at, task in enumerate(tasks)
        if task in rows
    ]
