"""Saved replies: what an officer starts a message or a note from, with places that the request fills in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.profile import Texts
from rules.profile_texts import Reader
from rules.toml_table import Table

LONGEST_TEXT = 600
LONGEST_TITLE = 60
PLACE = re.compile(r"\{([^{}\n]*)\}")


class Use(StrEnum):
    """What a reply is for: a message to the consumer, or a note for colleagues."""

    MESSAGE = "message"
    NOTE = "note"


class Blank(StrEnum):
    """The places a reply may leave open."""

    NUMBER = "number"
    WHAT = "what"
    OFFICE = "office"
    OFFICE_PHONE = "office_phone"
    PHONE = "phone"
    EXPECTED = "expected"
    LIMIT = "limit"


@dataclass(frozen=True)
class Reply:
    """A saved reply: its title and text by language."""

    code: str
    use: Use
    titles: Texts = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)


def blanks(text: str) -> list[str]:
    """The places a text leaves open, as they are written, each once."""
    return list(dict.fromkeys(found.strip() for found in PLACE.findall(text)))


def unknown(text: str) -> list[str]:
    """Those of them that nothing can fill in."""
    return [name for name in blanks(text) if name not in set(Blank)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known in its places; one for which there is nothing stays as it is written."""
    return PLACE.sub(lambda found: values.get(found[1].strip()) or found[0], text)


def read_replies(reader: Reader, table: Table) -> dict[str, Reply]:
    """The saved replies of a profile by code; a finding for each place that nothing can fill in."""
    replies = {}
    for code, one in table.tables():
        use = Use(one.choice("use", tuple(Use)))
        texts = reader.named_texts(one, "text")
        for language, text in texts.items():
            for name in unknown(text):
                one.wrong("text", f"{{{name}}} in {language} is none of {', '.join(f'{{{blank}}}' for blank in Blank)}")
            if len(text) > LONGEST_TEXT:
                one.wrong("text", f"is longer than {LONGEST_TEXT} characters in {language}")
        replies[code] = Reply(code, use, reader.named_texts(one, "title"), texts)
        one.close()
    return replies
