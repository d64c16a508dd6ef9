"""A small scanner that speaks clamd's INSTREAM as its manual says, and the real one where it is installed."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

VIRUS = b"what the scanners of these tests take for a virus\n" * 3
REAL = shutil.which("clamd")


class Scanner:
    """Answers each stream; `says` is what it says of one without VIRUS. Keeps what it was sent."""

    def __init__(self, says: bytes = b"stream: OK\0") -> None:
        self.says = says
        self.seen: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        data = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            data += await reader.readexactly(size)
        self.seen.append(data)
        writer.write(b"stream: Onewindow.Test FOUND\0" if VIRUS in data else self.says)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(scanner: Scanner, path: Path) -> AsyncIterator[str]:
    """The scanner's address while it listens."""
    async with await asyncio.start_unix_server(scanner.answer, path):
        yield f"unix://{path}"


@asynccontextmanager
async def real_scanner(folder: Path) -> AsyncIterator[str]:
    """Debian's clamd with one signature, made here, and nothing else."""
    database = folder / "signatures"
    database.mkdir()
    signature = hashlib.md5(VIRUS, usedforsecurity=False).hexdigest()
    (database / "ours.hdb").write_text(f"{signature}:{len(VIRUS)}:Onewindow.Test\n", encoding="ascii")
    socket = folder / "clamd.ctl"
    settings = f"LocalSocket {socket}\nDatabaseDirectory {database}\nForeground yes\n"
    (folder / "clamd.conf").write_text(settings, encoding="ascii")
    nowhere = asyncio.subprocess.DEVNULL
    clamd = await asyncio.create_subprocess_exec(
        str(REAL), "-c", str(folder / "clamd.conf"), stdout=nowhere, stderr=nowhere
    )
    try:
        for _ in range(400):
            if socket.exists() or clamd.returncode is not None:
                break
            await asyncio.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        clamd.terminate()
        await clamd.wait()
