"""The virus scanner clamd, by its INSTREAM command over TCP or a socket of this machine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

CHUNK = 64 * 1024
PATIENCE = 20.0


class ScannerAway(Exception):
    """The scanner does not answer, or answers what nobody can read."""


@dataclass(frozen=True)
class Clamd:
    """A scanner by its address: tcp://host:port or unix:///path."""

    url: str
    patience: float = PATIENCE

    async def found(self, data: bytes) -> str | None:
        """The name of what was found in `data`; None when it is clean. Raises ScannerAway."""
        try:
            async with asyncio.timeout(self.patience):
                return verdict(await self._asked(data))
        except (OSError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise ScannerAway from error

    async def _asked(self, data: bytes) -> bytes:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                chunk = data[start : start + CHUNK]
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await writer.drain()
            writer.write((0).to_bytes(4, "big"))
            await writer.drain()
            return await reader.read(4096)
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        if parts.scheme == "unix":
            return await asyncio.open_unix_connection(unquote(parts.path))
        return await asyncio.open_connection(parts.hostname, parts.port)


def verdict(answer: bytes) -> str | None:
    """What clamd says of a stream: "stream: OK", "stream: NAME FOUND"; anything else is no verdict (ScannerAway)."""
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise ScannerAway(said)
