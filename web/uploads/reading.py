"""Reads one file in a process of its own: `python -m web.uploads.reading CONTENT`, the file on its standard input.

Answers one line of JSON and then the file as it shall be kept. It is given no surroundings and little memory, may write no file, and
is ended by its parent when it takes too long: whatever a file does to the libraries that read it, it does to this process alone.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from rules.papers import LONGEST_SIDE, MOST_PIXELS, Content, FileFault
from web.uploads.faults import Unfit

if TYPE_CHECKING:
    from pypdf import PdfReader

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
QUALITY = 82
WHITE = (255, 255, 255)
FORMATS = {Content.JPEG: "JPEG", Content.PNG: "PNG", Content.WEBP: "WEBP"}
TAIL = 1024


@dataclass(frozen=True)
class Read:
    """What became of a file. `pages` and `pixels` None: it has none."""

    content: Content
    pages: int | None = None
    wide: int | None = None
    high: int | None = None


def picture(data: bytes, content: Content) -> tuple[Read, bytes]:
    """A picture made anew: upright, as JPEG, at most LONGEST_SIDE pixels, and nothing in it but what is seen. Raises Unfit."""
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is unpacked
    with Image.open(BytesIO(data), formats=[FORMATS[content]]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Unfit(FileFault.TOO_MANY_PIXELS)
        # Telephones put a second picture behind their JPEGs (a preview, the depth); that is no motion.
        if content is not Content.JPEG and getattr(image, "is_animated", False):
            raise Unfit(FileFault.MOVING)
        if content is Content.JPEG:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        seen = on_white(image)
        seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(with_turn(seen, image)).convert("RGB")
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Read(Content.JPEG, 1, *clean.size), out.getvalue()


def on_white(image: Image.Image) -> Image.Image:
    """The picture in plain colours, what is transparent in white, 16 bits made 8."""
    if image.mode.startswith("I;16"):
        return image.point(lambda level: level / 256, "L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        clear = image.convert("RGBA")
        page = Image.new("RGB", image.size, WHITE)
        page.paste(clear, mask=clear.getchannel("A"))
        return page
    return image.convert("RGB")


def with_turn(seen: Image.Image, image: Image.Image) -> Image.Image:
    """`seen`, which knows how the camera was held as `image` does."""
    seen.info = {"exif": image.getexif().tobytes()}
    return seen


def sheets(data: bytes) -> Read:
    """What a PDF is, which stays as it is. Raises Unfit."""
    if b"%%EOF" not in data[-TAIL:]:
        raise Unfit(FileFault.BROKEN)
    from pypdf import PdfReader  # half a second that a picture need not wait

    logging.disable()
    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and not opens(reader):
        raise Unfit(FileFault.LOCKED)
    pages = len(reader.pages)
    if pages == 0:
        raise Unfit(FileFault.BROKEN)
    return Read(Content.PDF, pages)


def opens(reader: PdfReader) -> bool:
    """Whether a locked PDF can be read by anybody all the same; not if finding out takes a part we do not have."""
    try:
        return reader.decrypt("") != 0
    except Exception:
        return False


def bounded() -> None:
    """Little memory, little time, no files, no traces."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def read(data: bytes, content: Content) -> tuple[Read, bytes]:
    """The file as it shall be kept. Raises Unfit, whatever the libraries raise."""
    try:
        return (sheets(data), data) if content is Content.PDF else picture(data, content)
    except Unfit:
        raise
    except MemoryError:
        raise Unfit(FileFault.TOO_MANY_PIXELS) from None
    except Exception:
        raise Unfit(FileFault.BROKEN) from None


def main() -> None:
    """Read one file and answer."""
    bounded()
    try:
        found, kept = read(sys.stdin.buffer.read(), Content(sys.argv[1]))
        answer = asdict(found)
    except Unfit as unfit:
        answer, kept = {"fault": unfit.fault}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + kept)


if __name__ == "__main__":
    main()
