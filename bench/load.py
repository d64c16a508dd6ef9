"""Load on this machine's own loopback: so many connections for so many seconds, every answer looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.figures import Wrong

HOST = "127.0.0.1"
PATIENCE = 15.0
LENGTH = b"\r\ncontent-length: "


@dataclass(frozen=True)
class Call:
    """One request as its bytes, and what its answer must be."""

    sent: bytes
    status: int
    holds: bytes


def get(path: str, holds: str, cookie: str = "") -> Call:
    """A page that must be there and hold a text; `cookie` is what the browser keeps."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Language: en\r\n"
    kept = f"Cookie: {cookie}\r\n" if cookie else ""
    return Call(f"{head}{kept}\r\n".encode(), 200, holds.encode())


def post(path: str, body: bytes, status: int, holds: str) -> Call:
    """A JSON body that must be taken."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return Call(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body, status, holds.encode())


async def rate(port: int, calls: Iterator[Call], connections: int, seconds: float) -> tuple[float, int]:
    """Answers a second, and how many; Wrong at the first answer that is not as it should be."""
    ends = time.monotonic() + seconds
    began = time.monotonic()
    done = await asyncio.gather(*(_caller(port, calls, lambda: time.monotonic() > ends) for _ in range(connections)))
    return sum(done) / (time.monotonic() - began), sum(done)


async def _caller(port: int, calls: Iterator[Call], over: Callable[[], bool]) -> int:
    reader, writer = await asyncio.open_connection(HOST, port)
    done = 0
    try:
        while not over():
            async with asyncio.timeout(PATIENCE):
                await _answered(reader, writer, next(calls))
            done += 1
    finally:
        writer.close()
    return done


async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: Call) -> None:
    writer.write(call.sent)
    head = await reader.readuntil(b"\r\n\r\n")
    told = head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]
    if not told:
        raise Wrong(f"an answer without its length: {head[:200]!r}")
    body = await reader.readexactly(int(told))
    status = int(head.split(b" ", 2)[1])
    if status != call.status or call.holds not in body:
        raise Wrong(f"{call.sent[:60]!r} was answered {status}: {body[:200]!r}")
