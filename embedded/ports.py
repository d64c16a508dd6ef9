"""Ports: is one free, and which are."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection, Sequence
from contextlib import ExitStack

# below the range systems take outgoing connections from, so that a port stays free while its server is restarted
LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` of `host` now."""
    with ExitStack() as held:
        return _held(port, host, held)


def free_ports(
    many: int, wanted: Sequence[int] = (), host: str = "127.0.0.1", avoid: Collection[int] = ()
) -> tuple[int, ...]:
    """`many` different free ports outside `avoid`, each the one at its place in `wanted` where that is free."""
    chance = random.SystemRandom()
    with ExitStack() as held:
        found: list[int] = []
        for place in range(many):
            port = wanted[place] if place < len(wanted) else chance.randrange(LOWEST, HIGHEST)
            while port in avoid or port in found or not _held(port, host, held):
                port = chance.randrange(LOWEST, HIGHEST)
            found.append(port)
        return tuple(found)


def _held(port: int, host: str, held: ExitStack) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1)
    except OSError:
        return False
    return True
