"""The field for a file: what may be sent is said before anything is chosen, and the camera or a file is taken."""

from __future__ import annotations

import html5lib
import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request

from languages.catalog import use
from rules.papers import ACCEPTED
from tests.web.files import picture
from tests.web.window import Window
from web.forms import sent

FIELD = '{% import "upload.html" as upload with context %}{{ upload.file_field("Identity", errors, "Both sides") }}'


def field(window: Window, language: str = "en", **errors: str) -> str:
    with use(language):
        return window.app.state.views.environment.from_string(FIELD).render(errors=errors)


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_the_limits_are_said_and_the_field_is_well_formed(window: Window, language: str) -> None:
    shown = field(window, language)
    html5lib.HTMLParser(strict=True).parseFragment(shown)
    assert "PDF" in shown.partition("<input")[0]
    assert "10" in shown.partition("<input")[0]
    assert f'accept="{",".join(ACCEPTED)}"' in shown
    assert 'capture="environment"' in shown


def test_what_is_wrong_stands_at_the_field(window: Window) -> None:
    shown = field(window, file="This file is damaged")
    assert shown.count('aria-describedby="file-limits file-error"') == 2
    assert 'id="file-error"' in shown


async def taken(*files: tuple[str, bytes]) -> bytes | None:
    """What the form gives of these files of one name."""
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n"
        for name, data in files
    ]
    body = b"".join(parts) + b'--x\r\nContent-Disposition: form-data; name="paper"\r\n\r\n identity \r\n--x--\r\n'

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"multipart/form-data; boundary=x")]}
    async for form in sent(Request(scope, receive)):
        assert form.typed == {"paper": "identity"}
        assert form.file is None or isinstance(form.file, UploadFile)
        return await form.file.read() if form.file else None
    return None


async def test_the_camera_or_the_file_is_taken_whichever_was_used() -> None:
    assert await taken(("", b""), ("a.jpg", picture())) == picture()
    assert await taken(("a.jpg", picture()), ("", b"")) == picture()
    assert await taken(("", b""), ("", b"")) is None
    assert await taken(("empty.jpg", b""), ("", b"")) == b""
