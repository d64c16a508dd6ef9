"""All routes of the public API, added to the application and described."""

from __future__ import annotations

from fastapi import FastAPI

from web.api import board, catalog, documents, intake, payments, problems, receipts, requests
from web.api.description import describe

ROUTERS = tuple(module.router for module in (intake, requests, documents, catalog, board, problems, receipts, payments))


def mount(app: FastAPI) -> None:
    """Add the API to `app`, and let the application's description speak of it alone."""
    for router in ROUTERS:
        app.include_router(router)
    describe(app, ROUTERS)
