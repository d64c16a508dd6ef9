"""What is long to count: counted by a process for all who look, at most once a minute, or until something changes."""

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
        self.kept: dict[Hashable, tuple[datetime, object, Any]] = {}
        self.making: dict[Hashable, asyncio.Lock] = {}

    async def get(
        self,
        key: Hashable,
        now: datetime,
        make: Callable[[], Awaitable[Any]],
        keep: timedelta = KEPT_FOR,
        heard: object = None,
    ) -> Any:
        """What `make` answered within the last minute, or for as long as `keep`, else what it answers now.

        `heard` is what had changed by now: what was counted when it was another is not answered any more.
        """
        async with self.making.setdefault(key, asyncio.Lock()):
            at, then, found = self.kept.get(key, (None, None, None))
            if at is None or then != heard or not at <= now < at + keep:
                found = await make()
                self._make_room()
                self.kept[key] = now, heard, found
        return found

    def _make_room(self) -> None:
        while len(self.kept) >= MOST:
            oldest = min(self.kept, key=lambda key: self.kept[key][0])
            del self.kept[oldest]
            self.making.pop(oldest, None)
