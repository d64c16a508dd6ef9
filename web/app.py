"""The web process: one application from its parts, and the server that ends its streams when told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from config import BadConfig, Config, load
from models.logs import never_in_the_way
from web import errors
from web.api.mount import mount
from web.board import Kept as KeptBoard
from web.database import DatabaseAway
from web.kept import Kept
from web.onewindow import Directory, Onewindow
from web.render import Views
from web.routes import ROUTERS
from web.security import Front
from web.shared import Shared
from web.start import Addresses, parts_of

__all__ = ["Onewindow", "create_app"]


class Application(FastAPI):
    """FastAPI with our outermost layer around everything, the plain 500 included."""

    def build_middleware_stack(self) -> ASGIApp:
        onewindow: Onewindow = self.state.onewindow
        inner = Kept(super().build_middleware_stack(), self.state.shared)
        return Front(inner, public_url=onewindow.public_url, secure=onewindow.secure_cookies, refuse=errors.answer)


@asynccontextmanager
async def looking(app: FastAPI) -> AsyncIterator[None]:
    """Hear of changes while the application runs; the first page already knows the names and places."""
    onewindow: Onewindow = app.state.onewindow
    with suppress(DatabaseAway, SQLAlchemyError):
        await onewindow.hub.look()
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
    app.state.board = KeptBoard(onewindow)
    app.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=5)
    errors.install(app)
    mount(app)
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


def directory_of(config: Config) -> Directory | None:
    """Where staff may sign in too; BadConfig when it is wanted, but what it needs is not installed."""
    if config.oidc is None:
        return None
    try:
        from web.oidc import OpenID
    except ImportError as missing:
        raise BadConfig(
            f"OIDC_ISSUER is set, but {missing.name} is not installed: pip install 'onewindow[oidc]'"
        ) from None
    return OpenID(config.oidc.issuer, config.oidc.client, config.oidc.secret, config.oidc.claim, config.oidc.name)


async def run(config: Config) -> None:
    """Serve until told to stop."""
    if config.database_url is None:
        raise BadConfig("DATABASE_URL is not set; `onewindow run` brings a database of its own.")
    given = Addresses(
        config.database_url,
        config.temporal_namespace,
        config.secret,
        config.public_url,
        config.secure_cookies,
        config.messages_url,
        config.documents_url,
        config.clamd_url,
        config.payment_secret,
        config.payment_url,
        directory=directory_of(config),
    )
    async with AsyncExitStack() as held:
        try:
            onewindow = await parts_of(given, held)
        except ImportError as missing:
            raise BadConfig(f"DOCUMENTS_URL needs a part that is not installed: {missing.name}.") from None
        settings = uvicorn.Config(
            create_app(onewindow),
            config.host,
            config.port,
            forwarded_allow_ips=config.proxy_addresses,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            log_level="warning",
        )
        await Server(settings, onewindow).serve()


def main() -> None:
    """One web process, as the environment says."""
    never_in_the_way()
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(run(load()))
    except BadConfig as wrong:
        raise SystemExit(str(wrong)) from None


if __name__ == "__main__":
    main()
