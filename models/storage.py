"""Where files lie outside the database: one small protocol, and a folder that keeps to it. Buckets are in `models.buckets`."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

KEY = re.compile(r"[0-9a-f]{32}")


class Missing(Exception):
    """There is no file under this key."""


class StorageAway(Exception):
    """The storage does not answer, is full, or may not be written."""


class Storage(Protocol):
    """Files by key: 32 hexadecimal digits, drawn by chance. All of it raises StorageAway."""

    async def put(self, key: str, data: bytes) -> None:
        """Keep `data` whole or not at all; it outlives a crash once this returns. A second time replaces the first."""

    async def get(self, key: str) -> bytes:
        """What is kept; Missing when nothing is."""

    async def delete(self, key: str) -> None:
        """Keep it no longer; nothing when it is not there."""

    async def exists(self, key: str) -> bool:
        """Whether something is kept."""


class Nowhere:
    """No storage was given: nothing can be handed in or read."""

    async def put(self, key: str, data: bytes) -> None:
        raise StorageAway

    async def get(self, key: str) -> bytes:
        raise StorageAway

    async def delete(self, key: str) -> None:
        raise StorageAway

    async def exists(self, key: str) -> bool:
        raise StorageAway


class Folder:
    """Files in a folder of this machine, or one that several share; nobody else's account may look into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where a key's file lies: two levels of folders, so that none grows large."""
        if not KEY.fullmatch(key):
            raise ValueError(key)
        return self.folder / key[:2] / key[2:4] / key

    async def put(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(_write, self.path(key), self.folder, data)

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(_read, self.path(key))

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(_unlink, self.path(key))

    async def exists(self, key: str) -> bool:
        return await asyncio.to_thread(self.path(key).is_file)


def _write(path: Path, top: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        for folder in (top, path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            for folder in (path.parent, path.parent.parent, top):
                _settle(folder)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise StorageAway from error


def _settle(folder: Path) -> None:
    """Have the folder's own entries on the disk, or a crash forgets the name of what is there."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise Missing from None
    except OSError as error:
        raise StorageAway from error


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageAway from error


def storage_at(url: str) -> Storage:
    """The storage of an address: file:///folder, or a bucket (s3://…); ImportError when its part is not installed."""
    if url.startswith("file://"):
        return Folder(Path(unquote(urlsplit(url).path)))
    from models.buckets import bucket_at

    return bucket_at(url)
