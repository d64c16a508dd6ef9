"""What is long to count and changes little: counted at most once a minute by a process, for all who look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

KEPT_FOR = timedelta(minutes=1)
MOST = 200
"""Counts kept at a time."""


class Counted:
    """The newest counts by their keys. Who asks while one is being made waits for it."""

    def __init__(self) -> None:
        self.kept: dict[Hashable, tuple[datetime, Any]] = {}
        self.making: dict[Hashable, asyncio.Lock] = {}

    async def get(self, key: Hashable, now: datetime, make: Callable[[], Awaitable[Any]]) -> Any:
        """What `make` answered within the last minute, else what it answers now."""
        async with self.making.setdefault(key, asyncio.Lock()):
            at, found = self.kept.get(key, (None, None))
            if at is None or not at <= now < at + KEPT_FOR:
                found = await make()
                self._make_room()
                self.kept[key] = now, found
        return found

    def _make_room(self) -> None:
        while len(self.kept) >= MOST:
            oldest = min(self.kept, key=lambda key: self.kept[key][0])
            del self.kept[oldest]
            self.making.pop(oldest, None)
