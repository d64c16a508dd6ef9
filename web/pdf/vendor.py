"""Fetches the fonts anew: `python -m web.pdf.vendor`; npm, fonttools and brotli are needed for this alone. Checked by their sums."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont

from web.vendor import unpacked

FONTS = Path(__file__).parent / "fonts"
SUMS = FONTS / "SHA256SUMS"
VERSION = "5.3.0"
FAMILIES = {
    "noto-sans": ("latin", "NotoSans"),
    "noto-sans-devanagari": ("devanagari", "NotoSansDevanagari"),
    "noto-nastaliq-urdu": ("arabic", "NotoNastaliqUrdu"),
}
"""Each family's package, the part of it we use, and its name here. All are under the SIL Open Font License."""
WEIGHTS = {400: "Regular", 700: "Bold"}


def sums() -> str:
    """The SHA-256 of each file, one a line."""
    files = sorted(path for path in FONTS.iterdir() if path != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def main() -> None:
    """Fetch, unpack from the form browsers load, write, and write down the sums."""
    FONTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for family, (part, name) in FAMILIES.items():
            package = unpacked(f"@fontsource/{family}@{VERSION}", Path(folder)) / "package"
            for weight, style in WEIGHTS.items():
                font = TTFont(package / "files" / f"{family}-{part}-{weight}-normal.woff2", recalcTimestamp=False)
                font.flavor = None
                font.save(FONTS / f"{name}-{style}.ttf")
            (FONTS / f"{name}-LICENSE").write_bytes((package / "LICENSE").read_bytes())
    SUMS.write_text(sums(), encoding="utf-8")


if __name__ == "__main__":
    main()
