"""A sheet as the answer to a request: made beside the event loop, saved and not shown by the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response

from web.uploads.serve import HEADERS


async def sheet_answer(make: Callable[[], bytes], name: str) -> Response:
    """The PDF that `make` gives, under a file name of ours made of codes alone: "demand-note-482719360"."""
    data = await asyncio.to_thread(make)
    shown = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(data, media_type="application/pdf", headers=HEADERS | shown)
