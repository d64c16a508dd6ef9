"""The demo's documents: small pictures that say of themselves that they are made up."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (600, 420)
INK, PAPER, EDGE = (40, 60, 70), (246, 243, 232), (170, 160, 130)


@cache
def picture(paper: str) -> bytes:
    """A sheet with the paper's code on it, as JPEG."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((12, 12, SIZE[0] - 13, SIZE[1] - 13), outline=EDGE, width=3)
    draw.text((40, 40), paper.replace("-", " ").upper(), fill=INK, font_size=36)
    draw.text((40, 96), "DEMO - NOT A REAL DOCUMENT", fill=(150, 40, 30), font_size=24)
    for line in range(6):
        draw.line((40, 170 + 34 * line, 540 - 37 * (line % 3), 170 + 34 * line), fill=EDGE, width=6)
    kept = BytesIO()
    image.save(kept, "JPEG", quality=70)
    return kept.getvalue()


@cache
def digest(paper: str) -> str:
    """The picture's SHA-256."""
    return sha256(picture(paper)).hexdigest()
