"""A message in an administrator's own words: places that are filled in, and nothing else; a line of which something is not known is left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

from rules.replies import PLACE, blanks
from rules.terms import NoticeKind


class Part(StrEnum):
    """The parts of a message that have words of their own."""

    SMS = "sms"
    SUBJECT = "subject"
    TEXT = "text"


LONGEST: Mapping[Part, int] = {Part.SMS: 600, Part.SUBJECT: 120, Part.TEXT: 2000}
MOST_SMS = 6
"""Parts in which a text message with the example's data may travel."""
NEVER_WITHOUT: Mapping[NoticeKind, str] = {NoticeKind.CODE: "code", NoticeKind.MESSAGE: "words"}
"""What the words and the text message of a kind cannot be without: it is what they are sent for."""


def said(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; a line with a place for which there is nothing is left out."""
    lines = (line for line in text.splitlines() if line.strip() and all(values.get(name) for name in blanks(line)))
    return "\n".join(PLACE.sub(lambda place: values[place[1].strip()], line).strip() for line in lines)


def opened(text: str, values: Mapping[str, str]) -> str:
    """The other way round: places instead of these values, the longest first, for one to begin from."""
    found = {value: name for name, value in reversed(list(values.items())) if len(value) > 1}
    if not found:
        return text
    either = "|".join(re.escape(value) for value in sorted(found, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda value: f"{{{found[value[0]]}}}", text)


def unknown(text: str, given: Collection[str]) -> list[str]:
    """The places that this message cannot fill in, and braces that are no place at all."""
    names = [name for name in blanks(text) if name not in given]
    rest = PLACE.sub("", text)
    return [f"{{{name}}}" for name in names] + [brace for brace in "{}" if brace in rest]


def missing(kind: NoticeKind, part: Part, text: str) -> str:
    """The place that this part of the message cannot be without and does not have; "" when it has all."""
    wanted = NEVER_WITHOUT.get(kind)
    return wanted if wanted and part is not Part.SUBJECT and wanted not in blanks(text) else ""
