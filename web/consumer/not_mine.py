"""Not your complaint: one page, one button. Opening it changes nothing, the tap stops the messages to that number."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from models.not_mine import Stopping, stop, stop_id, stopping
from rules.messages import Take
from rules.terms import Act
from web.acting import through
from web.consumer.visitor import forget
from web.deps import Db, Now, Parts
from web.errors import NotFound
from web.render import page, see_other

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


async def found(token: str, db: Db) -> Stopping:
    """What this link stops; NotFound when there is no such link."""
    stops = await db.read(stopping, token)
    if stops is None:
        raise NotFound
    return stops


@router.get("/not-mine/{token}")
async def ask(token: Token, request: Request, db: Db) -> Response:
    """Is it not yours? Nothing of the complaint but the number that was in the message."""
    return page(request, "consumer/not_mine.html", token=token, stops=await found(token, db))


@router.post("/not-mine/{token}")
async def stopped(token: Token, db: Db, parts: Parts, now: Now) -> Response:
    """No more messages to that number; a second tap changes nothing."""
    stops = await found(token, db)
    if await db.write(stop, token, now):
        await through(parts, Take(stops.reference, stop_id(token), Act.NOT_MINE))
    return forget(see_other(f"/not-mine/{token}"), stops.reference)
