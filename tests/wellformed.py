"""Pages read as strictly as a parser can; what is built of the same tags as something read before is not read again."""

from __future__ import annotations

import re

import html5lib

SAID = re.compile(r'>[^<]*<|"[^"]*"')
"""The text between two tags, or what an attribute says."""
WORD = re.compile(r"\w+")
BLOCKS = "address|article|aside|dd|details|div|dl|dt|fieldset|footer|form|h1|h2|h3|h4|head|header|li|main|nav|ol|p|section|td|th|ul"
"""What ends an open paragraph: whether such an element may stand where it does shows from its own tags alone."""
EDGE = re.compile(rf"(</?(?:{BLOCKS})(?:\s[^<>]*)?>)")
LOOKS_UP = re.compile(r"<(a|button|form)\b")
"""What may not stand in one of its own, however deep."""
READ: set[str] = set()
"""The frames of the pages that were found well formed in this process, and of the blocks in them."""


def frame(page: str) -> str:
    """The page without the words in it: its tags, its attributes, and every sign that could break them."""
    return SAID.sub(lambda said: WORD.sub("", said[0]), page)


def shortened(page: str) -> tuple[str, set[str]]:
    """The page with nothing left in the blocks that were read before, and the frames of those that were not."""
    first, *rest = EDGE.split(page)
    new: set[str] = set()
    outer: list[tuple[list[str], list[str]]] = []
    key, kept = [first], [first]
    for edge, text in zip(rest[::2], rest[1::2], strict=True):
        framed = frame(f">{text}<")
        if edge[1] != "/":
            outer.append((key, kept))
            key, kept = [frame(edge), framed], [edge, text]
            continue
        if not outer or not re.match(rf"<{edge[2:-1]}\b", kept[0]):
            return page, set()  # not closed as opened: the parser shall say so
        block = "".join(key)
        if block in READ:
            kept = [kept[0], *(f"<{one}></{one}>" for one in set(LOOKS_UP.findall(block, len(key[0]))))]
        new.add(block)
        inside = "".join(f"<{one}>" for one in sorted(set(LOOKS_UP.findall(block))))
        key, kept = [*outer[-1][0], f"{hash(block)}{inside}", framed], [*outer[-1][1], *kept, edge, text]
        outer.pop()
    return ("".join(kept), new) if not outer else (page, set())


def well_formed(page: str) -> str:
    """The page itself; fails on the first thing an HTML parser stumbles over."""
    if (built := frame(page)) not in READ:
        short, new = shortened(page)
        html5lib.HTMLParser(strict=True).parse(short)
        READ.update(new, {built})
    return page
