"""Pages read as strictly as a parser can; one built of the same tags as an earlier one is not read again."""

from __future__ import annotations

import re

import html5lib

SAID = re.compile(r'>[^<]*<|"[^"]*"')
"""The text between two tags, or what an attribute says."""
WORD = re.compile(r"\w+")
READ: set[str] = set()
"""The frames of the pages that were found well formed in this process."""


def frame(page: str) -> str:
    """The page without the words in it: its tags, its attributes, and every sign that could break them."""
    return SAID.sub(lambda said: WORD.sub("", said[0]), page)


def well_formed(page: str) -> str:
    """The page itself; fails on the first thing an HTML parser stumbles over."""
    if (built := frame(page)) not in READ:
        html5lib.HTMLParser(strict=True).parse(page)
        READ.add(built)
    return page
