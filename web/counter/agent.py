"""Who sits at the counter or on the line: which of his posts speaks for consumers."""

from __future__ import annotations

from rules.calls import TAKES_CALLS
from web.desk.session import Person


def post_of(person: Person) -> str | None:
    """The post in which he takes what consumers say; None for one who only looks up and files."""
    return next((post.code for post in person.posts if post.rights == TAKES_CALLS), None)


def filing_post(person: Person) -> str | None:
    """The post in which he writes a complaint down."""
    return post_of(person) or next((post.code for post in person.posts), None)
