"""The web process: one application from its parts, and the server that ends its streams when told to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from web import errors
from web.assets_route import router as assets
from web.consumer import acts, answer, code, home, track
from web.onewindow import Onewindow
from web.render import Views
from web.security import Front
from web.shared import Shared

__all__ = ["Onewindow", "create_app"]

ROUTERS = (assets, home.router, track.router, code.router, acts.router, answer.router)


class Application(FastAPI):
    """FastAPI with our outermost layer around everything, the plain 500 included."""

    def build_middleware_stack(self) -> ASGIApp:
        onewindow: Onewindow = self.state.onewindow
        inner = super().build_middleware_stack()
        return Front(inner, public_url=onewindow.public_url, secure=onewindow.secure_cookies, refuse=errors.answer)


@asynccontextmanager
async def looking(app: FastAPI) -> AsyncIterator[None]:
    """Hear of changes while the application runs."""
    onewindow: Onewindow = app.state.onewindow
    onewindow.hub.start()
    yield
    onewindow.hub.close()


def create_app(onewindow: Onewindow) -> FastAPI:
    """The whole application over these parts."""
    app = Application(
        title="Onewindow", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json", lifespan=looking
    )
    app.state.onewindow = onewindow
    app.state.views = Views(onewindow)
    app.state.shared = Shared(onewindow, app.state.views)
    app.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=5)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


class Server(uvicorn.Server):
    """Ends all live streams the moment it is told to stop, so that stopping takes no longer than a page."""

    def __init__(self, config: uvicorn.Config, onewindow: Onewindow) -> None:
        super().__init__(config)
        self.onewindow = onewindow

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.onewindow.hub.close()
        super().handle_exit(sig, frame)


async def serve(onewindow: Onewindow, host: str, port: int) -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        create_app(onewindow),
        host,
        port,
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
        proxy_headers=True,
        log_level="warning",
    )
    await Server(config, onewindow).serve()
