"""Forms as browsers send them: a few short texts, each with a length of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from languages.catalog import gettext

MOST_FIELDS, MOST_OF_A_TABLE = 60, 2000
MOST_FILES = 4
MOST_SCANS = 12
MOST_LETTERS = 64 * 1024
Typed = Mapping[str, str]


async def typed(request: Request) -> Typed:
    """What was typed, field by field, without blanks around it and without characters no text needs."""
    return await texts(request, most_files=0, most_fields=MOST_FIELDS)


async def texts(request: Request, most_files: int = MOST_FILES, most_fields: int = MOST_OF_A_TABLE) -> Typed:
    """What was typed in any form of ours; files, which it may have, are left alone."""
    async with request.form(max_files=most_files, max_fields=most_fields) as form:
        return words_of(form)


Form = Annotated[Typed, Depends(typed)]


@dataclass(frozen=True)
class Sent:
    """A form with one file. `file` None: none was chosen. It can be read until the response is sent."""

    typed: Typed
    file: UploadFile | None


async def sent(request: Request) -> AsyncIterator[Sent]:
    """What was typed, and the first file that was chosen: a page may offer the camera and the gallery as two fields."""
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        chosen = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        files = [file for file in chosen if file.filename or file.size]
        yield Sent(words_of(form), files[0] if files else None)


SentForm = Annotated[Sent, Depends(sent)]


def words_of(form: FormData) -> Typed:
    """The fields without the files. Where files may come the body may be large, so its words are counted here: 413 for too many."""
    words = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
    if sum(map(len, words.values())) > MOST_LETTERS:
        raise HTTPException(413)
    return {name: clean(value) for name, value in words.items()}


def clean(text: str) -> str:
    """Without control characters (a line end stays) and blanks around it."""
    plain = "".join(
        letter for letter in text.replace("\r\n", "\n") if letter.isprintable() or letter in "\n\u200c\u200d"
    )
    return plain.strip()


def too_long(text: str, most: int) -> str | None:
    """What to say of a text longer than `most` characters; None if it is not."""
    if len(text) <= most:
        return None
    return gettext("Write at most %(most)d characters; there are %(count)d now.", most=most, count=len(text))
