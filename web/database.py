"""Units of work on the database, bounded: a server that is away or hangs must not hang a page."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions, questions_of

log = structlog.get_logger()
SELDOM = 10.0
"""Seconds between two lines of the log that say why: every page that is open comes back, again and again."""
FORGOTTEN = 60.0
"""Seconds after a line in which what was not said of it is counted for the next."""
P = ParamSpec("P")
T = TypeVar("T")
Question = Callable[Concatenate[AsyncSession, P], Awaitable[T]]


class DatabaseAway(Exception):
    """The database did not answer in time, or not at all."""


class Seldom:
    """Says in the log why the database did not do it, at most once in ten seconds, and how often that was since."""

    def __init__(self) -> None:
        self._said, self._times = float("-inf"), 0

    def say(self, why: object) -> None:
        """Once more; `why` is the error, or words."""
        now = time.monotonic()
        self._times = 1 if now > self._said + FORGOTTEN else self._times + 1
        if now >= self._said + SELDOM:
            said = str(getattr(why, "orig", None) or why).strip() or repr(why)
            log.warning("the database did not do it", why=said.splitlines()[0], times=self._times)
            self._said, self._times = now, 0


AWAY = Seldom()
"""One for all of a process: its pages, its look for changes, its search."""


class Bounded:
    """Runs each unit of work in a session of its own, so many `at_once`, and gives up after `seconds`."""

    def __init__(self, sessions: Sessions, seconds: float = 3.0, at_once: int = sys.maxsize) -> None:
        self.sessions = sessions
        self.questions = questions_of(sessions)
        self.seconds = seconds
        self._room = asyncio.Semaphore(at_once)
        self._left: set[asyncio.Task[Any]] = set()

    async def read(self, question: Question[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of `question(session, ...)`, which writes and locks nothing; DatabaseAway when it does not come in time."""

        async def work() -> T:
            async with self._room, self.questions() as session:
                return await question(session, *args, **kwargs)

        return await self._within(work())

    async def write(self, question: Question[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, in one transaction that is committed when `question` returns."""

        async def work() -> T:
            async with self._room, self.sessions.begin() as session:
                return await question(session, *args, **kwargs)

        return await self._within(work())

    async def _within(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait({task}, timeout=self.seconds)
        if not done:
            self._let_go(task)
            AWAY.say(f"no answer within {self.seconds:g} s")
            raise DatabaseAway
        try:
            return task.result()
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            AWAY.say(error)
            raise DatabaseAway from error
        except DBAPIError as error:
            if error.connection_invalidated:
                AWAY.say(error)
                raise DatabaseAway from error
            raise

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        """Cancel without waiting: on a hung connection the driver takes ten seconds to give up."""
        self._left.add(task)
        task.add_done_callback(self._forget)
        task.cancel()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()
