"""The address of a view of the queue: which view, what is asked of its lines, and where the page begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from languages import labels
from languages.catalog import gettext as _
from languages.catalog import ngettext
from languages.views import Reader
from models.colleagues import manages
from models.posts import WORKS
from models.queue import EVERYTHING, Choice, Place, Sight, View
from rules.states import OPEN
from rules.terms import Kind, State
from web.book import Book
from web.desk.session import Person

LONGEST = 80
LONGEST_TASK = 40
TIERS = 6
"""No ladder is longer."""


@dataclass(frozen=True)
class Address:
    """A view as a bookmark keeps it."""

    view: View = View.ALL
    choice: Choice = EVERYTHING
    after: Place | None = None

    def query(self, **more: str) -> str:
        """The same as the query of an address; what is not asked is left out."""
        asked = {name: str(value) for name, value in vars(self.choice).items() if value}
        place = {"after": written_place(self.after)} if self.after else {}
        return urlencode({"view": self.view.value, **asked, **place, **more})

    def at(self, after: Place | None) -> str:
        """The page of this view that begins there."""
        return f"/desk?{replace(self, after=after).query()}"

    def of(self, view: View) -> str:
        """The first page of another view, with the same asked of its lines."""
        return f"/desk?{replace(self, view=view, after=None).query()}"


@dataclass(frozen=True)
class Field:
    """One thing that may be asked of a line: its name, its word, and what may be chosen."""

    name: str
    words: str
    options: tuple[tuple[str, str], ...]


def sight_of(person: Person, book: Book) -> Sight:
    """Whose queue it is; nobody's where the person does no office's work."""
    mine = tuple(post for post in person.posts if post.rights in WORKS)
    every = book.now.posts.values()
    beside = [post.code for post in every if any(one.covers(post.office or "", post.zone or "") for one in mine)]
    team = [post.code for post in every if post.code not in person.codes and manages(mine, post)]
    return Sight(person.codes, tuple(beside), tuple(team))


def choosable(book: Book, sight: Sight) -> Iterator[Field]:
    """What may be asked of a line, each with its choices in the language in use."""
    sorts = [(row.code, book.label(kind, row.code)) for kind in ("category", "procedure") for row in book.all(kind)]
    yield Field("kind", _("Kind"), tuple((kind.value, labels.kind_label(kind)) for kind in Kind))
    yield Field("category", _("About"), tuple(dict(sorts).items()))
    yield Field("office", _("Office"), tuple((code, book.label("office", code)) for code in book.now.offices))
    yield Field("state", _("State"), tuple(asked_states()))
    yield Field("stage", _("Stage"), tuple((row.code, book.label("stage", row.code)) for row in book.all("stage")))
    yield Field("tier", _("Escalated"), tuple((str(tier), climbed(tier)) for tier in range(1, TIERS + 1)))
    posts = {*sight.colleagues, *sight.team, *sight.posts}
    yield Field("handler", _("Who does the work"), tuple((code, book.title(code)) for code in sorted(posts)))


def asked_states() -> Iterator[tuple[str, str]]:
    """The open states; the two in which the consumer is asked are one."""
    for one in sorted(OPEN - {State.DONE}):
        yield one.value, labels.state_label(one, Reader.OFFICER)


def climbed(tier: int) -> str:
    """How often a task was escalated, from the tier it has reached."""
    return ngettext("Escalated once", "Escalated %(num)s times", tier - 1) if tier > 1 else _("Not escalated")


def read(query: Mapping[str, str], offered: list[Field]) -> tuple[Address, dict[str, str]]:
    """What an address asks for, and what is wrong with it, field by field: what is wrong is left out."""
    view = query.get("view") or View.ALL
    errors: dict[str, str] = {}
    if view not in set(View):
        errors["queue"] = _("There is no such part of the queue: %(typed)s. You see all of it.", typed=view[:LONGEST])
    chosen: dict[str, Any] = {}
    for field in offered:
        typed = query.get(field.name, "")
        if typed in dict(field.options):
            chosen[field.name] = int(typed) if field.name == "tier" else typed
        elif typed:
            errors[field.name] = _(
                "%(field)s: there is no “%(typed)s”. It was left out.", field=field.words, typed=typed[:LONGEST]
            )
    address = Address(
        View(view) if not errors.get("queue") else View.ALL, Choice(**chosen), read_place(query.get("after", ""))
    )
    return address, errors


def read_place(after: str) -> Place | None:
    """A place from an address; None for the first page or an address that makes no sense."""
    due, separator, task = after.partition("~")
    if not separator or not 0 < len(task) <= LONGEST_TASK:
        return None
    with suppress(ValueError):
        at = datetime.fromisoformat(due) if due else None
        return Place(at, task) if at is None or at.tzinfo else None
    return None


def written_place(place: Place | None) -> str:
    """A place as it stands in an address; "" for None."""
    return f"{place.due.isoformat() if place.due else ''}~{place.task}" if place else ""


def chosen_fields(choice: Choice) -> int:
    """How many things are asked of the lines."""
    return sum(bool(getattr(choice, field.name)) for field in fields(choice))
