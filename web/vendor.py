"""Fetches the browser's parts anew: `python -m web.vendor`; npm is needed for this alone. Checked by their sums."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
SPRITE = VENDOR.parent / "icons.svg"
SUMS = VENDOR / "SHA256SUMS"
PACKAGES = ("htmx.org@4.0.1", "lucide-static@1.62.0")
FILES = {
    "package/dist/htmx.min.js": "htmx.min.js",
    "package/dist/ext/hx-sse.min.js": "hx-sse.min.js",
}
ICONS = (
    "arrow-right",
    "badge-check",
    "banknote",
    "bell",
    "building-2",
    "cable",
    "camera",
    "calendar-check",
    "check",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-help",
    "circle-x",
    "clock",
    "copy",
    "credit-card",
    "door-closed",
    "eye-off",
    "file-plus",
    "file-text",
    "flame",
    "gauge",
    "hourglass",
    "inbox",
    "indian-rupee",
    "info",
    "landmark",
    "languages",
    "layers",
    "lightbulb",
    "link",
    "lock",
    "mail-x",
    "map-pin",
    "message-square-text",
    "pencil",
    "phone",
    "plug",
    "plus",
    "power",
    "printer",
    "receipt",
    "refresh-cw",
    "scale",
    "search",
    "send",
    "shield-alert",
    "timer",
    "trending-up",
    "triangle-alert",
    "undo-2",
    "unplug",
    "user-check",
    "user-x",
    "wrench",
    "zap",
    "zap-off",
)
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>")


def unpacked(package: str, folder: Path) -> Path:
    """The package's files below `folder`."""
    name = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    target = folder / package.rpartition("@")[0].replace("/", "-")
    with tarfile.open(folder / name.stdout.strip()) as archive:
        archive.extractall(target, filter="data")
    return target


def without_map(script: str) -> bytes:
    """A script without its pointer to a source map we do not serve."""
    return re.sub(r"\n?//# sourceMappingURL=.*", "", script).encode()


def sprite(icons: Path) -> str:
    """The pictures we use as one file of symbols; the stroke is set where they are used."""
    symbols = []
    for name in ICONS:
        shapes = "".join(SHAPE.findall(re.sub(r"\s+", " ", (icons / f"{name}.svg").read_text(encoding="utf-8"))))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes.replace(" />", "/>")}</symbol>')
    note = "<!-- Lucide, ISC licence: vendor/lucide-LICENSE -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{note}\n' + "\n".join(symbols) + "\n</svg>\n"


def sums() -> str:
    """The SHA-256 of each fetched file, one a line."""
    files = sorted([*(path for path in VENDOR.iterdir() if path != SUMS), SPRITE])
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(VENDOR.parent)}\n" for path in files
    )


def main() -> None:
    """Fetch, cut down, write, and write down the sums."""
    with tempfile.TemporaryDirectory() as folder:
        htmx, lucide = (unpacked(package, Path(folder)) for package in PACKAGES)
        for source, name in FILES.items():
            (VENDOR / name).write_bytes(without_map((htmx / source).read_text(encoding="utf-8")))
        (VENDOR / "htmx-LICENSE").write_bytes((htmx / "package/LICENSE").read_bytes())
        (VENDOR / "lucide-LICENSE").write_bytes((lucide / "package/LICENSE").read_bytes())
        SPRITE.write_text(sprite(lucide / "package/icons"), encoding="utf-8")
    SUMS.write_text(sums(), encoding="utf-8")


if __name__ == "__main__":
    main()
