"""A backup as one file: a tar whose last member says what it holds, so that half of one is never taken for whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO

FORMAT = 1
LAST = "manifest.json"
MEMBER = re.compile(r"database\.dump|temporal\.db|secret|sign-ins\.json|documents/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}")
"""Every name a backup may hold; nothing else is ever written from one."""
CHUNK = 1 << 20
Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is (0: nobody knows)."""


class Unusable(RuntimeError):
    """A backup cannot be made or used; the text is one sentence for the person who asked."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `temporal` is the version that wrote its file (None: not in it), `schema` that of the tables.

    `documents` is False where they lie in a bucket; `sums` are of every member, SHA-256.
    """

    made: str
    schema: str
    temporal: str | None
    documents: bool
    format: int = FORMAT
    sums: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> int:
        """How many documents are in it."""
        return sum(name.startswith("documents/") for name in self.sums)


class Writing:
    """A backup being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.sums: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Add the file at `path`; nothing when it is gone meanwhile."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            kept = tarfile.TarInfo(name)
            kept.size, kept.mtime, kept.mode = os.fstat(file.fileno()).st_size, path.stat().st_mtime, 0o600
            summed = _Summed(file)
            self.tar.addfile(kept, summed)
            self.sums[name] = summed.sum.hexdigest()

    def close(self, manifest: Manifest) -> Manifest:
        """Write last what is in it."""
        whole = replace(manifest, sums=self.sums)
        said = json.dumps(asdict(whole), indent=1).encode()
        kept = tarfile.TarInfo(LAST)
        kept.size, kept.mode = len(said), 0o600
        self.tar.addfile(kept, io.BytesIO(said))
        return whole


@contextmanager
def writing(file: Path) -> Iterator[Writing]:
    """A new backup at `file`, there only once it is whole and on the disk; Unusable when something is there already."""
    if file.exists():
        raise Unusable(f"{file} is there already; give another name.")
    draft = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writing(tar)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)  # fails where a rename would replace what came meanwhile
    finally:
        draft.unlink(missing_ok=True)


def unpack(file: Path, folder: Path, tell: Tell) -> Manifest:
    """Write what is in the backup at `file` into `folder` and compare every sum; Unusable when it is not whole."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            found, manifest = _unpacked(tar, folder, lambda at: tell("Unpacking", at, file.stat().st_size))
    except (tarfile.TarError, OSError, ValueError, TypeError, KeyError) as broken:
        raise Unusable(f"{file} cannot be read as a backup: {broken}") from broken
    if manifest is None:
        raise Unusable(f"{file} is not whole: its end is missing.")
    if manifest.format != FORMAT:
        raise Unusable(f"{file} was made by a newer Onewindow; restore it with that version.")
    wrong = sorted(name for name in {*found, *manifest.sums} if found.get(name) != manifest.sums.get(name))
    if wrong or "database.dump" not in found:
        raise Unusable(f"{file} is damaged: {', '.join(wrong[:3]) or 'it holds no database'}.")
    return manifest


def _unpacked(
    tar: tarfile.TarFile, folder: Path, told: Callable[[int], None]
) -> tuple[dict[str, str], Manifest | None]:
    found: dict[str, str] = {}
    manifest = None
    for member in tar:
        source = tar.extractfile(member)
        if member.name == LAST and source is not None:
            manifest = Manifest(**json.load(source))
        elif source is not None and MEMBER.fullmatch(member.name):
            found[member.name] = _written(source, folder / member.name)
        else:
            raise ValueError(f"it holds {member.name!r}")
        told(tar.offset)
    return found, manifest


def _written(source: IO[bytes], path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    summed = _Summed(source)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := summed.read(CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return summed.sum.hexdigest()


class _Summed(io.RawIOBase):
    """A file that is read once, and what came of it so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.sum.update(chunk)
        return chunk
