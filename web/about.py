"""Whom a confidential report is about: the posts to choose from, by place, and the name that somebody wrote."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from languages.catalog import gettext as _
from models.intake import New
from models.people import Post
from rules.profile import Rights
from web.book import Book
from web.consumer.steps import is_confidential


def works(post: Post) -> bool:
    """Whether somebody works at a post, so that there can be a report about it: a screen on the wall is none."""
    return post.rights != Rights.WALL


def whom(book: Book, locality: str | None, now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """The posts there are at `now` with their titles, under the name of their office: that of the place first, the company's last."""
    place = book.locality(locality)
    found: dict[str | None, list[tuple[str, str]]] = defaultdict(list)
    for post in book.posts():
        if works(post) and (post.until is None or post.until > now):
            found[post.office].append((post.code, book.title(post.code)))
    names = {office: book.label("office", office) if office else book.utility("name") for office in found}
    own = place.office if place else None
    ordered = sorted(found, key=lambda office: (office is None, office != own, names[office]))
    return [(names[office], found[office]) for office in ordered]


def said_of(new: New, book: Book) -> New:
    """A confidential report with the name it is about in its words; of any other no name is kept."""
    if not new.called:
        return new
    if not is_confidential(new.category, book):
        return replace(new, called=None)
    about = _("It is about:")
    return replace(new, description=f"{new.description}\n\n{about} {new.called}".strip())
