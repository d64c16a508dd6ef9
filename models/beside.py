"""Two long reckonings at once: the first in a copy of this process, the second here. Neither outlives who waits for it."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
SET_PARENT_DEATH_SIGNAL = 1
MANY = 500
"""From so many on a process of its own is worth its start."""


class NotReckoned(Exception):
    """The copy ended without an answer."""


def side_by_side(one: Callable[[], A], other: Callable[[], B], many: int) -> tuple[A, B]:
    """Both answers; from MANY on at once. The copy sees all that is here as it is now, and may use none of its connections."""
    if many < MANY:
        return one(), other()
    forking = multiprocessing.get_context("fork")
    here, there = forking.Pipe(duplex=False)
    copy = forking.Process(target=_told, args=(one, there, os.getpid()), daemon=True)
    try:
        copy.start()
        there.close()
        second = other()
        return here.recv(), second
    except EOFError:
        raise NotReckoned from None
    finally:
        copy.kill()
        copy.join()


def ends_with_its_parent() -> None:
    """From here on this process is killed when the one that started it ends, however that ends. Linux alone knows it."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _told(one: Callable[[], object], there: Connection, parent: int) -> None:
    ends_with_its_parent()
    if os.getppid() == parent:  # else it ended before we asked
        there.send(one())
