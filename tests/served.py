"""An application on a port of its own, started and stopped at once."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn


class Quiet(uvicorn.Server):
    """A server that leaves Ctrl-C to pytest, and waits for no tick of its own before it stops."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def main_loop(self) -> None:
        """Serve until it is over."""
        await self.on_tick(0)
        await self.over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let answers that are on their way come to their end for two seconds, and leave."""
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - it has no event for it
                    await asyncio.sleep(0.005)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()


@contextlib.asynccontextmanager
async def served(app: Any, **settings: Any) -> AsyncIterator[str]:
    """`app` on a free port; gives its address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = Quiet(uvicorn.Config(app, log_level="error", access_log=False, **settings))
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started:  # noqa: ASYNC110 - the server has no event for it
                await asyncio.sleep(0.002)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.over.set()
            await task
