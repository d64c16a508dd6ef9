"""Waiting for something to become true, and no longer."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable


async def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Return as soon as `true()` is; TimeoutError after `seconds`."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError(f"still not so after {seconds} s")
        await asyncio.sleep(0.01)


def exists(pid: int) -> bool:
    """Whether a process of that number is there and not a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def environ(**more: str) -> dict[str, str]:
    """Our environment without settings of the product, and `more`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    for name in (
        "PORT",
        "HOST",
        "DATA_DIR",
        "PROFILE",
        "DATABASE_URL",
        "SMTP_URL",
        "SMS_URL",
        "PUBLIC_URL",
        "SECRET_KEY",
    ):
        ours.pop(name, None)
    return ours | more
