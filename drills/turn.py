"""One repetition of a drill on a running stack: its own seed, beginning, numbers and count."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from drills.auditor import Promised
from drills.findings import Finding
from drills.messages import caught_in
from drills.seen_pages import Onlooker, Sight
from drills.stack import Chosen, Stack, running
from drills.timings import in_force
from embedded.message_store import Caught
from models.database import Sessions


class Turn:
    """What one repetition works with. Everything left to chance in it is drawn from `seed`; `phases` has seconds by name."""

    def __init__(self, stack: Stack, sessions: Sessions, chosen: Chosen, seed: int) -> None:
        self.stack = stack
        self.sessions = sessions
        self.chosen = chosen
        self.seed = seed
        self.chance = random.Random(seed)
        self.promised = Promised(datetime.now(UTC))
        self.sights: list[Sight] | None = None
        self.phases: dict[str, float] = {}
        self._read = stack.messages.stat().st_size if stack.messages.exists() else 0
        self._mark = time.monotonic()

    def key(self, *words: object) -> str:
        """A caller's key that no other turn has."""
        return "-".join(str(word) for word in (*words, f"{self.promised.since.timestamp():.0f}")).replace(" ", "-")

    def luck(self, *whose: object) -> random.Random:
        """Chance of somebody's own, whatever the others draw meanwhile."""
        return random.Random("/".join(map(str, (self.seed, *whose))))

    def onlooker(self, client: httpx2.AsyncClient) -> Onlooker:
        """Somebody who looks at requests by this browser; what he is told is held to its events at the end."""
        if self.sights is None:
            self.sights = []
        return Onlooker(client, self.sights)

    def did(self, phase: str) -> None:
        """A phase is over; its seconds are those since the one before."""
        now = time.monotonic()
        self.phases[phase] = self.phases.get(phase, 0.0) + now - self._mark
        self._mark = now

    @property
    def folder(self) -> Path:
        """Where this turn may keep things beside the stack's."""
        folder = self.stack.folder.parent / f"turn-{self.seed}"
        folder.mkdir(exist_ok=True)
        return folder

    def caught(self) -> list[Caught]:
        """What came at the stack's mail catcher and gateway since the turn began."""
        return caught_in(self.stack.messages, self._read)

    async def timings(self, toml: str = "") -> int:
        """Bring timings into force, over the profile's own; the version's number."""
        return await in_force(self.sessions, toml)


@dataclass(frozen=True)
class Drill:
    """What is done in a turn, and on what stack; about how many seconds it takes.

    `last`: its stack is of no use to a turn after it.
    """

    turn: Callable[[Turn], Coroutine[Any, Any, list[Finding]]]
    seconds: float
    stack: Callable[[Chosen], AbstractAsyncContextManager[Stack]] = running
    last: bool = False
