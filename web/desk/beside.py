"""What else the same consumer asked, as an officer sees it beside a request: open ones first, then what ended lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from languages.labels import state_label
from languages.views import Reader
from models.callers import Asked
from models.casefile import CaseFile
from models.posts import FilledPost, may_see
from rules.terms import State
from web.book import Book
from web.desk.session import Person


@dataclass(frozen=True)
class Other:
    """Another request of the consumer; `opens`: whether the reader may open it."""

    reference: str
    category: str
    state: str
    state_words: str
    office: str
    registered: datetime
    opens: bool


@dataclass(frozen=True)
class Others:
    """All of them."""

    open: tuple[Other, ...]
    ended: tuple[Other, ...]

    def __bool__(self) -> bool:
        return bool(self.open or self.ended)


def others_of(file: CaseFile, person: Person, book: Book) -> Others:
    """The consumer's other requests; what is confidential is never among them."""
    return Others(_listed(file.beside.open, person.posts, book), _listed(file.beside.ended, person.posts, book))


def _listed(found: Sequence[Asked], posts: Sequence[FilledPost], book: Book) -> tuple[Other, ...]:
    return tuple(_other(asked, posts, book) for asked in found)


def _other(asked: Asked, posts: Sequence[FilledPost], book: Book) -> Other:
    row = asked.request
    return Other(
        row.reference,
        book.sort(row),
        row.state,
        state_label(State(row.state), Reader.OFFICER),
        book.label("office", row.office),
        row.registered_at,
        may_see(posts, row.office, row.zone, frozenset(), row.confidential),
    )
