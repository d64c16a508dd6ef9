"""Units of work on the database, bounded: a server that is away or hangs must not hang a page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import Sessions, questions_of

P = ParamSpec("P")
T = TypeVar("T")
Question = Callable[Concatenate[AsyncSession, P], Awaitable[T]]


class DatabaseAway(Exception):
    """The database did not answer in time, or not at all."""


class Bounded:
    """Runs each unit of work in a session of its own and gives up after `seconds`."""

    def __init__(self, sessions: Sessions, seconds: float = 3.0) -> None:
        self.sessions = sessions
        self.questions = questions_of(sessions)
        self.seconds = seconds
        self._left: set[asyncio.Task[Any]] = set()

    async def read(self, question: Question[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of `question(session, ...)`, which writes and locks nothing; DatabaseAway when it does not come in time."""

        async def work() -> T:
            async with self.questions() as session:
                return await question(session, *args, **kwargs)

        return await self._within(work())

    async def write(self, question: Question[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, in one transaction that is committed when `question` returns."""

        async def work() -> T:
            async with self.sessions.begin() as session:
                return await question(session, *args, **kwargs)

        return await self._within(work())

    async def _within(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait({task}, timeout=self.seconds)
        if not done:
            self._let_go(task)
            raise DatabaseAway
        try:
            return task.result()
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            raise DatabaseAway from error
        except DBAPIError as error:
            if error.connection_invalidated:
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
