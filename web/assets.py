"""Style, script and pictures, each under an address that holds its own hash and so never goes stale."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
SCRIPT = ("vendor/htmx.min.js", "vendor/hx-sse.min.js", "onewindow.js")
"""One file, in this order: as two deferred files htmx starts before its extension has come."""


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    body: bytes
    packed: bytes
    digest: str
    media_type: str

    @property
    def address(self) -> str:
        return f"/static/{self.digest}/{self.name}"


def asset(name: str, body: bytes) -> Asset:
    """An asset of `body`, compressed once."""
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(name, body, packed, hashlib.sha256(body).hexdigest()[:12], media_type)


class Assets:
    """All files of `static/`, read once."""

    def __init__(self, folder: Path = STATIC) -> None:
        names = [path.name for path in sorted(folder.iterdir()) if path.is_file() and path.name not in SCRIPT]
        self.files = {name: asset(name, (folder / name).read_bytes()) for name in names}
        script = b"\n;".join((folder / part).read_bytes() for part in SCRIPT)
        self.files["onewindow.js"] = asset("onewindow.js", script)
        self.pictures = sorted(re.findall(r'<symbol id="([^"]+)"', self.files["icons.svg"].body.decode()))
        """The names of the pictures there are."""

    def address(self, name: str) -> str:
        """Where `name` is served; KeyError when there is no such file."""
        return self.files[name].address

    def find(self, digest: str, name: str) -> Asset | None:
        """The file served at this address, or None."""
        found = self.files.get(name)
        return found if found and found.digest == digest else None
