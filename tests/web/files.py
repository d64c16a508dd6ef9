"""Files as people and their enemies send them, made here by the libraries themselves."""

from __future__ import annotations

import itertools
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from models.intake import New, register
from rules.terms import Channel, Kind
from tests.web.window import PHONE, Window

TOKENS = itertools.count(1)
TENANT = {"applicant": "tenant", "load": "3"}
TURNED = 6
"""The EXIF word for a camera held upright."""


def picture(format: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: Any) -> bytes:
    """A picture: red on the left, white on the right."""
    image = Image.new("RGB", size, "white")
    image.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.convert(mode).save(out, format, **more)
    return out.getvalue()


def blank(size: tuple[int, int]) -> bytes:
    """A picture of one bit a point with nothing on it, made quickly however large it is."""
    out = BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()


def photograph(**more: Any) -> bytes:
    """What a telephone held upright sends: turned by a word in its EXIF, and saying where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = TURNED
    exif[0x010F] = "Telephone of Asha"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif, comment=b"taken at home", **more)


def moving(format: str) -> bytes:
    """Two pictures one after the other."""
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some kilobytes that says of itself 30,000 by 30,000."""
    header = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress(bytes(3_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def deep() -> bytes:
    """A grey picture of 16 bits, half as bright as can be."""
    out = BytesIO()
    Image.new("I;16", (30, 20), 32_768).save(out, "PNG")
    return out.getvalue()


def pdf(pages: int = 2, password: str | None = None) -> bytes:
    """A PDF of empty sheets."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


async def registered(window: Window, kind: Kind = Kind.NEW_CONNECTION) -> str:
    """A complaint, or a tenant's application, of Gizri that was registered and that nobody has looked at; its reference."""
    complaint = kind is Kind.COMPLAINT
    new = New(
        kind, "no-supply" if complaint else "new-connection", Channel.WEB, "en", "", f"paper-{next(TOKENS)}",
        window.now, locality="gizri", phone=PHONE, name="Asha Demo", application=None if complaint else TENANT,
    )  # fmt: skip
    async with window.sessions.begin() as session:
        return (await register(session, new)).reference
