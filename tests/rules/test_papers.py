"""What a file is, told by its content; what of its name may be shown; how much fits."""

from __future__ import annotations

import pytest

from rules.papers import MOST_BYTES, MOST_DOCUMENTS, Content, FileFault, content_of, plain_name, room_left


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", Content.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Content.PNG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", Content.WEBP),
        (b"%PDF-1.7\n", Content.PDF),
        (b"\x00\x00\x00\x18ftypheic", FileFault.HEIC),
        (b"\x00\x00\x00\x18ftypmp42", FileFault.OTHER_KIND),
        (b"", FileFault.NOTHING),
        (b"\x00" * 32, FileFault.OTHER_KIND),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", FileFault.OTHER_KIND),
        (b"GIF89a", FileFault.OTHER_KIND),
        (b"<svg xmlns=", FileFault.OTHER_KIND),
        (b"<!doctype html>", FileFault.OTHER_KIND),
        (b"PK\x03\x04", FileFault.OTHER_KIND),
        (b"\n%PDF-1.7\n", FileFault.OTHER_KIND),
        (b"MZ%PDF-1.7", FileFault.OTHER_KIND),
    ],
)
def test_content_is_told_by_the_first_bytes(head: bytes, content: Content | FileFault) -> None:
    assert content_of(head) is content


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Scan 1.pdf", "Scan 1.pdf", id="as it is"),
        pytest.param("../../etc/passwd", "passwd", id="a path"),
        pytest.param("C:\\Users\\Asha\\id.jpg", "id.jpg", id="a path of Windows"),
        pytest.param("पहचान पत्र.jpg", "पहचान पत्र.jpg", id="Hindi"),
        pytest.param("نامہ\u200cجات.jpg", "نامہ\u200cجات.jpg", id="Urdu with its joiner"),
        pytest.param("bill\u202egpj.exe", "billgpj.exe", id="turned writing"),
        pytest.param("a\r\nSet-Cookie: x\x00.png", "aSet-Cookie: x.png", id="a header"),
        pytest.param("  a   b  ", "a b", id="blanks"),
        pytest.param("x" * 500, "x" * 120, id="long"),
    ],
)
def test_of_a_name_only_what_can_be_read_is_kept(name: str, shown: str) -> None:
    assert plain_name(name) == shown


def test_there_is_room_up_to_the_last_document_and_the_last_byte() -> None:
    assert room_left(MOST_DOCUMENTS - 1, 0, 1)
    assert not room_left(MOST_DOCUMENTS, 0, 1)
    assert room_left(0, MOST_BYTES - 5, 5)
    assert not room_left(0, MOST_BYTES - 5, 6)
