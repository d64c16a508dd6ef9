"""Processes by their number: which one started which, and signals to them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path


def children(parent: int) -> dict[int, str]:
    """The processes that one started and that are there, each with its command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(status[1]) == parent and status[0] != "Z":
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(folder.name)] = words
    return found


def send(pid: int, number: signal.Signals, *, group: bool = False) -> None:
    """Send a signal to a process, or to its whole group; nothing if it is gone."""
    with suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(pid, number)
