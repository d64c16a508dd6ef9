"""The limit beside ours: FastAPI with one constant page and one insert, served as ours is. `python -m bench.bare PORT SIZE URL`."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from starlette.responses import HTMLResponse, Response

from models.database import engine

INSERT = text("insert into bench_bare (body) values (:body) returning id")


def app_of(size: int, url: str) -> FastAPI:
    """A page of `size` bytes at /page, one row and commit for each POST to /row."""
    app, rows, page = FastAPI(), engine(url, pool=20), "w" * size

    @app.get("/page")
    async def constant() -> Response:
        return HTMLResponse(page)

    @app.post("/row", status_code=201)
    async def row(body: dict[str, Any]) -> dict[str, int]:
        async with rows.begin() as connection:
            return {"id": (await connection.execute(INSERT, {"body": body["description"]})).scalar_one()}

    return app


if __name__ == "__main__":
    port, size, url = sys.argv[1:]
    uvicorn.run(app_of(int(size), url), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
