"""A post as it stands in the list of those work can be given to: what it has, and whether somebody is there."""

from __future__ import annotations

from languages.catalog import gettext as _
from models.hands import Hand
from models.people import Post


def load_words(open_tasks: int, most: int | None) -> str:
    """How much a post has open, against what it is to have where that is set."""
    if most is None:
        return _("%(number)d open", number=open_tasks)
    return _("%(number)d open of at most %(most)d", number=open_tasks, most=most)


def option(title: str, hand: Hand | None) -> str:
    """The title with its load, and that nobody is there where so; the title alone where nothing is known."""
    if hand is None:
        return title
    said = f"{title} · {load_words(hand.open, hand.most)}"
    return said if hand.there else " · ".join([said, _("nobody is there now")])


def now_open(post: Post) -> str:
    """How much this post has open."""
    return load_words(post.open_tasks, post.most_tasks)
