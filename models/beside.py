"""Two long reckonings at once: the first in a copy of this process, the second here."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
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
    copy = forking.Process(target=_told, args=(one, there), daemon=True)
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


def _told(one: Callable[[], object], there: Connection) -> None:
    there.send(one())
